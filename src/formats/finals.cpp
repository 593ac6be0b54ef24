#include "formats/finals.h"

#include <algorithm>

namespace imgc {

std::vector<std::size_t> finalists(std::span<const std::optional<std::size_t>> estimates,
                                   const Finals& finals) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < estimates.size(); ++i)
    if (estimates[i]) order.push_back(i);
  if (order.empty()) return order;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return *estimates[i]; });
  const double most = static_cast<double>(*estimates[order.front()]) * (1 + finals.margin);
  std::size_t kept = 1;
  while (kept < std::min(order.size(), finals.most) && static_cast<double>(*estimates[order[kept]]) <= most)
    ++kept;
  order.resize(kept);
  return order;
}

}  // namespace imgc
