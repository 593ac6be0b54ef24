// Which AC levels a block gets: those that cost least in distortion plus bits, found by dynamic programming
// over its coefficients in zigzag order. After Crouse and Ramchandran, "Joint thresholding and quantizer
// selection for transform image coding" (IEEE Transactions on Image Processing 6(2), 1997).
#pragma once

#include <array>
#include <cstdint>

#include "formats/jpeg/coefficients.h"
#include "formats/jpeg/level_costs.h"
#include "formats/jpeg/quality.h"
#include "formats/jpeg/reference_steps.h"

namespace imgc::jpeg {

class AcTrellis {
 public:
  // From levels of table `from` to levels of `to`. An error is measured in reference steps, squared.
  AcTrellis(const QuantTable& from, const QuantTable& to, const Steps& reference, const LevelCosts& costs);

  // Replaces the block's AC levels. `nonzero` as in Plane; `lambda` is the distortion that a bit is worth.
  void run(JCOEF* block, std::uint64_t nonzero, float lambda) const;

 private:
  static constexpr std::size_t sizes = 11;  // of AC levels, 0 to 10 bits

  // In zigzag order.
  std::array<float, 64> ratio_{};   // old step / new step
  std::array<float, 64> weight_{};  // (new step / reference step)²
  // Bits of a level by its size and the zeros before it, with the symbols for 16 zeros each.
  std::array<std::array<float, 64>, sizes> bits_{};
  float end_of_block_;
  float empty_;
  float not_empty_;
};

}  // namespace imgc::jpeg
