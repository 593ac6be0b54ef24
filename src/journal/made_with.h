#pragma once

#include <cstdint>

#include "imgc/options.h"

namespace imgc {

// Stands for all that a result depends on beside its input: the options that matter to its bytes, this
// version of imgc, and the libraries that code images.
std::uint64_t made_with(const Options& options);

}  // namespace imgc
