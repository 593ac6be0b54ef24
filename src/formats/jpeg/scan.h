// A scan's symbols out of coefficients (ITU-T T.81, F.1 for sequential, G.1 for progressive coding).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formats/jpeg/coefficients.h"
#include "formats/jpeg/huffman.h"

namespace imgc::jpeg {

// The symbol of 16 zeros in a row, ZRL.
inline constexpr unsigned zero_run_length = 0xF0;

// A component's blocks with what every scan needs of them looked up once.
struct Plane {
  const Component* component = nullptr;
  std::vector<std::uint64_t> nonzero;  // a block: bit k for the k-th coefficient in zigzag order, DC excepted
  std::vector<std::int16_t> dc;        // a block

  [[nodiscard]] std::size_t index(std::uint32_t x, std::uint32_t y) const {
    return std::size_t{y} * component->blocks_wide + x;
  }
};

Plane make_plane(const Component& component);

// Part of the coefficients of some components. `from` and `to` count in zigzag order; `low` bits are left for
// later scans, and `high` is the `low` of the scan before, 0 when there is none.
struct Scan {
  std::vector<std::uint8_t> components;
  std::uint8_t from = 0;
  std::uint8_t to = 63;
  std::uint8_t high = 0;
  std::uint8_t low = 0;
};

// The size of an image in MCUs when all components are interleaved.
struct Mcus {
  std::uint32_t wide = 0;
  std::uint32_t high = 0;
};
Mcus mcus(const Coefficients& coefficients);
// Whether the components may share a scan: at most four of them and ten blocks an MCU.
bool can_interleave(const Coefficients& coefficients);

// Which tables a scan's tokens use.
constexpr unsigned dc_table(TableKind kind) {
  return kind == TableKind::chroma ? 1 : 0;
}
constexpr unsigned ac_table(TableKind kind) {
  return kind == TableKind::chroma ? 3 : 2;
}

// These give `sink` the symbols of a scan over all blocks. False when a
// coefficient is out of the range of 8-bit JPEG, which only damaged files have.
// AC coefficients of one component, their first or a later scan. The sink is a TokenCounter or a TokenStore.
template <class Sink>
bool code_ac(const Plane& plane, const Scan& scan, Sink& sink);
// DC coefficients of the planes in scan.components, with all their bits.
bool code_dc(std::span<const Plane> planes, const Scan& scan, Mcus size, TokenStore& sink);
// All coefficients of the planes in scan.components, sequentially.
bool code_sequential(std::span<const Plane> planes, const Scan& scan, Mcus size, TokenStore& sink);

extern template bool code_ac(const Plane&, const Scan&, TokenCounter&);
extern template bool code_ac(const Plane&, const Scan&, TokenStore&);

}  // namespace imgc::jpeg
