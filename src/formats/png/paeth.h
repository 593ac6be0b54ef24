#pragma once

#include <cstdint>
#include <cstdlib>

namespace imgc::png {

// Paeth's predictor (PNG, section 9.4): of three neighbours the one that left + above - above_left is nearest
// to. In 16 bits and without branches, so that compilers vectorise loops over it.
inline std::int16_t predict_paeth(std::int16_t left, std::int16_t above, std::int16_t above_left) {
  const auto from_left = static_cast<std::int16_t>(std::abs(above - above_left));
  const auto from_above = static_cast<std::int16_t>(std::abs(left - above_left));
  const auto from_corner = static_cast<std::int16_t>(std::abs(left + above - 2 * above_left));
  const std::int16_t above_or_corner = from_above <= from_corner ? above : above_left;
  return (from_left <= from_above && from_left <= from_corner) ? left : above_or_corner;
}

}  // namespace imgc::png
