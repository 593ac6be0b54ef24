// From any number of colours to a palette that looks alike, by libimagequant.
#pragma once

#include <variant>

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

// Aims at range.max. A reason, for the report, when it can't reach range.min. `image` is not CMYK; 16-bit
// samples are rounded to 8 first. Samples are taken as they are: gAMA is not applied, and goes out unchanged.
Result<std::variant<Quantised, Reason>> quantise(const Image& image, QualityRange range);

}  // namespace imgc::png
