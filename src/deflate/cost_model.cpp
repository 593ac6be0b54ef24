#include "deflate/cost_model.h"

#include <algorithm>
#include <numeric>
#include <span>

namespace imgc::deflate {
namespace {

constexpr std::uint32_t most_bits = longest_code * bit_cost;
constexpr std::uint32_t unseen_surcharge = bit_cost / 2;

template <std::size_t size>
std::uint32_t sum(const std::array<std::uint32_t, size>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint32_t{0});
}

// A code has 1 to 15 bits.
std::uint32_t symbol_cost(std::uint32_t all, std::uint32_t count, const Log2<bit_cost>& log2) {
  const std::uint32_t cost = count == 0 ? all + unseen_surcharge : all - log2(count);
  return std::clamp(cost, bit_cost, most_bits);
}

template <class CostOfCode>
void set_lengths(Costs& costs, const CostOfCode& cost_of_code) {
  std::array<std::uint32_t, length_codes.base.size()> by_code;
  for (unsigned code = 0; code < by_code.size(); ++code)
    by_code[code] = cost_of_code(code) + bit_cost * length_codes.extra[code];
  for (unsigned length = shortest_match; length <= longest_match; ++length)
    costs.length[length] = by_code[length_codes.of[length]];
  std::fill(costs.length.begin() + longest_match + 1, costs.length.end(), by_code.back());
}

// Bytes that do not merely continue a run.
std::array<std::uint32_t, 256> count_bytes_outside_runs(ByteView data) {
  std::array<std::uint32_t, 256> counts = {};
  for (std::size_t i = 0; i < data.size(); ++i)
    if (i < 2 || data[i] != data[i - 1] || data[i] != data[i - 2]) ++counts[data[i]];
  return counts;
}

struct Guess {
  std::int32_t literal;  // added to the entropy
  std::uint32_t length;
  std::uint32_t distance;
};
// In 1/128 bit: balanced; matches preferred; literals preferred.
constexpr std::array<Guess, guesses> guessed = {{{25, 704, 576}, {256, 384, 192}, {-128, 1024, 768}}};

}  // namespace

const Log2<bit_cost>& log2_costs() {
  static const Log2<bit_cost> table;
  return table;
}

Costs costs_of(const Histogram& histogram) {
  const Log2<bit_cost>& log2 = log2_costs();
  Costs costs;
  const std::uint32_t all = log2(sum(histogram.literals));
  for (unsigned i = 0; i < costs.literal.size(); ++i)
    costs.literal[i] = symbol_cost(all, histogram.literals[i], log2);
  set_lengths(costs,
              [&](unsigned code) { return symbol_cost(all, histogram.literals[first_length + code], log2); });
  const std::uint32_t distances = log2(sum(histogram.distances));
  for (unsigned code = 0; code < distance_symbols; ++code)
    costs.distance[code] =
        symbol_cost(distances, histogram.distances[code], log2) + bit_cost * distance_codes.extra[code];
  return costs;
}

Costs costs_of(const CodeLengths& lengths) {
  const auto literals = std::span(lengths.literals).first<literal_symbols>();
  const auto distances = std::span(lengths.distances).first<distance_symbols>();
  const auto cost_in = [](auto codes) {
    const std::uint32_t unused =
        std::min(std::uint32_t{*std::ranges::max_element(codes)} + 2, longest_code) * bit_cost;
    return
        [codes, unused](unsigned symbol) { return codes[symbol] == 0 ? unused : codes[symbol] * bit_cost; };
  };
  const auto cost_of_literal = cost_in(literals);
  const auto cost_of_distance = cost_in(distances);
  Costs costs;
  for (unsigned i = 0; i < costs.literal.size(); ++i) costs.literal[i] = cost_of_literal(i);
  set_lengths(costs, [&](unsigned code) { return cost_of_literal(first_length + code); });
  for (unsigned code = 0; code < distance_symbols; ++code)
    costs.distance[code] = cost_of_distance(code) + bit_cost * distance_codes.extra[code];
  return costs;
}

Costs guess_costs(ByteView data, unsigned guess) {
  constexpr std::int32_t most_literal = 12 * bit_cost;
  const Guess& by = guessed.at(guess);
  const auto counts = count_bytes_outside_runs(data);
  const Log2<bit_cost>& log2 = log2_costs();
  const std::uint32_t all = log2(std::max(sum(counts), 1U));
  Costs costs;
  for (unsigned i = 0; i < costs.literal.size(); ++i) {
    const std::int32_t entropy =
        counts[i] == 0 ? most_literal : static_cast<std::int32_t>(all - log2(counts[i]));
    costs.literal[i] = static_cast<std::uint32_t>(
        std::clamp(entropy + by.literal, static_cast<std::int32_t>(bit_cost), most_literal));
  }
  set_lengths(costs, [&](unsigned) { return by.length; });
  for (unsigned code = 0; code < distance_symbols; ++code)
    costs.distance[code] = by.distance + bit_cost * distance_codes.extra[code];
  return costs;
}

std::uint64_t total_cost(const Histogram& histogram) {
  const Log2<bit_cost>& log2 = log2_costs();
  const auto entropy = [&](const auto& counts) {
    const std::uint64_t total = sum(counts);
    std::uint64_t cost = total * log2(static_cast<std::uint32_t>(total));
    for (const std::uint32_t count : counts) cost -= std::uint64_t{count} * log2(count);
    return cost;
  };
  std::uint64_t cost = entropy(histogram.literals) + entropy(histogram.distances);
  for (unsigned code = 0; code < length_codes.extra.size(); ++code)
    cost += std::uint64_t{histogram.literals[first_length + code]} * length_codes.extra[code] * bit_cost;
  for (unsigned code = 0; code < distance_symbols; ++code)
    cost += std::uint64_t{histogram.distances[code]} * distance_codes.extra[code] * bit_cost;
  return cost;
}

}  // namespace imgc::deflate
