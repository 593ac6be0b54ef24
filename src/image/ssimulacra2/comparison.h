// Two pyramids row by row, and what their differences add up to.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "image/ssimulacra2/pyramid.h"

namespace imgc::ssimulacra2 {

// Of one scale, channel by channel: each map's mean, then each map's 4-norm, in the order of `weights`.
using ScaleErrors = std::array<std::array<double, terms>, channels>;

// Advances `distorted` to its end, and `reference` as well where it has not been.
std::vector<ScaleErrors> compare(Pyramid& reference, Pyramid& distorted, const Kernels& kernels);
// With a reference of which all rows are there and kept.
std::vector<ScaleErrors> compare(const Pyramid& reference, Pyramid& distorted, const Kernels& kernels);

// 100 for no error at all, and without a lower bound.
double score_of(const std::vector<ScaleErrors>& errors);

}  // namespace imgc::ssimulacra2
