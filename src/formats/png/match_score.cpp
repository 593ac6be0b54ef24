#include "formats/png/match_score.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "deflate/common_length.h"
#include "deflate/log2.h"
#include "formats/png/hash.h"

namespace imgc::png {
namespace {

using deflate::length_codes;
using deflate::longest_match;

constexpr std::size_t shortest_worth = 4;  // shorter matches seldom pay on filtered rows
constexpr unsigned most_last_bits = 15;
constexpr unsigned most_near_bits = 12;
constexpr std::uint32_t bit = 64;  // the unit of costs is 1/64 bit
// What has been seen counts for less and less: at an update, half of it fades when it is more than this.
constexpr std::uint32_t count_of_one = 8;
constexpr std::uint32_t most_seen = 1000 * count_of_one;
constexpr std::size_t tokens_between_updates = 1000;

std::uint32_t read32(const std::uint8_t* at) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <class Seen>
std::uint32_t total(const Seen& seen) {
  std::uint32_t sum = 0;
  for (const std::uint32_t count : seen) sum += count;
  return sum;
}

}  // namespace

MatchScore::MatchScore(const Bytes& stream)
    : stream_(stream),
      // No larger than the stream needs: of an icon, clearing the tables would take longer than using them.
      last_bits_(std::clamp(static_cast<unsigned>(std::bit_width(stream.size())), 8U, most_last_bits)),
      near_bits_(std::min(last_bits_, most_near_bits)),
      last_(std::size_t{1} << last_bits_),
      near_(std::size_t{1} << near_bits_) {
  symbols_seen_.fill(count_of_one);
  // Small differences and matches are what filters are for.
  for (const std::size_t likely : {0U, 1U, 255U}) symbols_seen_[likely] = 8 * count_of_one;
  for (std::size_t i = 256; i < symbols_seen_.size(); ++i) symbols_seen_[i] = 2 * count_of_one;
  distances_seen_.fill(count_of_one);
  update_costs();
}

void MatchScore::update_costs() {
  static const deflate::Log2<bit> log2;
  const std::uint32_t all_symbols = log2(total(symbols_seen_));
  for (std::size_t i = 0; i < 256; ++i)
    literal_cost_[i] = std::max(all_symbols - log2(symbols_seen_[i]), bit);
  for (std::size_t length = deflate::shortest_match; length <= longest_match; ++length) {
    const unsigned code = length_codes.of[length];
    const std::uint32_t symbol = all_symbols - log2(symbols_seen_[256U + code]);
    length_cost_[length] = std::max(symbol, bit) + bit * length_codes.extra[code];
  }
  const std::uint32_t all_distances = log2(total(distances_seen_));
  for (unsigned code = 0; code < deflate::distance_symbols; ++code)
    distance_cost_[code] = std::max(all_distances - log2(distances_seen_[code]), bit) +
                           bit * deflate::distance_codes.extra[code];
  if (total(symbols_seen_) > most_seen) {
    for (std::uint32_t& count : symbols_seen_) count = std::max(count / 2, 1U);
    for (std::uint32_t& count : distances_seen_) count = std::max(count / 2, 1U);
  }
  learnt_ = 0;
}

void MatchScore::learn_from(const MatchScore& other) {
  symbols_seen_ = other.symbols_seen_;
  distances_seen_ = other.distances_seen_;
  update_costs();
}

bool MatchScore::is_cheaper(const std::uint8_t* bytes, const Match& a, const Match& b) const {
  const auto cost = [&](const Match& match) {
    std::uint64_t sum = length_cost_[match.length] + distance_cost_[deflate::distance_symbol(match.distance)];
    for (std::size_t i = match.length; i < std::max(a.length, b.length); ++i) sum += literal_cost_[bytes[i]];
    return sum;
  };
  return cost(a) < cost(b);
}

MatchScore::Match MatchScore::find(std::size_t at, std::size_t most, std::size_t last_distance) {
  const std::uint8_t* here = stream_.data() + at;
  const std::uint32_t next = read32(here);
  Match best;
  const auto consider = [&](std::size_t distance) {
    if (distance >= deflate::window || distance == best.distance || read32(here - distance) != next) return;
    const Match found = {deflate::common_length(here, here - distance, shortest_worth, most), distance};
    if (best.length == 0 || is_cheaper(here, found, best)) best = found;
  };
  if (at >= last_distance) consider(last_distance);
  Near& near = near_[hash(next, near_bits_)];
  if (near.stretch == stretch_) consider(at - near.at);
  near = {stretch_, static_cast<std::uint32_t>(at)};
  const std::uint32_t last = last_[hash(next, last_bits_)];
  if (last != 0) consider(at + 1 - last);
  return best;
}

std::uint64_t MatchScore::judge(std::size_t at, std::size_t size, std::uint64_t limit) {
  ++stretch_;
  tokens_.clear();
  const std::size_t end = at + size;
  std::size_t distance = size;
  std::uint64_t cost = 0;
  while (at < end && cost < limit) {
    const std::uint8_t* here = stream_.data() + at;
    const std::size_t most = std::min<std::size_t>(longest_match, end - at);
    const Match match = most < shortest_worth ? Match{} : find(at, most, distance);
    if (match.length > 0) {
      const std::uint64_t matched =
          length_cost_[match.length] + distance_cost_[deflate::distance_symbol(match.distance)];
      // Long matches always pay; of short ones the literals may be cheaper.
      std::uint64_t literals = 0;
      for (std::size_t i = 0; i < match.length && literals <= matched; ++i)
        literals += literal_cost_[here[i]];
      if (literals > matched) {
        cost += matched;
        tokens_.push_back(deflate::match_token(match.length, match.distance));
        distance = match.distance;
        at += match.length;
        continue;
      }
    }
    cost += literal_cost_[*here];
    tokens_.push_back(deflate::literal_token);
    ++at;
  }
  return cost;
}

void MatchScore::accept(std::size_t at, std::size_t size) {
  const std::uint8_t* bytes = stream_.data();
  for (std::size_t i = at; i + shortest_worth <= at + size; ++i)
    last_[hash(read32(bytes + i), last_bits_)] = static_cast<std::uint32_t>(i + 1);
  for (const deflate::Token token : kept_) {
    const std::size_t length = deflate::length_of(token);
    if (token == deflate::literal_token) {
      symbols_seen_[bytes[at]] += count_of_one;
    } else {
      symbols_seen_[256U + length_codes.of[length]] += count_of_one;
      distances_seen_[deflate::distance_symbol(deflate::distance_of(token))] += count_of_one;
    }
    at += length;
  }
  learnt_ += kept_.size();
  if (learnt_ >= tokens_between_updates) update_costs();
}

}  // namespace imgc::png
