// What levels cost in bits, before the Huffman tables that they will have are known.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "formats/jpeg/coefficients.h"
#include "formats/jpeg/reference_steps.h"
#include "formats/jpeg/scan.h"

namespace imgc::jpeg {

// Bits of each symbol of sequential coding (T.81, F.1.2), with the bits that follow it, estimated from their
// frequencies. An end of block costs less where many blocks in a row have one, as in progressive coding, so
// blocks without any AC are told apart from those that end early.
struct LevelCosts {
  std::array<float, 256> ac{};  // by run << 4 | size, with the `size` bits that follow
  float end_of_block = 0;       // of a block that has AC
  float empty = 0;              // of a block without AC
  float not_empty = 0;          // of a block with AC, beside its symbols
  std::array<float, 16> dc{};   // by the size of the difference, with the bits that follow
};

// The costs of all that components of each kind would have, if they were rounded to their `tables` with a
// slight preference for smaller levels; [0] for luma, [1] for chroma.
std::array<LevelCosts, 2> level_costs(const Coefficients& coefficients, std::span<const Plane> planes,
                                      std::span<const QuantTable> tables);

// The size category of a magnitude (T.81, tables F.1 and F.2).
constexpr unsigned size_of(unsigned magnitude) {
  return static_cast<unsigned>(std::bit_width(magnitude));
}

}  // namespace imgc::jpeg
