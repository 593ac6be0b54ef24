// Which of an image's planes the metric looks at: the weights of many error maps are zero.
#pragma once

#include <cstddef>

#include "image/ssimulacra2/definition.h"
#include "image/ssimulacra2/kernels.h"

namespace imgc::ssimulacra2 {

// The weights of a channel's errors at a scale of so many.
const double* weights_of(std::size_t channel, std::size_t scale, std::size_t scales);

// What the errors that weigh more than `left_out` need.
Need need_of(std::size_t channel, std::size_t scale, std::size_t scales, double left_out);

// Whether no channel but luma is needed.
bool needs_luma_only(std::size_t scale, std::size_t scales, double left_out);

}  // namespace imgc::ssimulacra2
