// Finding the colours of an image.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "imgc/bytes.h"

namespace imgc::png {

using Color = std::array<std::uint8_t, 4>;       // red, green, blue, alpha
inline constexpr std::uint8_t opaque = 255;      // as alpha; 0 is clear
inline constexpr std::size_t most_colors = 256;  // of a palette

constexpr bool is_opaque(const Color& color) {
  return color[3] == opaque;
}
constexpr bool is_clear(const Color& color) {
  return color[3] == 0;
}

// Bits that an index into so many colours takes.
constexpr unsigned index_depth(std::size_t colors) {
  if (colors <= 2) return 1;
  if (colors <= 4) return 2;
  return colors <= 16 ? 4 : 8;
}

// Up to 256 different colours, found by a hash table with open addressing.
class PaletteIndex {
 public:
  // Adds the colours of `pixels` and, when `indexes` is given, writes each one's index. False, and of no
  // further use, at the 257th colour.
  bool add_all(std::span<const Color> pixels, std::uint8_t* indexes = nullptr);
  // In the order of first use.
  [[nodiscard]] const std::vector<Color>& colors() const { return colors_; }

 private:
  static constexpr std::size_t slots = 1024;  // four a colour, so that probes stay short
  std::vector<Color> colors_;
  std::array<std::uint16_t, slots> table_ = {};  // index + 1, or 0 when free
};

}  // namespace imgc::png
