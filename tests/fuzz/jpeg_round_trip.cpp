// Whatever levels a JPEG is made of, libjpeg reads the same from what is written: any coding, any search for
// scans, and after requantising.
#include <algorithm>
#include <cstdint>

#include "formats/jpeg/coefficients.h"
#include "formats/jpeg/metadata.h"
#include "formats/jpeg/requantise.h"
#include "formats/jpeg/write.h"
#include "fuzz/limits.h"

namespace {

using imgc::fuzz::require;
using namespace imgc::jpeg;

// Numbers out of the input, as long as it lasts, then zeros.
class Source {
 public:
  explicit Source(imgc::ByteView bytes) : bytes_(bytes) {}
  [[nodiscard]] bool is_empty() const { return bytes_.empty(); }
  unsigned byte() {
    if (bytes_.empty()) return 0;
    const unsigned value = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return value;
  }
  // Mostly small, as levels are, up to `most` either way.
  int level(int most) {
    const unsigned first = byte();
    const int small = static_cast<int>(first % 16) - 8;
    if (first < 192) return std::clamp(small, -most, most);
    return std::clamp(static_cast<int>(byte() << 3U | first % 8) - 1024, -most, most);
  }

 private:
  imgc::ByteView bytes_;
};

void fill(Coefficients& coefficients, Source& source) {
  constexpr int most_ac = 1023;
  constexpr int most_dc = 1023;
  for (Component& component : coefficients.components()) {
    const unsigned step = 1 + source.byte() % 64;
    for (std::size_t i = 0; i < component.quant.size(); ++i)
      component.quant[i] = static_cast<std::uint16_t>(step + i % (1 + source.byte() % 8));
    for (JBLOCKROW row : component.rows) {
      for (std::uint32_t x = 0; x < component.blocks_wide && !source.is_empty(); ++x) {
        row[x][0] = static_cast<JCOEF>(source.level(most_dc));
        for (unsigned left = source.byte() % 32; left > 0; --left) {
          const unsigned k = source.byte() % 63 + 1;
          row[x][k] = static_cast<JCOEF>(source.level(most_ac));
        }
      }
    }
  }
}

void check(const Coefficients& made, Coding coding, Search search) {
  const auto head = metadata_segments({}, made.color_space(), false);
  require(head.has_value(), "no head");
  const auto file = write(made, coding, search, *head, ~std::size_t{0});
  require(file && *file, "not written");
  const auto read = Coefficients::read(**file, imgc::Limits{});
  require(read.has_value(), "not read");
  require(read->complete(), "scans are missing");
  require(read->components().size() == made.components().size(), "other components");
  for (std::size_t i = 0; i < made.components().size(); ++i) {
    const Component& one = made.components()[i];
    const Component& other = read->components()[i];
    require(one.quant == other.quant, "another table");
    require(one.blocks_wide == other.blocks_wide && one.blocks_high == other.blocks_high, "another size");
    for (std::size_t y = 0; y < one.rows.size(); ++y)
      for (std::uint32_t x = 0; x < one.blocks_wide; ++x)
        require(std::equal(one.rows[y][x], one.rows[y][x] + 64, other.rows[y][x]), "other levels");
  }
  require(!*write(made, coding, search, *head, (*file)->size() - 1), "longer than its bound");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Source source(imgc::ByteView(data, size));
  const unsigned choice = source.byte();
  const std::uint32_t width = 1 + source.byte() % 80;
  const std::uint32_t height = 1 + source.byte() % 80;
  Coefficients made =
      Coefficients::empty(width, height, choice % 4 == 0 ? 1 : 3, choice % 4 == 0 ? 1 : 1 + choice / 4 % 2,
                          choice % 4 == 0 ? 1 : 1 + choice / 8 % 2);
  fill(made, source);
  const Coding coding = choice / 16 % 4 == 0 ? Coding::sequential : Coding::progressive;
  // The fullest search is slow under the sanitizers, and differs from the next in where bands begin alone.
  const auto search = choice % 50 == 0 ? Search::full : static_cast<Search>(choice / 64);
  check(made, coding, search);
  requantise(made, 1 + static_cast<int>(choice % 100));
  check(made, coding, search);
  return 0;
}
