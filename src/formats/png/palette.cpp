#include "formats/png/palette.h"

#include <algorithm>
#include <bit>
#include <map>

namespace imgc::png {

bool PaletteIndex::add_all(std::span<const Color> pixels, std::uint8_t* indexes) {
  static_assert(slots == 1024);
  std::size_t last = colors_.size();  // the index of the pixel before, most often the same colour
  for (const Color& pixel : pixels) {
    if (last == colors_.size() || colors_[last] != pixel) {
      // Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): the top bits are the mixed ones.
      std::size_t slot = std::bit_cast<std::uint32_t>(pixel) * 2654435769U >> 22U;
      while (table_[slot] != 0 && colors_[table_[slot] - 1U] != pixel) slot = (slot + 1) % slots;
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

namespace {

// Of ITU-R BT.601, times 1000.
unsigned luma(const Color& color) {
  return 299U * color[0] + 587U * color[1] + 114U * color[2];
}

}  // namespace

Order order_palette(std::span<const std::uint8_t> indexes, std::span<const Color> colors, PaletteOrder by) {
  std::array<std::uint64_t, 256> uses = {};
  for (const std::uint8_t index : indexes) ++uses[index];

  struct Entry {
    Color color;
    std::uint64_t uses;
  };
  std::map<Color, Entry> merged;
  for (std::size_t i = 0; i < colors.size(); ++i) {
    if (uses[i] == 0) continue;
    merged.try_emplace(colors[i], Entry{colors[i], 0}).first->second.uses += uses[i];
  }
  std::vector<Entry> entries;
  entries.reserve(merged.size());
  for (const auto& [color, entry] : merged) entries.push_back(entry);
  std::ranges::sort(entries, [by](const Entry& a, const Entry& b) {
    const bool a_opaque = a.color[3] == 0xFF;
    const bool b_opaque = b.color[3] == 0xFF;
    if (a_opaque != b_opaque) return b_opaque;
    const unsigned a_luma = luma(a.color);
    const unsigned b_luma = luma(b.color);
    if (by == PaletteOrder::luma && a_luma != b_luma) return a_luma < b_luma;
    // By the colour and not by where it stood, so that the result's own pixels give this order again.
    return a.uses != b.uses ? a.uses > b.uses : a.color < b.color;
  });

  Order order;
  order.colors.reserve(entries.size());
  for (const Entry& entry : entries) order.colors.push_back(entry.color);
  for (std::size_t i = 0; i < colors.size(); ++i) {
    const auto place = std::ranges::find(order.colors, colors[i]);
    if (place != order.colors.end()) order.place[i] = static_cast<std::uint8_t>(place - order.colors.begin());
  }
  return order;
}

}  // namespace imgc::png
