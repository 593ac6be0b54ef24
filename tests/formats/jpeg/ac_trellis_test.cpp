#include "formats/jpeg/ac_trellis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <vector>

#include <doctest/doctest.h>

namespace imgc::jpeg {
namespace {

using Block = std::array<JCOEF, 64>;

std::uint64_t nonzero_of(const Block& block) {
  std::uint64_t mask = 0;
  for (std::size_t k = 1; k < block.size(); ++k)
    if (block[zigzag[k]] != 0) mask |= std::uint64_t{1} << k;
  return mask;
}

QuantTable steps_of(unsigned step) {
  QuantTable table{};
  table.fill(static_cast<std::uint16_t>(step));
  return table;
}

Steps reference_of(float step) {
  Steps steps{};
  steps.fill(step);
  return steps;
}

// Longer runs and larger levels cost more; no two symbols cost the same.
LevelCosts uneven_costs() {
  LevelCosts costs;
  for (std::size_t symbol = 0; symbol < costs.ac.size(); ++symbol)
    costs.ac[symbol] =
        2.1F + static_cast<float>(symbol >> 4U) * 0.37F + static_cast<float>(symbol & 15U) * 1.6F;
  costs.end_of_block = 2.3F;
  costs.empty = 0.8F;
  costs.not_empty = 1.1F;
  return costs;
}

double bits_of(const Block& block, const LevelCosts& costs) {
  double bits = 0;
  unsigned run = 0;
  bool any = false;
  for (std::size_t k = 1; k < block.size(); ++k) {
    const auto magnitude = static_cast<unsigned>(std::abs(int{block[zigzag[k]]}));
    if (magnitude == 0) {
      ++run;
      continue;
    }
    for (; run > 15; run -= 16) bits += costs.ac[0xF0];
    bits += costs.ac[run << 4U | size_of(magnitude)];
    run = 0;
    any = true;
  }
  if (!any) return costs.empty;
  return bits + costs.not_empty + (run > 0 ? costs.end_of_block : 0);
}

double cost_of(const Block& made, const Block& exact, double from, double to, double reference, double lambda,
               const LevelCosts& costs) {
  double distortion = 0;
  for (std::size_t k = 1; k < made.size(); ++k) {
    const double error = (exact[zigzag[k]] * from - made[zigzag[k]] * to) / reference;
    distortion += error * error;
  }
  return distortion + lambda * bits_of(made, costs);
}

// The least cost over every choice of nearest, next smaller size and zero.
double least_cost(const Block& exact, double from, double to, double reference, double lambda,
                  const LevelCosts& costs) {
  std::vector<std::size_t> positions;
  for (std::size_t k = 1; k < exact.size(); ++k)
    if (exact[zigzag[k]] != 0) positions.push_back(zigzag[k]);
  std::size_t ways = 1;
  for (std::size_t i = 0; i < positions.size(); ++i) ways *= 3;
  double least = std::numeric_limits<double>::max();
  for (std::size_t way = 0; way < ways; ++way) {
    Block made{};
    std::size_t left = way;
    for (const std::size_t position : positions) {
      const auto nearest = static_cast<unsigned>(std::abs(exact[position] * from / to) + 0.5);
      const unsigned smaller = nearest > 1 ? (1U << (size_of(nearest) - 1)) - 1 : 0;
      const unsigned level = left % 3 == 0 ? nearest : left % 3 == 1 ? smaller : 0;
      made[position] =
          static_cast<JCOEF>(exact[position] < 0 ? -static_cast<int>(level) : static_cast<int>(level));
      left /= 3;
    }
    least = std::min(least, cost_of(made, exact, from, to, reference, lambda, costs));
  }
  return least;
}

}  // namespace

TEST_CASE("the trellis finds the cheapest of all choices of levels") {
  const LevelCosts costs = uneven_costs();
  // NOLINTNEXTLINE(cert-msc32-c,cert-msc51-cpp): the same on every run
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    Block exact{};
    exact[0] = 77;
    const unsigned count = random() % 8;
    for (unsigned i = 0; i < count; ++i)
      exact[zigzag[1 + random() % 63]] = static_cast<JCOEF>(static_cast<int>(random() % 41) - 20);
    for (const float lambda : {0.02F, 0.15F, 0.6F}) {
      Block made = exact;
      AcTrellis(steps_of(3), steps_of(7), reference_of(6), costs).run(made.data(), nonzero_of(exact), lambda);
      CHECK(made[0] == 77);
      const double cost = cost_of(made, exact, 3, 7, 6, double{lambda}, costs);
      CHECK(cost == doctest::Approx(least_cost(exact, 3, 7, 6, double{lambda}, costs)).epsilon(1e-4));
    }
  }
}

TEST_CASE("when bits are free every level is the nearest, and signs stay") {
  Block block{};
  for (std::size_t k = 1; k < block.size(); ++k)
    block[zigzag[k]] = static_cast<JCOEF>(k % 2 == 0 ? k : -static_cast<int>(k));
  Block made = block;
  AcTrellis(steps_of(2), steps_of(5), reference_of(5), uneven_costs()).run(made.data(), nonzero_of(block), 0);
  for (std::size_t k = 1; k < block.size(); ++k)
    CHECK(made[zigzag[k]] == std::lround(block[zigzag[k]] * 2 / 5.0));
}

TEST_CASE("when bits are dear nothing stays") {
  Block block{};
  for (std::size_t k = 1; k < block.size(); ++k) block[k] = 9;
  AcTrellis(steps_of(2), steps_of(5), reference_of(5), uneven_costs())
      .run(block.data(), nonzero_of(block), 1e6F);
  CHECK(std::all_of(block.begin(), block.end(), [](JCOEF level) { return level == 0; }));
}

TEST_CASE("levels beyond those of 8-bit samples are brought into range") {
  Block block{};
  block[zigzag[5]] = 2047;
  AcTrellis(steps_of(1), steps_of(1), reference_of(1), uneven_costs())
      .run(block.data(), nonzero_of(block), 0);
  CHECK(block[zigzag[5]] == 1023);
}

}  // namespace imgc::jpeg
