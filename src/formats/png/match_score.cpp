#include "formats/png/match_score.h"

#include <algorithm>
#include <cstring>

#include "deflate/common_length.h"
#include "deflate/log2.h"
#include "deflate/symbols.h"

namespace imgc::png {
namespace {

using deflate::length_codes;
using deflate::longest_match;

constexpr std::size_t shortest_worth = 4;  // shorter matches seldom pay on filtered rows
constexpr std::uint32_t bit = 64;          // the unit of costs is 1/64 bit
constexpr std::uint64_t tokens_between_updates = 2048;

std::uint32_t read32(const std::uint8_t* at) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

}  // namespace

MatchScore::MatchScore(const Bytes& stream) : stream_(stream), last_(std::size_t{1} << hash_bits) {
  symbols_seen_.fill(1);
  // Small differences and matches are what filters are for.
  for (const std::size_t likely : {0U, 1U, 255U}) symbols_seen_[likely] = 8;
  for (std::size_t i = 256; i < symbols_seen_.size(); ++i) symbols_seen_[i] = 2;
  distances_seen_.fill(1);
  update_costs();
}

void MatchScore::update_costs() {
  static const deflate::Log2<bit> log2;
  const auto total_of = [](const auto& seen) {
    std::uint32_t total = 0;
    for (const std::uint32_t count : seen) total += count;
    return total;
  };
  const std::uint32_t all_symbols = log2(total_of(symbols_seen_));
  for (std::size_t i = 0; i < 256; ++i)
    literal_cost_[i] = std::max(all_symbols - log2(symbols_seen_[i]), bit);
  for (std::size_t length = deflate::shortest_match; length <= longest_match; ++length) {
    const unsigned code = length_codes.of[length];
    const std::uint32_t symbol = all_symbols - log2(symbols_seen_[256U + code]);
    length_cost_[length] = std::max(symbol, bit) + bit * length_codes.extra[code];
  }
  const std::uint32_t all_distances = log2(total_of(distances_seen_));
  for (unsigned code = 0; code < deflate::distance_symbols; ++code)
    distance_cost_[code] = std::max(all_distances - log2(distances_seen_[code]), bit) +
                           bit * deflate::distance_codes.extra[code];
  // Half of the past fades, and nothing becomes impossible.
  for (std::uint32_t& count : symbols_seen_) count = std::max(count / 2, 1U);
  for (std::uint32_t& count : distances_seen_) count = std::max(count / 2, 1U);
  tokens_ = 0;
}

std::size_t MatchScore::slot_of(std::size_t at) const {
  return read32(&stream_[at]) * 2654435769U >> (32U - hash_bits);
}

MatchScore::Match MatchScore::find(std::size_t at, std::size_t candidate, std::size_t end) const {
  const std::size_t most = std::min<std::size_t>(longest_match, end - at);
  const std::uint8_t* a = &stream_[candidate];
  const std::uint8_t* b = &stream_[at];
  if (read32(a) != read32(b)) return {};
  return {deflate::common_length(a, b, shortest_worth, most), at - candidate};
}

template <bool learning>
std::uint64_t MatchScore::parse(std::size_t at, std::size_t size, std::uint64_t limit) {
  const std::size_t end = at + size;
  std::uint64_t cost = 0;
  while (at < end && cost < limit) {
    Match match;
    if (end - at >= shortest_worth) {
      const std::size_t slot = slot_of(at);
      const std::uint32_t previous = last_[slot];
      if (previous != 0 && at - (previous - 1) <= deflate::window) match = find(at, previous - 1, end);
      if constexpr (!learning) undo_.emplace_back(static_cast<std::uint32_t>(slot), previous);
      last_[slot] = static_cast<std::uint32_t>(at + 1);
    }
    std::uint64_t literals = literal_cost_[stream_[at]];
    std::size_t step = 1;
    if (match.length > 0) {
      const unsigned code = deflate::distance_symbol(match.distance);
      const std::uint64_t matched = length_cost_[match.length] + distance_cost_[code];
      // Long matches always pay; of short ones the literals may be cheaper.
      std::uint64_t replaced = literals;
      for (std::size_t i = 1; i < match.length && replaced <= matched; ++i)
        replaced += literal_cost_[stream_[at + i]];
      if (matched < replaced) {
        cost += matched;
        step = match.length;
        if constexpr (learning) {
          ++symbols_seen_[256U + length_codes.of[match.length]];
          ++distances_seen_[code];
          ++tokens_;
        }
      }
    }
    if (step == 1) {
      cost += literals;
      if constexpr (learning) {
        ++symbols_seen_[stream_[at]];
        ++tokens_;
      }
    }
    at += step;
  }
  return cost;
}

std::uint64_t MatchScore::judge(std::size_t at, std::size_t size, std::uint64_t limit) {
  undo_.clear();
  const std::uint64_t cost = parse<false>(at, size, limit);
  for (; !undo_.empty(); undo_.pop_back()) last_[undo_.back().first] = undo_.back().second;
  return cost;
}

void MatchScore::accept(std::size_t at, std::size_t size) {
  parse<true>(at, size, no_limit);
  if (tokens_ >= tokens_between_updates) update_costs();
}

}  // namespace imgc::png
