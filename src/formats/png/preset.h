// What an effort buys.
#pragma once

#include <cstdint>
#include <vector>

#include "imgc/options.h"

#include "formats/finals.h"
#include "formats/png/encode.h"
#include "formats/png/filter.h"
#include "formats/png/quantise.h"
#include "formats/png/workshop.h"

namespace imgc::png {

// Images of at most this many pixels are small: trying more on them is cheap.
inline constexpr std::uint64_t small_pixels = std::uint64_t{96} << 10U;

struct Preset {
  [[nodiscard]] const Finals& finals_of(std::uint64_t pixels) const {
    return pixels <= small_pixels ? small_finals : finals;
  }

  Compression compression = 10;  // of all that is exact
  std::vector<Strategy> direct;
  std::vector<Strategy> indexed;
  std::vector<Strategy> reindexed;
  std::vector<Strategy> quantised_indexed;  // these two also of our own lossy output
  std::vector<Strategy> quantised_reindexed;
  OrderChoice orders;
  OrderChoice lossy_orders;  // dithered indexes gain nothing from a choice
  // Exact layouts compete with a quantised palette by these filters and the plain one of those with a
  // palette, by others only where one of these seems smaller.
  std::vector<Strategy> challengers;
  QuantiseSettings quantising;
  Compression quantised = 10;
  Finals finals;
  Finals small_finals;  // of small images, where a wrong guess is cheap to avoid
};

Preset preset(Effort effort);

}  // namespace imgc::png
