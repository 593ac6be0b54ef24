// From pixels to the smallest layout that still says exactly the same.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "imgc/bytes.h"
#include "imgc/image.h"

#include "base/for_each.h"
#include "formats/png/palette.h"
#include "formats/png/palette_order.h"
#include "formats/png/raster.h"

namespace imgc::png {

// Which colour types an output may have. An ICC profile forbids to cross between gray and colour, which a
// palette counts as.
enum class Gamut : std::uint8_t { any, gray_only, color_only };

// What one look at every pixel tells. Colour under zero alpha counts like any other.
struct Census {
  bool gray = false;    // red, green and blue are equal everywhere
  bool opaque = false;  // alpha is full everywhere
  // The colour of every fully transparent pixel and of no opaque one, when no pixel is in between: what a
  // tRNS key can stand for. In the image's depth.
  std::optional<std::array<std::uint16_t, 3>> key;
  // Every colour, in the order of first use, when there are at most 256 and samples have 8 bits.
  std::vector<Color> colors;

  // Of a sum of bands: whether its key may be the colour of a pixel that shows. Few colours settle that.
  [[nodiscard]] bool has_doubtful_key() const { return key && colors.empty(); }
};

// The image with 8 bits a sample when that loses nothing; else nothing.
std::optional<Image> narrow_exactly(const Image& image);

// Adds up the censuses of bands, from the top.
class CensusSum {
 public:
  void add(const Census& band);
  [[nodiscard]] Census total() const;

 private:
  bool gray_ = true;
  bool opaque_ = true;
  bool key_possible_ = true;
  std::optional<std::array<std::uint16_t, 3>> key_;
  bool few_colors_ = true;
  PaletteIndex palette_;
};

// What follows goes about the bands of rows that large images are cut into by `for_each`, with the same
// result however that is.

// `image` is not CMYK.
Census take_census(const Image& image, const ForEach& for_each = one_after_the_other);

// Whether a pixel that is not fully transparent has the colour of `census`'s key, where that is in doubt.
bool shows_key(const Image& image, const Census& census, const ForEach& for_each = one_after_the_other);

// Without a palette: gray where all is gray, no alpha where all is opaque, a tRNS key instead of alpha, and
// as few bits a gray sample as hold it.
Raster direct_raster(const Image& image, const Census& census, Gamut gamut,
                     const ForEach& for_each = one_after_the_other);

// The image by its colours; nothing when there are too many or the gamut forbids a palette. `source` is the
// palette that it came with, if any.
std::optional<IndexedPicture> index_colors(const Image& image, const Census& census, Gamut gamut,
                                           std::vector<Color> source = {},
                                           const ForEach& for_each = one_after_the_other);

// With its colours in that sequence as the palette, in as few bits a pixel as hold them.
Raster indexed_raster(const IndexedPicture& picture, const Sequence& sequence,
                      const ForEach& for_each = one_after_the_other);

// Packs samples below 8 bits, which come one a byte, the leftmost in the highest bits.
void pack_row(const std::uint8_t* samples, std::uint32_t width, unsigned depth, std::uint8_t* out);

}  // namespace imgc::png
