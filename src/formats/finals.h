// Who of a line-up is worth a whole run, by estimates that cost far less.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace imgc {

// Which of the recipes with an estimate are run: those with the smallest estimates, at most so many, and none
// that is more than this share above the smallest.
struct Finals {
  std::size_t most = 1;
  double margin = 0;
};

// The places of those in `estimates`, the smallest first and the earlier of equals; who has none is out.
std::vector<std::size_t> finalists(std::span<const std::optional<std::size_t>> estimates,
                                   const Finals& finals);

}  // namespace imgc
