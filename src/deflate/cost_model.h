// What a token will cost, guessed before the codes are known.
#pragma once

#include <array>
#include <cstdint>

#include "imgc/bytes.h"

#include "deflate/header.h"
#include "deflate/log2.h"
#include "deflate/symbols.h"

namespace imgc::deflate {

// Costs are whole multiples of 1/128 bit, so that every machine comes to the same choice, and so that those
// of a stretch fit into 31 bits (longest_parse).
inline constexpr std::uint32_t bit_cost = 128;

struct Costs {
  std::array<std::uint32_t, 256> literal = {};
  // By length, with extra bits. Padded with the cost of the longest, so that vectors may read past it.
  std::array<std::uint32_t, longest_match + 1 + 7> length = {};
  std::array<std::uint32_t, distance_symbols> distance = {};  // by symbol, with extra bits
};

// log2 of counts, as costs. Loops ask for the table once.
const Log2<bit_cost>& log2_costs();

// Symbols cost their entropy, within what a code can say; those not seen a little more than one seen once.
Costs costs_of(const Histogram& histogram);
// Symbols cost their bits; those without a code more than the longest that is used, for they would need one.
Costs costs_of(const CodeLengths& lengths);

// Guesses to start from where nothing has been parsed yet: literals by how often bytes stand outside of runs,
// and flat prices for matches. They differ in how much they favour matches.
inline constexpr unsigned guesses = 3;
Costs guess_costs(ByteView data, unsigned guess);

// The entropy of the symbols and their extra bits.
std::uint64_t total_cost(const Histogram& histogram);

}  // namespace imgc::deflate
