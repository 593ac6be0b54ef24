// The colours of an image, each with how much it matters to a palette.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "imgc/image.h"

#include "formats/png/palette.h"

namespace imgc::png {

struct WeightedColor {
  Color color = {};
  float weight = 0;
};

// Each colour that is not clear once, or nearly the same ones together where there are very many. A colour
// weighs less than in proportion to its pixels, so that small things keep their colours, and more by those in
// even places, where eyes see a wrong one best. `image` is 8-bit RGBA, `activity` that of activity.h.
std::vector<WeightedColor> weigh_colors(const Image& image, std::span<const std::uint8_t> activity);

// Peak memory of that beside the result, for an image of this many pixels.
std::uint64_t weighing_bytes(std::uint64_t pixels);
// At most how many colours come out.
std::uint64_t most_weighed(std::uint64_t pixels);

}  // namespace imgc::png
