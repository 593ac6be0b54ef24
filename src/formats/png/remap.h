// From pixels to indexes into a palette, so that they look alike and DEFLATE finds much to repeat.
#pragma once

#include <cstdint>
#include <span>

#include "imgc/bytes.h"
#include "imgc/image.h"

#include "formats/png/palette.h"

namespace imgc::png {

struct RemapSettings {
  // How much unlikeness (perceptual_color.h) a bit is worth.
  float bit_worth = 2;
  // The share of a pixel's error that is passed on to its neighbours (Floyd and Steinberg, An Adaptive
  // Algorithm for Spatial Greyscale, 1976): in smooth places, where steps between colours would show as
  // bands, and in busy ones, where they don't. In between it falls off.
  float smooth_dither = 0.9F;
  float busy_dither = 0;
  float busy_from = 2;  // the activity from which a place is busy; smooth is up to 0.7
};

// One index a pixel, row by row, into `palette`, which has 1 to 256 colours. Each pixel takes the colour for
// which unlikeness and the bits that its index will take are least together, of the nearest colour, the
// neighbours', and those that followed the same neighbours before. Clear pixels take a clear colour and
// opaque ones an opaque colour, where there is one. `image` is 8-bit RGBA, `activity` that of activity.h.
Bytes remap(const Image& image, std::span<const std::uint8_t> activity, std::span<const Color> palette,
            const RemapSettings& settings);

}  // namespace imgc::png
