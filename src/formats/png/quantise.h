// From any number of colours to a palette that looks alike, by libimagequant.
#pragma once

#include <span>
#include <variant>
#include <vector>

#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/png/palette_order.h"

namespace imgc::png {

struct Quantised {
  IndexedPicture picture;
  int quality = 0;  // that its colours reached, never above the maximum asked for
};

// Whether this build has libimagequant.
bool can_quantise();

// A way to fewer colours: a palette, and how far the errors of pixels are spread over their neighbours, from
// 0 to 1.
struct Manner {
  bool every_color = false;  // as many colours as a palette holds, in place of as few as reach the quality
  float dither = 1;
};
// libimagequant's own.
inline constexpr Manner plain_manner = {};

// The image in each of the manners. Aims at range.max. A reason, for the report, when it can't reach
// range.min. `image` is not CMYK; 16-bit samples are rounded to 8 first. Samples are taken as they are: gAMA
// is not applied, and goes out unchanged.
Result<std::variant<std::vector<Quantised>, Reason>> quantise(const Image& image, QualityRange range,
                                                              std::span<const Manner> manners);

}  // namespace imgc::png
