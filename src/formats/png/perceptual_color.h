// Colours as they look: coordinates in which distance tells how unlike two colours are.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "formats/png/palette.h"

namespace imgc::png {

// Of the colour laid on black, in gamma-encoded steps of 1/255: luma, blue less luma and red less luma, the
// latter two scaled by how much less they are seen; and alpha. All are linear in the colour, so errors of
// pixels may be added up in them.
using PerceptualColor = float __attribute__((vector_size(16)));

namespace luma_weights {
inline constexpr float red = 0.3F;
inline constexpr float green = 0.59F;
inline constexpr float blue = 0.11F;
inline constexpr float blue_seen = 0.41833F;  // √0.175
inline constexpr float red_seen = 0.59161F;   // √0.35
}  // namespace luma_weights

inline PerceptualColor perceptual_of(const Color& color) {
  const float alpha = static_cast<float>(color[3]) * (1.0F / 255);
  const float red = static_cast<float>(color[0]) * alpha;
  const float green = static_cast<float>(color[1]) * alpha;
  const float blue = static_cast<float>(color[2]) * alpha;
  const float luma = luma_weights::red * red + luma_weights::green * green + luma_weights::blue * blue;
  return PerceptualColor{luma, luma_weights::blue_seen * (blue - luma), luma_weights::red_seen * (red - luma),
                         static_cast<float>(color[3])};
}

// The nearest colour that there is.
inline Color color_of(const PerceptualColor& look) {
  const float alpha = std::clamp(look[3], 0.0F, 255.0F);
  if (alpha < 0.5F) return {0, 0, 0, 0};
  const float luma = look[0];
  const float blue = look[1] * (1 / luma_weights::blue_seen) + luma;
  const float red = look[2] * (1 / luma_weights::red_seen) + luma;
  const float green = (luma - luma_weights::red * red - luma_weights::blue * blue) / luma_weights::green;
  const auto sample = [](float value) {
    return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0F, 255.0F)));
  };
  const float scale = 255 / alpha;
  return {sample(red * scale), sample(green * scale), sample(blue * scale), sample(alpha)};
}

// The square of the distance, in steps of luma: on black or on white, whichever shows the colours more
// apart. White adds 255 − alpha to every channel, which only luma sees.
inline float unlikeness(const PerceptualColor& a, const PerceptualColor& b) {
  const PerceptualColor difference = a - b;
  const PerceptualColor square = difference * difference;
  const float on_white = difference[0] - difference[3];
  return std::max(square[0], on_white * on_white) + square[1] + square[2];
}

}  // namespace imgc::png
