// Pure functions from one layout of pixels to another.
#pragma once

#include <cstdint>

#include "imgc/image.h"
#include "imgc/options.h"

namespace imgc {

// One row of `image` as RGBA with `depth` 8 or 16 as the image has it; `out` holds 4 * width samples of that
// depth. Gray is copied to the three colours, and missing alpha is opaque. Not for CMYK.
void rgba_row(const Image& image, std::uint32_t y, std::uint8_t* out);

// The same image as 8-bit RGBA: 16-bit samples are rounded to the nearest. Not for CMYK.
Image to_rgba8(const Image& image);

// The same image with 8 bits a sample and its own colour model.
Image to_8bit(const Image& image);

// Laid on `background`, without alpha, 8 bits a sample; gray stays gray on a gray background.
Image flatten(const Image& image, Rgb background);

// Whether any pixel is not fully opaque.
bool has_transparency(const Image& image);

// The lowest alpha of any pixel, on a scale of 0 (clear) to 255 (opaque) at any depth.
unsigned lowest_alpha(const Image& image);

// Whether both show the same to the last bit of the deeper one: gray equals rgb with equal channels, missing
// alpha equals opaque, 8 bits equal 16 bits with both bytes the same. Colour under zero alpha counts.
bool same_pixels(const Image& a, const Image& b);

}  // namespace imgc
