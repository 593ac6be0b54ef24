// What every band of a component's AC would cost as a scan of a progressive file, without coding any of them:
// one walk over the coefficients counts the symbols of all bands, at every number of low bits left for later,
// and the sizes of their Huffman codes follow from the counts.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "formats/jpeg/scan.h"

namespace imgc::jpeg {

// The most bits that a first scan leaves for later ones.
inline constexpr unsigned most_low = 3;

class BandCosts {
 public:
  // The bands are made of whole segments: from each of `starts`, which ascend from 1, to the next, or to the
  // end of the block. Only every `step`-th row of blocks is looked at, to judge the whole by.
  BandCosts(const Plane& plane, std::span<const std::uint8_t> starts, std::uint32_t step);
  // What it takes, times the square of the segments: two histograms and a few sums for each kind of scan.
  static constexpr std::uint64_t bytes_a_band = std::uint64_t{7} * (2 * 1024 + 64);

  [[nodiscard]] std::size_t segments() const { return starts_.size(); }
  [[nodiscard]] std::uint8_t from(std::size_t segment) const { return starts_[segment]; }
  [[nodiscard]] std::uint8_t to(std::size_t segment) const;

  // About what a scan of the segments `first` to `last` takes with its header and its table, in bytes: of all
  // bits but the `low` lowest, or, `refining`, of bit `low` alone.
  [[nodiscard]] std::size_t bytes(std::size_t first, std::size_t last, unsigned low, bool refining) const {
    return bytes_[(scan_index(low, refining) * segments() + first) * segments() + last];
  }

 private:
  // First scans by `low`, then later ones by `low`.
  static constexpr std::size_t scan_count = 2 * most_low + 1;
  static constexpr std::size_t scan_index(unsigned low, bool refining) {
    return refining ? most_low + 1 + low : low;
  }

  std::vector<std::uint8_t> starts_;
  std::vector<std::size_t> bytes_;
};

}  // namespace imgc::jpeg
