#include "formats/png/alike.h"

#include <vector>

#include <doctest/doctest.h>

#include "formats/png/palette.h"
#include "image/ssimulacra2.h"
#include "support/images.h"

namespace imgc::png {
namespace {

Image shown(const IndexedPicture& picture) {
  Image image{picture.width(), picture.height(), ColorModel::rgba, 8, {}};
  for (const std::uint8_t index : picture.indexes()) {
    const Color& color = picture.colors()[index];
    image.pixels.insert(image.pixels.end(), color.begin(), color.end());
  }
  return image;
}

std::vector<Quantised> made_of(const Image& image, std::vector<Manner> manners) {
  const auto made = quantise(image, {0, 60}, manners);
  REQUIRE(made);
  return std::get<std::vector<Quantised>>(*made);
}

}  // namespace

TEST_CASE("what is chosen looks no worse than the usual picture") {
  if (!can_quantise()) return;
  const Metadata none;
  std::size_t others = 0;
  for (const std::uint32_t side : {40U, 150U, 300U})
    for (const ColorModel model : {ColorModel::gray, ColorModel::rgb, ColorModel::rgba}) {
      CAPTURE(side);
      const Image image = test::gradient(side, side, model);
      const std::vector<Quantised> made =
          made_of(image, {plain_manner, {false, 0.5F}, {false, 0}, {true, 0.5F}, {true, 0}});
      REQUIRE(made.size() == 5);
      const Result<std::size_t> chosen = choose_alike(image, none, made);
      REQUIRE(chosen);
      const auto score_of = [&](std::size_t i) {
        return *score({image, none}, {shown(made[i].picture), none});
      };
      CHECK(score_of(*chosen) >= score_of(0) - 1e-6);
      others += *chosen != 0 ? 1 : 0;
    }
  CHECK(others > 0);
}

TEST_CASE("where there is no choice, the usual picture is taken") {
  if (!can_quantise()) return;
  const Image image = test::gradient(50, 50, ColorModel::rgb);
  CHECK(*choose_alike(image, {}, made_of(image, {plain_manner})) == 0);
  CHECK(*choose_alike(image, {}, made_of(image, {plain_manner, plain_manner})) == 0);
}

TEST_CASE("every colour has at least as many as the quality needs") {
  if (!can_quantise()) return;
  const Image image = test::gradient(120, 120, ColorModel::rgb);
  const std::vector<Quantised> made = made_of(image, {plain_manner, {true, 1}});
  CHECK(made[1].picture.colors().size() > made[0].picture.colors().size());
  CHECK(made[1].quality == made[0].quality);
}

}  // namespace imgc::png
