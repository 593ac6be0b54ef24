// The cheapest way to say a stretch of the data in literals and matches, given what each costs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "imgc/bytes.h"

#include "deflate/cost_model.h"
#include "deflate/match_finder.h"
#include "deflate/symbols.h"

namespace imgc::deflate {

// From where the one before ends to `end`, tokens cost this.
struct Pricing {
  std::size_t end = 0;
  Costs costs;
};

// What a processor can do. Both come to the same tokens.
enum class Instructions : std::uint8_t { baseline, avx2 };
// The best that this machine has.
Instructions best_instructions();

// A shortest path, found from the end to the beginning: the cheapest way from a position on is the cheapest
// step there and the cheapest way from where it leads. Keeps its memory from call to call: 8 bytes a
// position.
class Parser {
 public:
  // `instructions` are at most the machine's.
  explicit Parser(Instructions instructions = best_instructions()) : instructions_(instructions) {}

  // Makes `tokens` those from `begin` to `end`, in order. `pricing` covers the stretch, and `matches` too.
  // The stretch is at most longest_parse bytes.
  void parse(ByteView data, const Matches& matches, std::size_t begin, std::size_t end,
             std::span<const Pricing> pricing, std::vector<Token>& tokens);

 private:
  Instructions instructions_;
  std::size_t room_ = 0;                    // positions
  std::unique_ptr<std::uint32_t[]> costs_;  // by position: of the cheapest way to the end
  std::unique_ptr<Token[]> steps_;          // the first step of that way
};

// No cost of that many bytes overflows a signed lane: a byte costs 15 bits at most.
inline constexpr std::size_t longest_parse = std::size_t{1} << 20U;
static_assert(std::uint64_t{longest_parse} * longest_code * bit_cost < 0x7FFFFFFFU);

}  // namespace imgc::deflate
