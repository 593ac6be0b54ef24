#include <algorithm>
#include <cmath>

#include "imgc/options.h"

namespace imgc {

std::uint64_t Savings::largest_allowed(std::uint64_t original) const {
  const auto share = static_cast<std::uint64_t>(std::ceil(fraction * static_cast<double>(original)));
  const std::uint64_t least = std::max({share, bytes, std::uint64_t{1}});
  return original > least ? original - least : 0;
}

}  // namespace imgc
