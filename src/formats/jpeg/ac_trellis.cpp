#include "formats/jpeg/ac_trellis.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <limits>

namespace imgc::jpeg {
namespace {

constexpr unsigned largest_level = 1023;  // of AC, for 8 bits a sample (T.81, F.1.2.2)
constexpr int start = -1;                 // in place of a node: nothing yet

// A position that may have a level other than 0: the nearest one, or the largest with a bit less.
struct Node {
  unsigned position = 0;
  unsigned size = 0;
  int near = 0;  // levels, with their sign
  int smaller = 0;
  float near_error = 0;
  float smaller_error = 0;
  float zeros_before = 0;  // the error if all positions before this one were zeroed
  float zeros_after = 0;   // and this one too
};

// The best way to end with a level at a node.
struct Way {
  float cost = 0;  // less `zeros_after`: so that a later position's `zeros_before` adds what lies between
  int level = 0;
  int previous = start;
};

}  // namespace

AcTrellis::AcTrellis(const QuantTable& from, const QuantTable& to, const Steps& reference,
                     const LevelCosts& costs)
    : end_of_block_(costs.end_of_block), empty_(costs.empty), not_empty_(costs.not_empty) {
  for (std::size_t k = 0; k < ratio_.size(); ++k) {
    const std::size_t position = zigzag[k];
    ratio_[k] = static_cast<float>(from[position]) / static_cast<float>(to[position]);
    const float relative = static_cast<float>(to[position]) / reference[position];
    weight_[k] = relative * relative;
  }
  for (std::size_t size = 1; size < sizes; ++size) {
    for (std::size_t run = 0; run < 63; ++run) {
      const std::size_t runs_of_16 = run / 16;
      bits_[size][run] =
          costs.ac[(run % 16) << 4U | size] + static_cast<float>(runs_of_16) * costs.ac[zero_run_length];
    }
  }
}

void AcTrellis::run(JCOEF* block, std::uint64_t nonzero, float lambda) const {
  std::array<Node, 63> nodes;  // NOLINT(cppcoreguidelines-pro-type-member-init): the first `count` are set
  std::size_t count = 0;
  float zeros = 0;
  for (std::uint64_t left = nonzero; left != 0; left &= left - 1) {
    const auto k = static_cast<unsigned>(std::countr_zero(left));
    JCOEF& old = block[zigzag[k]];
    const float exact = static_cast<float>(std::abs(int{old})) * ratio_[k];
    const float zero_error = exact * exact * weight_[k];
    // Not by lround, which is a call: this is where the time goes, and `exact` is never negative.
    // NOLINTNEXTLINE(bugprone-incorrect-roundings)
    const unsigned level = std::min(static_cast<unsigned>(exact + 0.5F), largest_level);
    if (level > 0) {
      const unsigned size = size_of(level);
      const unsigned smaller = (1U << (size - 1)) - 1;
      const float near_error = exact - static_cast<float>(level);
      const float smaller_error = exact - static_cast<float>(smaller);
      const int sign = old < 0 ? -1 : 1;
      nodes[count++] = {.position = k,
                        .size = size,
                        .near = sign * static_cast<int>(level),
                        .smaller = sign * static_cast<int>(smaller),
                        .near_error = near_error * near_error * weight_[k],
                        .smaller_error = smaller_error * smaller_error * weight_[k],
                        .zeros_before = zeros,
                        .zeros_after = zeros + zero_error};
    }
    old = 0;
    zeros += zero_error;
  }
  if (count == 0) return;

  std::array<Way, 63> ways;  // NOLINT(cppcoreguidelines-pro-type-member-init): the first `count` are set
  float best = lambda * empty_;
  int last = start;
  for (std::size_t i = 0; i < count; ++i) {
    const Node& node = nodes[i];
    const std::array<float, 64>& near_bits = bits_[node.size];
    const std::array<float, 64>& smaller_bits = bits_[node.size - 1];
    float near_cost = lambda * (not_empty_ + near_bits[node.position - 1]);
    float smaller_cost = lambda * (not_empty_ + smaller_bits[node.position - 1]);
    int near_from = start;
    int smaller_from = start;
    for (std::size_t j = i; j-- > 0;) {
      const unsigned run = node.position - nodes[j].position - 1;
      const float near = ways[j].cost + lambda * near_bits[run];
      const float smaller = ways[j].cost + lambda * smaller_bits[run];
      if (near < near_cost) near_cost = near, near_from = static_cast<int>(j);
      if (smaller < smaller_cost) smaller_cost = smaller, smaller_from = static_cast<int>(j);
    }
    near_cost += node.near_error;
    smaller_cost = node.size > 1 ? smaller_cost + node.smaller_error : std::numeric_limits<float>::max();
    const bool nearer = near_cost <= smaller_cost;
    const float lead = (nearer ? near_cost : smaller_cost) + node.zeros_before - node.zeros_after;
    ways[i] = {lead, nearer ? node.near : node.smaller, nearer ? near_from : smaller_from};
    const float ended = lead + (node.position < 63 ? lambda * end_of_block_ : 0);
    if (ended < best) best = ended, last = static_cast<int>(i);
  }
  for (; last != start; last = ways[static_cast<std::size_t>(last)].previous) {
    const auto i = static_cast<std::size_t>(last);
    block[zigzag[nodes[i].position]] = static_cast<JCOEF>(ways[i].level);
  }
}

}  // namespace imgc::jpeg
