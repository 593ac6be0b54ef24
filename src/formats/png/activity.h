// How much happens around each pixel: where little does, eyes see steps between colours.
#pragma once

#include <cstdint>
#include <vector>

#include "imgc/image.h"

namespace imgc::png {

// One value a pixel, row by row: the largest bend of luma, its second difference along the row or the column,
// among the pixel and its eight neighbours, in `activity_unit`s and at most 255 of them. Flat colour and even
// slopes have none. `image` is 8-bit RGBA; transparency counts as half its amount of light.
inline constexpr float activity_unit = 1.0F / 4;  // of a step of 1/255
std::vector<std::uint8_t> find_activity(const Image& image);

// The share of pixels in slopes that are smooth but not flat, from 0 to 1.
double smooth_share(const std::vector<std::uint8_t>& activity);

}  // namespace imgc::png
