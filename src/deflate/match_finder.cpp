#include "deflate/match_finder.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "deflate/common_length.h"

namespace imgc::deflate {
namespace {

// The bytes that lead to a root of the tree.
constexpr unsigned root_length = 6;
constexpr unsigned most_table_bits = 16;
// Runs of a pattern this short are followed rather than searched.
constexpr std::size_t longest_period = 8;
constexpr unsigned searches_before_following = 5;
constexpr unsigned depth_when_following = 8;
constexpr std::size_t prefetch_distance = 12;

// The next eight bytes, or as many as there are and zeros.
std::uint64_t read_up_to_64(const std::uint8_t* at, std::size_t available) {
  std::uint64_t value = 0;
  if (available >= sizeof value) return read64(at);
  std::memcpy(&value, at, available);
  return value;
}

// Of the first `count` bytes (Fibonacci hashing: the top bits are the mixed ones).
std::size_t hash(std::uint64_t bytes, unsigned count, unsigned bits) {
  return (bytes << (64U - 8U * count)) * 0x9E3779B97F4A7C15ULL >> (64U - bits);
}

}  // namespace

void Matches::clear(std::size_t begin, std::size_t positions, std::size_t matches) {
  begin_ = begin;
  tokens_.clear();
  tokens_.reserve(matches + longest_match);
  ends_.reserve(positions + 1);
  ends_.assign(1, 0);
}

MatchFinder::MatchFinder(ByteView data, SearchLimits limits)
    : data_(data),
      limits_(limits),
      // No larger than the data needs: of an icon, clearing the tables would take longer than searching it.
      table_bits_(std::clamp(static_cast<unsigned>(std::bit_width(data.size())), 6U, most_table_bits)),
      roots_(std::size_t{1} << table_bits_),
      tree_(2 * std::min(window, std::bit_ceil(data.size() + 1))) {
  for (auto& head : heads_) head.resize(std::size_t{1} << table_bits_);
}

std::size_t MatchFinder::find(std::size_t end, std::size_t most, Matches& matches) {
  for (; at_ < end && matches.count() < most; ++at_) {
    const std::size_t longest = std::min<std::size_t>(longest_match, data_.size() - at_);
    Best best;
    const bool in_run = last_.length >= limits_.nice && last_.distance <= longest_period;
    if (in_run && (last_.distance == 1 || repeats_ >= searches_before_following)) {
      const std::size_t length = common_length(&data_[at_], &data_[at_ - last_.distance],
                                               std::min(last_.length - 1, longest), longest);
      if (length >= limits_.nice || length == longest) {
        best = {length, last_.distance};
        follow_run(at_, length, matches);
      }
    }
    if (best.distance == 0 && longest >= shortest_match) search(at_, longest, best, matches);
    repeats_ = best.distance == last_.distance ? repeats_ + 1 : 0;
    last_ = best;
    matches.end_position();
  }
  return at_;
}

void MatchFinder::search(std::size_t at, std::size_t most, Best& best, Matches& matches) {
  const std::uint8_t* here = &data_[at];
  const std::uint64_t next = read_up_to_64(here, data_.size() - at);
  const auto self = static_cast<std::uint32_t>(at + offset);
  prefetch(at + prefetch_distance);
  for (unsigned i = 0; i < head_count; ++i) {
    std::uint32_t& head = heads_[i][hash(next, head_lengths[i], table_bits_)];
    const std::size_t distance = self - head;
    head = self;
    if (distance >= window || distance == best.distance) continue;
    const std::size_t length = common_length(here, here - distance, 0, most);
    if (length <= best.length) continue;
    best = {length, distance};
    matches.add(length, distance);
  }
  // What goes on and on at one distance has been made known by the position before.
  if (best.length == longest_match && last_.length == longest_match && best.distance == last_.distance)
    return;
  insert(at, next, most, best.length >= limits_.nice ? depth_when_following : limits_.depth,
         [&](std::size_t length, std::size_t distance) {
           if (length <= best.length) return;
           best = {length, distance};
           matches.add(length, distance);
         });
}

// The tables together are larger than the caches near the processor.
void MatchFinder::prefetch(std::size_t at) const {
  if (at + sizeof(std::uint64_t) > data_.size()) return;
  const std::uint64_t bytes = read64(&data_[at]);
  for (unsigned i = 0; i < head_count; ++i)
    __builtin_prefetch(&heads_[i][hash(bytes, head_lengths[i], table_bits_)], 1);
  __builtin_prefetch(&roots_[hash(bytes, root_length, table_bits_)], 1);
}

// Inside a run one match says it all. Only positions near its end are made known to later ones: from those
// before, a later run could copy no more.
void MatchFinder::follow_run(std::size_t at, std::size_t length, Matches& matches) {
  matches.add(length, last_.distance);
  if (length == longest_match) return;
  const std::uint64_t next = read_up_to_64(&data_[at], data_.size() - at);
  const auto self = static_cast<std::uint32_t>(at + offset);
  for (unsigned i = 0; i < head_count; ++i) heads_[i][hash(next, head_lengths[i], table_bits_)] = self;
  insert(at, next, std::min<std::size_t>(longest_match, data_.size() - at), depth_when_following,
         [](std::size_t, std::size_t) {});
}

template <class Found>
void MatchFinder::insert(std::size_t at, std::uint64_t next, std::size_t most, unsigned depth,
                         const Found& found) {
  const std::size_t mask = tree_.size() / 2 - 1;
  const std::uint8_t* here = &data_[at];
  const auto self = static_cast<std::uint32_t>(at + offset);
  std::uint32_t& root = roots_[hash(next, root_length, table_bits_)];
  std::uint32_t node = root;
  root = self;
  std::uint32_t* smaller = &tree_[2 * (at & mask)];  // where the next smaller position goes
  std::uint32_t* larger = smaller + 1;
  std::size_t smaller_length = 0;  // how much all positions that are still to come share with this one
  std::size_t larger_length = 0;
  for (;; --depth) {
    const std::size_t distance = self - node;
    if (distance >= window || depth == 0) {
      *smaller = *larger = 0;
      return;
    }
    const std::uint8_t* there = here - distance;
    std::uint32_t* children = &tree_[2 * ((at - distance) & mask)];
    // Both are read before it is known which is wanted: no guess could tell.
    const std::uint32_t smaller_child = children[0];
    const std::uint32_t larger_child = children[1];
    const std::size_t length = common_length(here, there, std::min(smaller_length, larger_length), most);
    found(length, distance);
    if (length == most || length >= limits_.nice) {
      *smaller = smaller_child;
      *larger = larger_child;
      return;
    }
    const bool is_smaller = there[length] < here[length];
    *(is_smaller ? smaller : larger) = node;
    node = is_smaller ? larger_child : smaller_child;
    smaller = is_smaller ? children + 1 : smaller;
    larger = is_smaller ? larger : children;
    smaller_length = is_smaller ? length : smaller_length;
    larger_length = is_smaller ? larger_length : length;
  }
}

}  // namespace imgc::deflate
