// Few colours that stand for the many of an image, by libimagequant.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/png/palette.h"
#include "formats/png/palette_order.h"

namespace imgc::png {

// Whether this build has libimagequant.
bool can_quantise();

struct FoundPalette {
  std::vector<Color> colors;
  int quality = 0;  // that they reached, never above the maximum asked for
};

enum class Pace : std::uint8_t {
  thorough,
  quick,  // a sixth of the time, for palettes that are refined afterwards
};

// Of one image.
class PaletteSearch {
 public:
  // `rgba` is 8-bit RGBA, and lives as long as this. Nothing when libimagequant can't take an image this
  // large.
  static Result<std::optional<PaletteSearch>> open(const Image& rgba);
  ~PaletteSearch();
  PaletteSearch(PaletteSearch&&) noexcept;
  PaletteSearch& operator=(PaletteSearch&&) noexcept;

  // As few colours as reach range.max, or all that a palette holds if they don't. Nothing when they don't
  // reach range.min.
  Result<std::optional<FoundPalette>> find(QualityRange range, Pace pace);
  // The image in the colours found last, as libimagequant dithers it, but what is clear or opaque stays so.
  Result<IndexedPicture> dither();

  // Peak memory of all that, for an image of this many pixels.
  static std::uint64_t working_bytes(std::uint64_t pixels);

 private:
  class Library;

  PaletteSearch();

  std::unique_ptr<Library> library_;
};

}  // namespace imgc::png
