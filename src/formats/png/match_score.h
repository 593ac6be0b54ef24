// A rough LZ77 coder that only counts: how many bits would DEFLATE spend on these bytes, given those before?
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "imgc/bytes.h"

#include "deflate/symbols.h"

namespace imgc::png {

class MatchScore {
 public:
  static constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

  // `stream` outlives the score; what stands in it before a judged stretch has been accepted.
  explicit MatchScore(const Bytes& stream);

  // The cost of `size` bytes from `at`, in 1/64 bit. May stop as soon as it is sure to be `limit` or more.
  std::uint64_t judge(std::size_t at, std::size_t size, std::uint64_t limit);
  // Makes those bytes part of what later ones can match, and learns their statistics.
  void accept(std::size_t at, std::size_t size);

 private:
  static constexpr unsigned hash_bits = 14;

  struct Match {
    std::size_t length = 0;
    std::size_t distance = 0;
  };

  template <bool learning>
  std::uint64_t parse(std::size_t at, std::size_t size, std::uint64_t limit);
  [[nodiscard]] std::size_t slot_of(std::size_t at) const;
  [[nodiscard]] Match find(std::size_t at, std::size_t candidate, std::size_t end) const;
  void update_costs();

  const Bytes& stream_;
  std::vector<std::uint32_t> last_;  // position + 1 of the newest bytes with that hash, or 0
  std::vector<std::pair<std::uint32_t, std::uint32_t>> undo_;

  // Literals, then length codes: one alphabet, as in DEFLATE (RFC 1951, section 3.2.5).
  std::array<std::uint32_t, 256 + deflate::length_codes.base.size()> symbols_seen_;
  std::array<std::uint32_t, deflate::distance_symbols> distances_seen_;
  std::array<std::uint32_t, 256> literal_cost_ = {};
  std::array<std::uint32_t, deflate::longest_match + 1> length_cost_ = {};
  std::array<std::uint32_t, deflate::distance_symbols> distance_cost_ = {};
  std::uint64_t tokens_ = 0;  // learnt since the costs were last computed
};

}  // namespace imgc::png
