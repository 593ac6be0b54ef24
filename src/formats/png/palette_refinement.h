// Moving a palette's colours to where the eye would have them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "imgc/image.h"

#include "formats/png/palette.h"

namespace imgc::png {

// Three passes of k-means over the image's colours, in the space of perceptual_color.h. A colour weighs the
// less the more its pixels are in busy places (`activity`, of activity.h), and less than in proportion to
// their number, so that small things keep their colours. A clear entry stays clear. `image` is 8-bit RGBA.
void refine_palette(const Image& image, std::span<const std::uint8_t> activity, std::vector<Color>& palette);

// Peak memory of that, for an image of this many pixels.
std::uint64_t refining_bytes(std::uint64_t pixels);

}  // namespace imgc::png
