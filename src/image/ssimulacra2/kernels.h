// The loops over the samples of a row, once for each instruction set. All agree within rounding: where one fuses a
// multiplication with an addition the other may not.
#pragma once

#include <cstddef>

#include "image/ssimulacra2/definition.h"

namespace imgc::ssimulacra2 {

// Rows of float samples. A row has room for padded(width) samples, and those from `width` on are zero where a
// function says so. Blurred rows also have `margin` zeros on either side.
inline constexpr std::size_t margin = 8;
constexpr std::size_t padded(std::size_t width) {
  return (width + margin - 1) / margin * margin;
}

// Nine rows of one channel, the one in question in the middle.
inline constexpr unsigned window = 2 * blur_reach + 1;
using Window = const float* const*;

// Which sums a channel of a scale needs: the weights of many are zero.
enum class Need { nothing, edges, all };

struct Kernels {
  const char* name;
  // Linear sRGB to the metric's XYB. Zero from `width` to padded(width).
  void (*to_xyb)(const float* const linear[3], std::size_t width, float* const xyb[3]);
  // The mean of 2 x 2 samples. `width` is that of the input, whose last sample stands in for one beyond it; the
  // rows are written there.
  void (*halve)(float* upper, float* lower, std::size_t width, float* half);
  // Adds the row's errors and their 4th powers to `sums`, in the order of `weights`. `scratch` is four rows of
  // margin + padded(width) + margin, their margins zero.
  void (*compare)(Need need, Window reference, Window distorted, std::size_t width, float* scratch,
                  double sums[terms]);
};

const Kernels& baseline_kernels();
#ifdef IMGC_AVX2
const Kernels& avx2_kernels();
#endif
// The fastest that this machine runs.
const Kernels& best_kernels();

}  // namespace imgc::ssimulacra2
