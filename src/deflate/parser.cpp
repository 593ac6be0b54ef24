#include "deflate/parser.h"

#include <algorithm>
#include <cstring>

namespace imgc::deflate {
namespace {

// Eight lanes: one AVX2 register, or two of SSE2.
using Lanes = std::uint32_t __attribute__((vector_size(32)));
using SignedLanes = std::int32_t __attribute__((vector_size(32)));
constexpr std::size_t lane_count = 8;

// Marked so that it becomes part of its caller and is compiled for the caller's processor.
#define IMGC_INLINE __attribute__((always_inline)) inline

// Not returned by value: without AVX2 that would be another calling convention.
IMGC_INLINE void load(const std::uint32_t* from, Lanes& lanes) {
  std::memcpy(&lanes, from, sizeof lanes);
}

struct Step {
  std::uint32_t cost;
  Token token;
};

// Improves `step` by the lengths `first` to `last` at one distance, which costs `base`.
IMGC_INLINE void try_lengths(const std::uint32_t* costs, const std::uint32_t* length_costs, std::size_t first,
                             std::size_t last, std::uint32_t base, std::size_t distance, Step& step) {
  std::size_t length = first;
  if (last - first >= lane_count) {
    const Lanes bases = base - Lanes{};
    // Costs stay far below 2^32, but may pass 2^31: compared as signed, they are shifted down first.
    constexpr std::uint32_t half = 0x80000000U;
    auto least = reinterpret_cast<SignedLanes>((step.cost - Lanes{}) ^ half);
    SignedLanes where = {};
    for (; length + lane_count <= last + 1; length += lane_count) {
      Lanes sum;
      Lanes steps;
      load(costs + length, sum);
      load(length_costs + length, steps);
      sum += steps + bases;
      const auto shifted = reinterpret_cast<SignedLanes>(sum ^ half);
      const SignedLanes better = shifted < least;
      least = (shifted & better) | (least & ~better);
      where = (static_cast<std::int32_t>(length) & better) | (where & ~better);
    }
    for (std::size_t i = 0; i < lane_count; ++i) {
      const std::uint32_t cost = static_cast<std::uint32_t>(least[i]) ^ half;
      if (cost >= step.cost) continue;
      step = {cost, match_token(static_cast<std::size_t>(where[i]) + i, distance)};
    }
  }
  for (; length <= last; ++length) {
    const std::uint32_t cost = costs[length] + length_costs[length] + base;
    if (cost < step.cost) step = {cost, match_token(length, distance)};
  }
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
      for (const Token match : matches) {
        const std::size_t last = std::min(length_of(match), room);
        const std::size_t distance = distance_of(match);
        if (first <= last)
          try_lengths(costs, prices->length.data(), first, last, prices->distance[distance_symbol(distance)],
                      distance, step);
        first = last + 1;
      }
      run_distance =
          !matches.empty() && length_of(matches.back()) == longest_match ? distance_of(matches.back()) : 0;
    }
    costs[0] = step.cost;
    stretch.steps[at - stretch.begin] = step.token;
  }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void price_all_avx2(const Stretch& stretch) {
  price_all(stretch);
}
#endif

void price_all_baseline(const Stretch& stretch) {
  price_all(stretch);
}

using PriceAll = void (*)(const Stretch&);

PriceAll best_for_this_processor() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return price_all_avx2;
#endif
  return price_all_baseline;
}

}  // namespace

std::span<const Token> Parser::parse(ByteView data, const Matches& matches, std::size_t begin,
                                     std::size_t end, std::span<const Pricing> pricing) {
  static const PriceAll price = best_for_this_processor();
  const std::size_t size = end - begin;
  if (costs_.size() < size + 1 + lane_count) {
    costs_.resize(size + 1 + lane_count);
    steps_.resize(size);
  }
  costs_[size] = 0;
  price({data.data(), &matches, begin, end, pricing, costs_.data(), steps_.data()});
  tokens_.clear();
  for (std::size_t i = 0; i < size; i += length_of(steps_[i])) tokens_.push_back(steps_[i]);
  return tokens_;
}

}  // namespace imgc::deflate
