// Two pyramids row by row, and what their differences add up to.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "base/for_each.h"
#include "image/ssimulacra2/pyramid.h"

namespace imgc::ssimulacra2 {

// Of one scale, channel by channel: each map's mean, then each map's 4-norm, in the order of `weights`.
using ScaleErrors = std::array<std::array<double, terms>, channels>;

// Rows are made so many at a time, while those that were made before are compared: as many tasks at once as
// there are channels of scales, since down the columns each row needs what the one above it came to.
inline constexpr std::size_t rows_a_turn = 8;
// What pyramids that are compared must keep of each scale.
inline constexpr std::size_t rows_compared = 2 * rows_a_turn + rows_in_use;

// Advances `distorted` to its end, and `reference` as well where it has not been. The same however `for_each`
// goes about it.
std::vector<ScaleErrors> compare(Pyramid& reference, Pyramid& distorted, const Kernels& kernels,
                                 const ForEach& for_each);
// With a reference of which all rows are there and kept. A channel of a scale in which no error weighs more
// than `left_out` counts as without any.
std::vector<ScaleErrors> compare(const Pyramid& reference, Pyramid& distorted, double left_out,
                                 const Kernels& kernels, const ForEach& for_each);

// 100 for no error at all, and without a lower bound.
double score_of(const std::vector<ScaleErrors>& errors);

}  // namespace imgc::ssimulacra2
