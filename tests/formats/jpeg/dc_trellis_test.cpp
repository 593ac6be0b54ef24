#include "formats/jpeg/dc_trellis.h"

#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <vector>

#include <doctest/doctest.h>

namespace imgc::jpeg {
namespace {

// Blocks of a component with nothing but DC.
class Blocks {
 public:
  Blocks(std::uint32_t wide, std::uint32_t high, unsigned step) : storage_(std::size_t{wide} * high) {
    component_.blocks_wide = wide;
    component_.blocks_high = high;
    component_.quant.fill(static_cast<std::uint16_t>(step));
    for (std::uint32_t y = 0; y < high; ++y)
      component_.rows.push_back(storage_[std::size_t{y} * wide].data());
  }
  [[nodiscard]] Component& component() { return component_; }
  [[nodiscard]] JCOEF& dc(std::size_t x, std::size_t y) { return component_.rows[y][x][0]; }

 private:
  // A JBLOCK is an array, which a vector can't hold.
  struct Storage {
    JBLOCK block{};
    JBLOCKROW data() { return &block; }
  };
  std::vector<Storage> storage_;
  Component component_;
};

LevelCosts costs_by_size() {
  LevelCosts costs;
  for (std::size_t size = 0; size < costs.dc.size(); ++size)
    costs.dc[size] = 1.3F + 1.7F * static_cast<float>(size);
  return costs;
}

Masking flat_masking(const Component& component) {
  return {component.blocks_wide,
          std::vector<float>(std::size_t{component.blocks_wide} * component.blocks_high, 1)};
}

double cost_of(const std::vector<int>& made, const std::vector<int>& exact, double ratio, double weight,
               double lambda, const LevelCosts& costs) {
  double sum = 0;
  int last = 0;
  for (std::size_t i = 0; i < made.size(); ++i) {
    const double error = exact[i] * ratio - made[i];
    sum += error * error * weight +
           lambda * double{costs.dc[size_of(static_cast<unsigned>(std::abs(made[i] - last)))]};
    last = made[i];
  }
  return sum;
}

}  // namespace

TEST_CASE("DC levels are the cheapest of all ways to round them by at most one") {
  constexpr std::size_t count = 6;
  const LevelCosts costs = costs_by_size();
  // NOLINTNEXTLINE(cert-msc32-c,cert-msc51-cpp): the same on every run
  std::mt19937 random(3);
  for (int round = 0; round < 100; ++round) {
    Blocks blocks(count, 1, 3);
    std::vector<int> exact;
    for (std::size_t x = 0; x < count; ++x) {
      exact.push_back(static_cast<int>(random() % 30) - 10);
      blocks.dc(x, 0) = static_cast<JCOEF>(exact.back());
    }
    const float lambda = round % 2 == 0 ? 0.05F : 0.4F;
    choose_dc(blocks.component(), 7, 5, costs, flat_masking(blocks.component()), lambda, false);
    std::vector<int> made;
    for (std::size_t x = 0; x < count; ++x) made.push_back(blocks.dc(x, 0));

    double least = std::numeric_limits<double>::max();
    for (std::size_t way = 0; way < 729; ++way) {
      std::vector<int> other;
      std::size_t left = way;
      for (std::size_t x = 0; x < count; ++x, left /= 3)
        other.push_back(static_cast<int>(std::lround(exact[x] * 3 / 7.0)) + static_cast<int>(left % 3) - 1);
      least = std::min(least, cost_of(other, exact, 3 / 7.0, 49 / 25.0, double{lambda}, costs));
    }
    CHECK(cost_of(made, exact, 3 / 7.0, 49 / 25.0, double{lambda}, costs) ==
          doctest::Approx(least).epsilon(1e-4));
  }
}

TEST_CASE("when bits are free every DC level is the nearest") {
  for (const bool interleaved : {false, true}) {
    Blocks blocks(5, 3, 2);
    blocks.component().h = 2;
    blocks.component().v = 2;
    for (std::size_t y = 0; y < 3; ++y)
      for (std::size_t x = 0; x < 5; ++x) blocks.dc(x, y) = static_cast<JCOEF>(100 * y + 7 * x);
    choose_dc(blocks.component(), 5, 5, costs_by_size(), flat_masking(blocks.component()), 0, interleaved);
    for (std::size_t y = 0; y < 3; ++y)
      for (std::size_t x = 0; x < 5; ++x)
        CHECK(blocks.dc(x, y) ==
              std::lround((100.0 * static_cast<double>(y) + 7.0 * static_cast<double>(x)) * 2 / 5));
  }
}

TEST_CASE("interleaved blocks are chosen in the order of their MCUs") {
  // Two rows that alternate between two nearly equal levels: a bit is saved where neighbours in the order of
  // coding agree.
  const auto row_of = [](bool interleaved) {
    Blocks blocks(4, 2, 10);
    blocks.component().h = 2;
    blocks.component().v = 2;
    for (std::size_t x = 0; x < 4; ++x) {
      blocks.dc(x, 0) = 14;
      blocks.dc(x, 1) = 16;
    }
    choose_dc(blocks.component(), 100, 100, costs_by_size(), flat_masking(blocks.component()), 0.3F,
              interleaved);
    std::array<int, 8> made{};
    for (std::size_t x = 0; x < 4; ++x) {
      made[x] = blocks.dc(x, 0);
      made[x + 4] = blocks.dc(x, 1);
    }
    return made;
  };
  // By rows one change is enough; by MCUs there would be one after every second block, which costs more than
  // the error.
  CHECK(row_of(false) == std::array<int, 8>{1, 1, 1, 1, 2, 2, 2, 2});
  CHECK(row_of(true) == std::array<int, 8>{1, 1, 1, 1, 1, 1, 1, 1});
}

}  // namespace imgc::jpeg
