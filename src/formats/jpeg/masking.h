// How much error a block hides: texture masks it, smooth areas show it.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/jpeg/coefficients.h"

namespace imgc::jpeg {

// A factor a block, row by row: what an error there counts less, or a bit more, than in a block of average
// texture. Within 0.1 and 8.
struct Masking {
  std::uint32_t blocks_wide = 0;
  std::vector<float> factors;

  [[nodiscard]] const float* row(std::uint32_t y) const {
    return factors.data() + std::size_t{y} * blocks_wide;
  }
};

// For each component. By the energy of a block's AC and of those around it; chroma by the luma where it lies.
std::vector<Masking> masking_of(const Coefficients& coefficients);

}  // namespace imgc::jpeg
