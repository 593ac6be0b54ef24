// The loops over the samples of a row, once for each instruction set. All do the same operations on each
// sample and round alike; only the order in which a row's errors are added up differs.
#pragma once

#include <cstddef>

#include "image/ssimulacra2/definition.h"

namespace imgc::ssimulacra2 {

// Rows have room for padded(width) samples: an odd number of cache lines, so that the forty rows that a step
// goes along at a time do not all want the same few places in the cache. At a width of 2048 that took 29 %
// of a whole lossy job.
inline constexpr std::size_t row_multiple = 16;
constexpr std::size_t padded(std::size_t width) {
  return ((width + row_multiple - 1) / row_multiple | 1U) * row_multiple;
}

// What a channel of a scale is blurred for.
enum class Need { nothing, edges, all };
// The reference, the distorted image, and for SSIM their squares and their product.
inline constexpr unsigned most_planes = 5;
constexpr unsigned planes(Need need) {
  return need == Need::all ? most_planes : need == Need::edges ? 2 : 0;
}

// A step of the recursion down the columns, for every plane of a channel.
struct Step {
  Need need = Need::nothing;
  std::size_t width = 0;
  // Rows blurred along themselves, 6 above the one that comes out and 4 below it.
  const float* above[most_planes] = {};
  const float* below[most_planes] = {};
  // What came out of each section one step ago, and two; the latter becomes what comes out now.
  const float* last[most_planes][sections] = {};
  float* before_last[most_planes][sections] = {};
};

struct Kernels {
  const char* name;
  // Linear sRGB to the metric's XYB.
  void (*to_xyb)(const float* const linear[3], std::size_t width, float* const xyb[3]);
  // The second of them alone.
  void (*to_luma)(const float* const linear[3], std::size_t width, float* luma);
  // The mean of 2 x 2 samples. The last sample of an odd width stands in for one beyond it and is written
  // there.
  void (*halve)(float* upper, float* lower, std::size_t width, float* half);
  // Blurs the planes of a channel along the row; nothing from `width` on is written. `scratch` is as many
  // rows.
  void (*blur_row)(Need need, const float* reference, const float* distorted, std::size_t width,
                   float* const scratch[most_planes], float* const blurred[most_planes]);
  // Steps before there is anything to come out.
  void (*warm_up)(const Step& step);
  // Steps, and adds the errors of the row that comes out and their 4th powers to `sums`, in the order of
  // `weights`.
  void (*compare)(const Step& step, const float* reference, const float* distorted, double sums[terms]);
};

const Kernels& baseline_kernels();
#ifdef IMGC_AVX2
const Kernels& avx2_kernels();
#endif
// The fastest that this machine runs.
const Kernels& best_kernels();

}  // namespace imgc::ssimulacra2
