// Quantisation tables and what libjpeg's quality of 1 to 100 makes of them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace imgc::jpeg {

using QuantTable = std::array<std::uint16_t, 64>;  // row by row, not in zigzag order

enum class TableKind : std::uint8_t { luma, chroma };

// What a component holds, and how much it is subsampled: what its best table depends on.
struct Channel {
  TableKind kind = TableKind::luma;
  bool is_cr = false;        // of the two of chroma, the second
  unsigned subsampling = 1;  // samples of the image a sample of the component: 4 for the chroma of 4:2:0
};

// Position in a block, row by row, of the n-th coefficient in zigzag order (T.81, figure A.6).
constexpr std::array<std::uint8_t, 64> make_zigzag() {
  std::array<std::uint8_t, 64> order{};
  int row = 0;
  int column = 0;
  for (auto& position : order) {
    position = static_cast<std::uint8_t>(row * 8 + column);
    const bool up = (row + column) % 2 == 0;
    if (up && column == 7) {
      ++row;
    } else if (!up && row == 7) {
      ++column;
    } else if (up) {
      row = row == 0 ? 0 : row - 1;
      ++column;
    } else {
      column = column == 0 ? 0 : column - 1;
      ++row;
    }
  }
  return order;
}
inline constexpr std::array<std::uint8_t, 64> zigzag = make_zigzag();

// The tables of T.81 annex K, scaled as libjpeg's jpeg_set_quality does and limited to 8 bits.
const QuantTable& libjpeg_table(TableKind kind, int quality);

struct UsedTable {
  Channel channel;
  const QuantTable* table = nullptr;
};

// The quality whose tables these are, libjpeg's or imgc's own (see reference_steps.h), else the one whose are
// nearest: of the family whose shape fits better, libjpeg's if neither does, by the harmonic mean of the
// steps relative to its own, luma counting three times. Nothing when there are no tables.
std::optional<int> estimate_quality(std::span<const UsedTable> tables);

}  // namespace imgc::jpeg
