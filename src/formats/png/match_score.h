// A rough LZ77 coder that only counts: how many bits would DEFLATE spend on these bytes, given those before?
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "imgc/bytes.h"

#include "deflate/symbols.h"

namespace imgc::png {

// Takes the cheapest of three matches, where it is cheaper than literals: at the distance of the match
// before, at the newest place in the same stretch that begins alike, and at the newest one before that.
class MatchScore {
 public:
  static constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

  // `stream` outlives the score; what stands in it before a judged stretch has been accepted.
  explicit MatchScore(const Bytes& stream);

  // The cost of `size` bytes from `at`, in 1/64 bit. Stops as soon as it is sure to be `limit` or more.
  std::uint64_t judge(std::size_t at, std::size_t size, std::uint64_t limit);
  // Remembers how the stretch that was just judged is said: it is the best of its place so far.
  void keep() { kept_.swap(tokens_); }
  // Makes the bytes of the stretch last kept, which stand in the stream again, part of what later ones can
  // match, and learns from how it is said.
  void accept(std::size_t at, std::size_t size);
  // Takes over what `other` has learnt.
  void learn_from(const MatchScore& other);

 private:
  // Of the stretch that is being judged. Entries of other stretches are recognised by their number, so that
  // none need be cleared.
  struct Near {
    std::uint32_t stretch = 0;
    std::uint32_t at = 0;
  };

  struct Match {
    std::size_t length = 0;
    std::size_t distance = 0;
  };

  Match find(std::size_t at, std::size_t most, std::size_t last_distance);
  [[nodiscard]] bool is_cheaper(const std::uint8_t* bytes, const Match& a, const Match& b) const;
  void update_costs();

  const Bytes& stream_;
  unsigned last_bits_;
  unsigned near_bits_;
  std::vector<std::uint32_t> last_;  // position + 1 of the newest accepted bytes with that hash, or 0
  std::vector<Near> near_;
  std::uint32_t stretch_ = 0;
  std::vector<deflate::Token> tokens_;  // of the stretch judged last
  std::vector<deflate::Token> kept_;

  // Literals, then length codes: one alphabet, as in DEFLATE (RFC 1951, section 3.2.5).
  std::array<std::uint32_t, 256 + deflate::length_codes.base.size()> symbols_seen_;
  std::array<std::uint32_t, deflate::distance_symbols> distances_seen_;
  std::array<std::uint32_t, 256> literal_cost_ = {};
  std::array<std::uint32_t, deflate::longest_match + 1> length_cost_ = {};
  std::array<std::uint32_t, deflate::distance_symbols> distance_cost_ = {};
  std::size_t learnt_ = 0;  // tokens since the costs were last computed
};

}  // namespace imgc::png
