#include "formats/png/palette.h"

#include <bit>

#include "formats/png/hash.h"

namespace imgc::png {
namespace {

// Four bytes as one number: comparing arrays calls memcmp for each pixel.
std::uint32_t value(const Color& color) {
  return std::bit_cast<std::uint32_t>(color);
}

}  // namespace

bool PaletteIndex::add_all(std::span<const Color> pixels, std::uint8_t* indexes) {
  constexpr auto slot_bits = static_cast<unsigned>(std::countr_zero(slots));
  std::size_t last = colors_.size();  // the index of the pixel before, most often the same colour
  for (const Color& pixel : pixels) {
    if (last == colors_.size() || value(colors_[last]) != value(pixel)) {
      std::size_t slot = hash(value(pixel), slot_bits);
      while (table_[slot] != 0 && value(colors_[table_[slot] - 1U]) != value(pixel))
        slot = (slot + 1) % slots;
      if (table_[slot] == 0) {
        if (colors_.size() == 256) return false;
        colors_.push_back(pixel);
        table_[slot] = static_cast<std::uint16_t>(colors_.size());
      }
      last = table_[slot] - 1U;
    }
    if (indexes != nullptr) *indexes++ = static_cast<std::uint8_t>(last);
  }
  return true;
}

}  // namespace imgc::png
