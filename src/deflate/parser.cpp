#include "deflate/parser.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace imgc::deflate {
namespace {

// Eight lanes: one AVX2 register, or two of SSE2.
using Lanes = std::int32_t __attribute__((vector_size(32)));
constexpr std::size_t lane_count = 8;
constexpr std::int32_t most = std::numeric_limits<std::int32_t>::max();
constexpr Lanes lane_numbers = {0, 1, 2, 3, 4, 5, 6, 7};

// Marked so that it becomes part of its caller and is compiled for the caller's processor.
#define IMGC_INLINE __attribute__((always_inline)) inline

// Not returned by value: without AVX2 that would be another calling convention.
IMGC_INLINE void load(const std::uint32_t* from, Lanes& lanes) {
  std::memcpy(&lanes, from, sizeof lanes);
}
IMGC_INLINE void select(const Lanes& mask, const Lanes& chosen, Lanes& into) {
  into = (chosen & mask) | (into & ~mask);
}

// Steps of the same position side by side, the cheapest of each lane.
struct Steps {
  Lanes cost;
  Lanes token;
};

struct Step {
  std::uint32_t cost;
  Token token;
};

// The lengths `first` to `last` at one distance, which costs `base`.
IMGC_INLINE void try_each_length(const std::uint32_t* costs, const std::uint32_t* length_costs,
                                 std::size_t first, std::size_t last, std::uint32_t base,
                                 std::size_t distance, Steps& steps) {
  const auto bases = static_cast<std::int32_t>(base) - Lanes{};
  Lanes tokens = static_cast<std::int32_t>(match_token(first, distance)) + (lane_numbers << 16);
  for (std::size_t length = first; length <= last; length += lane_count) {
    Lanes cost;
    Lanes more;
    load(costs + length, cost);
    load(length_costs + length, more);
    cost += more + bases;
    const Lanes better = (cost < steps.cost) & (lane_numbers <= static_cast<std::int32_t>(last - length));
    select(better, cost, steps.cost);
    select(better, tokens, steps.token);
    tokens += static_cast<std::int32_t>(match_token(lane_count, 0)) - Lanes{};
  }
}

IMGC_INLINE void halve(Steps& steps, const Lanes& other_cost, const Lanes& other_token) {
  const Lanes better = other_cost < steps.cost;
  select(better, other_cost, steps.cost);
  select(better, other_token, steps.token);
}

IMGC_INLINE void improve(Step& step, Steps& steps) {
  halve(steps, __builtin_shufflevector(steps.cost, steps.cost, 4, 5, 6, 7, 0, 1, 2, 3),
        __builtin_shufflevector(steps.token, steps.token, 4, 5, 6, 7, 0, 1, 2, 3));
  halve(steps, __builtin_shufflevector(steps.cost, steps.cost, 2, 3, 0, 1, 6, 7, 4, 5),
        __builtin_shufflevector(steps.token, steps.token, 2, 3, 0, 1, 6, 7, 4, 5));
  halve(steps, __builtin_shufflevector(steps.cost, steps.cost, 1, 0, 3, 2, 5, 4, 7, 6),
        __builtin_shufflevector(steps.token, steps.token, 1, 0, 3, 2, 5, 4, 7, 6));
  const auto cost = static_cast<std::uint32_t>(steps.cost[0]);
  if (cost < step.cost) step = {cost, static_cast<Token>(steps.token[0])};
}

struct Stretch {
  const std::uint8_t* bytes;
  const Matches* matches;
  std::size_t begin;
  std::size_t end;
  std::span<const Pricing> pricing;
  std::uint32_t* costs;
  Token* steps;
};

IMGC_INLINE void price_all(const Stretch& stretch) {
  std::size_t index = stretch.pricing.size();
  while (index > 1 && stretch.pricing[index - 2].end >= stretch.end) --index;
  const Costs* prices = &stretch.pricing[index - 1].costs;
  std::size_t from = index > 1 ? stretch.pricing[index - 2].end : 0;
  std::size_t run_distance = 0;
  for (std::size_t at = stretch.end; at-- > stretch.begin;) {
    while (at < from) {
      --index;
      prices = &stretch.pricing[index - 1].costs;
      from = index > 1 ? stretch.pricing[index - 2].end : 0;
    }
    std::uint32_t* costs = stretch.costs + (at - stretch.begin);
    Step step = {costs[1] + prices->literal[stretch.bytes[at]], literal_token};
    const std::span<const Token> matches = stretch.matches->at(at);
    const std::size_t room = stretch.end - at;
    if (!matches.empty() && length_of(matches.back()) == longest_match && room >= longest_match &&
        distance_of(matches.back()) == run_distance) {
      // Deep inside a run of a match that could go on: the longest step is as good as any.
      const std::uint32_t cost = costs[longest_match] + prices->length[longest_match] +
                                 prices->distance[distance_symbol(run_distance)];
      if (cost < step.cost) step = {cost, matches.back()};
    } else {
      std::size_t first = shortest_match;
      Steps steps = {most - Lanes{}, Lanes{}};
      for (const Token match : matches) {
        const std::size_t last = std::min(length_of(match), room);
        const std::size_t distance = distance_of(match);
        const std::uint32_t base = prices->distance[distance_symbol(distance)];
        try_each_length(costs, prices->length.data(), first, last, base, distance, steps);
        first = last + 1;
      }
      if (!matches.empty()) improve(step, steps);
      run_distance =
          !matches.empty() && length_of(matches.back()) == longest_match ? distance_of(matches.back()) : 0;
    }
    costs[0] = step.cost;
    stretch.steps[at - stretch.begin] = step.token;
  }
}

void price_all_baseline(const Stretch& stretch) {
  price_all(stretch);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void price_all_avx2(const Stretch& stretch) {
  price_all(stretch);
}
#else
constexpr auto price_all_avx2 = price_all_baseline;
#endif

}  // namespace

Instructions best_instructions() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return Instructions::avx2;
#endif
  return Instructions::baseline;
}

void Parser::parse(ByteView data, const Matches& matches, std::size_t begin, std::size_t end,
                   std::span<const Pricing> pricing, std::vector<Token>& tokens) {
  const std::size_t size = end - begin;
  if (costs_ == nullptr || room_ < size) {
    room_ = size;
    costs_ = std::make_unique_for_overwrite<std::uint32_t[]>(room_ + 1 + lane_count);
    steps_ = std::make_unique_for_overwrite<Token[]>(room_);
  }
  costs_[size] = 0;
  const auto price = instructions_ == Instructions::avx2 ? price_all_avx2 : price_all_baseline;
  price({data.data(), &matches, begin, end, pricing, costs_.get(), steps_.get()});
  tokens.clear();
  tokens.reserve(size);
  for (std::size_t i = 0; i < size; i += length_of(steps_[i])) tokens.push_back(steps_[i]);
}

}  // namespace imgc::deflate
