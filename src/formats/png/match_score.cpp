#include "formats/png/match_score.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace imgc::png {
namespace {

constexpr std::size_t window = 32768;
constexpr std::size_t longest_match = 258;
constexpr std::size_t shortest_match = 4;  // shorter ones seldom pay on filtered rows
constexpr std::uint32_t bit = 64;          // the unit of costs is 1/64 bit
constexpr std::uint64_t tokens_between_updates = 2048;

// The code of a length from 3 to 258, and its extra bits (RFC 1951, section 3.2.5).
struct LengthCode {
  std::uint8_t code;
  std::uint8_t extra;
};

constexpr LengthCode length_code(std::size_t length) {
  if (length == longest_match) return {28, 0};
  const auto from = static_cast<unsigned>(length - 3);
  if (from < 8) return {static_cast<std::uint8_t>(from), 0};
  const unsigned extra = static_cast<unsigned>(std::bit_width(from)) - 3U;
  return {static_cast<std::uint8_t>(4 * extra + (from >> extra)), static_cast<std::uint8_t>(extra)};
}
static_assert(length_code(3).code == 0 && length_code(11).code == 8 && length_code(257).code == 27);

unsigned distance_extra(unsigned code) {
  return code < 4 ? 0 : code / 2 - 1;
}

unsigned distance_code(std::size_t distance) {
  const auto from = static_cast<unsigned>(distance - 1);
  if (from < 4) return from;
  const unsigned extra = static_cast<unsigned>(std::bit_width(from)) - 2U;
  return 2 * extra + (from >> extra);
}

std::uint32_t read32(const std::uint8_t* at) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// log2 in the unit of costs. From a table of integers, so that every machine comes to the same choice.
class Log2 {
 public:
  Log2() {
    for (std::size_t n = 1; n < table_.size(); ++n)
      table_[n] = static_cast<std::uint32_t>(std::lround(std::log2(static_cast<double>(n)) * bit));
  }
  std::uint32_t operator()(std::uint32_t n) const {
    unsigned halvings = 0;
    for (; n >= table_.size(); n >>= 1U) ++halvings;
    return table_[n] + bit * halvings;
  }

 private:
  std::array<std::uint32_t, 4096> table_ = {};
};

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
  static const Log2 log2;
  const auto total_of = [](const auto& seen) {
    std::uint32_t total = 0;
    for (const std::uint32_t count : seen) total += count;
    return total;
  };
  const std::uint32_t all_symbols = log2(total_of(symbols_seen_));
  for (std::size_t i = 0; i < 256; ++i)
    literal_cost_[i] = std::max(all_symbols - log2(symbols_seen_[i]), bit);
  for (std::size_t length = 3; length <= longest_match; ++length) {
    const LengthCode code = length_code(length);
    const std::uint32_t symbol = all_symbols - log2(symbols_seen_[256U + code.code]);
    length_cost_[length] = std::max(symbol, bit) + bit * code.extra;
  }
  const std::uint32_t all_distances = log2(total_of(distances_seen_));
  for (unsigned code = 0; code < distance_codes; ++code)
    distance_cost_[code] =
        std::max(all_distances - log2(distances_seen_[code]), bit) + bit * distance_extra(code);
  // Half of the past fades, and nothing becomes impossible.
  for (std::uint32_t& count : symbols_seen_) count = std::max(count / 2, 1U);
  for (std::uint32_t& count : distances_seen_) count = std::max(count / 2, 1U);
  tokens_ = 0;
}

std::size_t MatchScore::slot_of(std::size_t at) const {
  return read32(&stream_[at]) * 2654435769U >> (32U - hash_bits);
}

MatchScore::Match MatchScore::find(std::size_t at, std::size_t candidate, std::size_t end) const {
  const std::size_t most = std::min(longest_match, end - at);
  const std::uint8_t* a = &stream_[candidate];
  const std::uint8_t* b = &stream_[at];
  if (read32(a) != read32(b)) return {};
  std::size_t length = shortest_match;
  while (length + 8 <= most) {
    std::uint64_t x = 0;
    std::uint64_t y = 0;
    std::memcpy(&x, a + length, sizeof x);
    std::memcpy(&y, b + length, sizeof y);
    if (x != y) break;
    length += 8;
  }
  while (length < most && a[length] == b[length]) ++length;
  return {length, at - candidate};
}

template <bool learning>
std::uint64_t MatchScore::parse(std::size_t at, std::size_t size, std::uint64_t limit) {
  const std::size_t end = at + size;
  std::uint64_t cost = 0;
  while (at < end && cost < limit) {
    Match match;
    if (end - at >= shortest_match) {
      const std::size_t slot = slot_of(at);
      const std::uint32_t previous = last_[slot];
      if (previous != 0 && at - (previous - 1) <= window) match = find(at, previous - 1, end);
      if constexpr (!learning) undo_.emplace_back(static_cast<std::uint32_t>(slot), previous);
      last_[slot] = static_cast<std::uint32_t>(at + 1);
    }
    std::uint64_t literals = literal_cost_[stream_[at]];
    std::size_t step = 1;
    if (match.length > 0) {
      const unsigned code = distance_code(match.distance);
      const std::uint64_t matched = length_cost_[match.length] + distance_cost_[code];
      // Long matches always pay; of short ones the literals may be cheaper.
      std::uint64_t replaced = literals;
      for (std::size_t i = 1; i < match.length && replaced <= matched; ++i)
        replaced += literal_cost_[stream_[at + i]];
      if (matched < replaced) {
        cost += matched;
        step = match.length;
        if constexpr (learning) {
          ++symbols_seen_[256U + length_code(match.length).code];
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
