#include "formats/jpeg/turn.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "formats/jpeg/metadata.h"
#include "formats/jpeg/write.h"

namespace imgc::jpeg {
namespace {

// Whether the blocks of every component end where the image does, across (or down).
bool ends_with_blocks(const Coefficients& coefficients, bool across) {
  const auto& components = coefficients.components();
  const auto factor = [across](const Component& component) { return across ? component.h : component.v; };
  unsigned most = 1;
  for (const Component& component : components) most = std::max(most, factor(component));
  return std::ranges::all_of(components, [&](const Component& component) {
    const std::uint64_t blocks = across ? component.blocks_wide : component.blocks_high;
    const std::uint64_t side = across ? coefficients.width() : coefficients.height();
    return blocks * DCTSIZE * most == side * factor(component);
  });
}

void turn_block(const JCOEF* from, Turn turn, JCOEF* to) {
  for (std::size_t v = 0; v < DCTSIZE; ++v) {
    for (std::size_t u = 0; u < DCTSIZE; ++u) {
      const JCOEF value = turn.transposed ? from[u * DCTSIZE + v] : from[v * DCTSIZE + u];
      const bool negated = (turn.mirrored_x && u % 2 == 1) != (turn.mirrored_y && v % 2 == 1);
      to[v * DCTSIZE + u] = static_cast<JCOEF>(negated ? -value : value);
    }
  }
}

void turn_component(const Component& from, Turn turn, Component& to) {
  for (std::uint32_t y = 0; y < to.blocks_high; ++y) {
    const std::uint32_t v = turn.mirrored_y ? to.blocks_high - 1 - y : y;
    for (std::uint32_t x = 0; x < to.blocks_wide; ++x) {
      const std::uint32_t u = turn.mirrored_x ? to.blocks_wide - 1 - x : x;
      turn_block(turn.transposed ? from.rows[u][v] : from.rows[v][u], turn, to.rows[y][x]);
    }
  }
}

}  // namespace

std::optional<Coefficients> turned(const Coefficients& coefficients, Turn turn) {
  const bool from_right = turn.transposed ? turn.mirrored_y : turn.mirrored_x;
  const bool from_bottom = turn.transposed ? turn.mirrored_x : turn.mirrored_y;
  if (from_right && !ends_with_blocks(coefficients, true)) return std::nullopt;
  if (from_bottom && !ends_with_blocks(coefficients, false)) return std::nullopt;
  Coefficients out = Coefficients::empty_like(coefficients, turn.transposed);
  for (std::size_t i = 0; i < out.components().size(); ++i)
    turn_component(coefficients.components()[i], turn, out.components()[i]);
  return out;
}

Result<std::optional<Bytes>> turn_file(ByteView bytes, Turn turn, const Limits& limits) {
  const auto coefficients = Coefficients::read(bytes, limits);
  if (!coefficients) return tl::unexpected(coefficients.error());
  if (!coefficients->complete()) return std::nullopt;
  const auto result = turned(*coefficients, turn);
  if (!result) return std::nullopt;
  const auto head = metadata_segments({}, result->color_space(), result->has_adobe_marker());
  if (!head) return tl::unexpected(head.error());
  return write(*result, Coding::sequential, Search::none, *head, std::numeric_limits<std::size_t>::max());
}

std::uint64_t turning_bytes(const Probe& probe) {
  return 2 * coefficient_bytes(probe.coefficients) +
         writing_bytes(probe.pixel_count(), probe.coefficients, Coding::sequential, Search::none);
}

}  // namespace imgc::jpeg
