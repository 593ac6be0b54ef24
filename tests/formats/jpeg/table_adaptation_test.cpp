#include "formats/jpeg/table_adaptation.h"

#include <vector>

#include <doctest/doctest.h>

#include "formats/jpeg/masking.h"
#include "formats/jpeg/samples.h"
#include "support/images.h"

namespace imgc::jpeg {
namespace {

// A gray JPEG of quality 60 with its plane and masking, and tables made from its own.
struct Source {
  explicit Source(const Image& pixels) : coefficients(read(pixels)) {
    masking = masking_of(coefficients).at(0);
    plane = make_plane(component());
    for (std::size_t i = 0; i < reference.size(); ++i)
      reference[i] = static_cast<float>(component().quant[i]);
  }
  static Coefficients read(const Image& pixels) {
    const auto attempt = test::from_pixels(pixels, test::lossy(60));
    REQUIRE(attempt);
    return test::read_coefficients(std::get<Candidate>(*attempt).bytes);
  }
  [[nodiscard]] const Component& component() const { return coefficients.components()[0]; }
  // The source's own table with steps of `percent` of it.
  [[nodiscard]] QuantTable table(unsigned percent) const {
    QuantTable made = component().quant;
    for (auto& step : made) step = static_cast<std::uint16_t>(std::max(1U, (step * percent + 50) / 100));
    return made;
  }

  Coefficients coefficients;
  Masking masking;
  Plane plane;
  Steps reference{};
};

}  // namespace

TEST_CASE("steps move onto the source's lattice, where nothing more is lost") {
  const Source source(test::noise(400, 300, ColorModel::gray));
  // A little coarser than the source, and bits hardly matter: the source's own steps are as good as free.
  const QuantTable made = adapted_table(source.component(), source.plane, source.table(110), source.reference,
                                        source.masking, 1e-4F);
  std::size_t moved = 0;
  for (std::size_t k = 1; k < 20; ++k)
    moved += made[zigzag[k]] == source.component().quant[zigzag[k]] ? 1 : 0;
  CHECK(moved >= 15);
}

TEST_CASE("no step leaves its range or becomes finer than the source's, and DC stays") {
  const Source source(test::noise(400, 300, ColorModel::gray));
  for (const float lambda : {1e-4F, 0.1F, 5.0F}) {
    const QuantTable table = source.table(130);
    const QuantTable made =
        adapted_table(source.component(), source.plane, table, source.reference, source.masking, lambda);
    CHECK(made[0] == table[0]);
    for (std::size_t i = 1; i < made.size(); ++i) {
      CHECK(made[i] >= source.component().quant[i]);
      CHECK(made[i] + 1 > 0.75 * table[i]);
      CHECK(made[i] < 1.35 * table[i] + 1);
    }
  }
}

TEST_CASE("dearer bits make coarser tables") {
  const Source source(test::noise(400, 300, ColorModel::gray));
  const auto sum = [&](float lambda) {
    const QuantTable made = adapted_table(source.component(), source.plane, source.table(200),
                                          source.reference, source.masking, lambda);
    unsigned steps = 0;
    for (std::size_t k = 1; k < 16; ++k) steps += made[zigzag[k]];
    return steps;
  };
  CHECK(sum(0.01F) < sum(1.0F));
}

TEST_CASE("a frequency that hardly occurs keeps its step") {
  const Source source(test::noise(16, 16, ColorModel::gray));
  const QuantTable table = source.table(150);
  CHECK(adapted_table(source.component(), source.plane, table, source.reference, source.masking, 0.1F) ==
        table);
}

}  // namespace imgc::jpeg
