// A near-optimal DEFLATE encoder (RFC 1951) with zlib's frame (RFC 1950). It searches the matches of a
// segment once and then, in turns, finds the cheapest tokens under given costs (parser), cuts them into
// blocks (splitter), and learns the costs anew (cost_model): the shortest-path approach of Zopfli (Alakuijala
// and Vandevenne, 2013), with costs learnt on samples first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "imgc/bytes.h"

#include "base/for_each.h"
#include "deflate/match_finder.h"

namespace imgc::deflate {

struct Settings {
  SearchLimits search;
  // Cost models to start from, 1 to 3; the one that samples compress best with is taken.
  unsigned guesses = 1;
  unsigned warm_ups = 4;    // parses of the samples for each, at least 1
  unsigned iterations = 1;  // parses of the whole segment at most, at least 1; fewer when they stop paying
  // Samples of a segment of fewer tokens than this teach too little: it is parsed at least twice.
  std::size_t few_tokens = 0;
  // Cuts blocks more finely, and where entropy has no more to teach goes on with the lengths of real codes.
  bool thorough = false;
};

// `data` as a zlib stream; nothing when it would be longer than `most` bytes. The same on every processor,
// and however `for_each` goes about the stretches that long data are cut into. `data` is at most longest_data
// bytes.
std::optional<Bytes> compress(ByteView data, const Settings& settings, std::size_t most,
                              const ForEach& for_each = one_after_the_other);

// Whether such data are cut into stretches.
bool is_cut(std::size_t data_size);

// Positions have 32 bits.
inline constexpr std::size_t longest_data = std::size_t{1} << 31U;

// Peak memory of a call on one thread beside the data and the stream, in bytes.
std::uint64_t working_bytes(std::uint64_t data_size);

}  // namespace imgc::deflate
