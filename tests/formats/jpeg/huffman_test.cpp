#include "formats/jpeg/huffman.h"

#include <cstdint>
#include <random>
#include <set>

#include <doctest/doctest.h>

namespace imgc::jpeg {
namespace {

// The sum of 2^-length over the codes, in 2^-16.
std::uint32_t used_code_space(const HuffmanTable& table) {
  std::uint32_t sum = 0;
  for (unsigned length = 1; length <= 16; ++length) sum += unsigned{table.counts[length]} << (16 - length);
  return sum;
}

}  // namespace

TEST_CASE("tables have every symbol once, fit 16 bits, and leave the code of all ones free") {
  // NOLINTNEXTLINE(cert-msc32-c,cert-msc51-cpp): the same on every run
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    Histogram histogram{};
    std::set<int> wanted;
    const unsigned count = 1 + random() % 256;
    for (unsigned i = 0; i < count; ++i) {
      const unsigned symbol = random() % 256;
      // From flat to weights that would need far more than 16 bits.
      histogram[symbol] = 1U + (round % 2 == 0 ? random() % 100 : 1U << (random() % 31));
      wanted.insert(static_cast<int>(symbol));
    }
    const HuffmanTable table = optimal_table(histogram);
    CHECK(std::set<int>(table.symbols.begin(), table.symbols.end()) == wanted);
    CHECK(table.symbols.size() == wanted.size());
    CHECK(used_code_space(table) < (1U << 16U));
  }
}

TEST_CASE("Fibonacci weights, the deepest tree there is, are limited to 16 bits") {
  Histogram histogram{};
  std::uint32_t a = 1;
  std::uint32_t b = 1;
  for (std::size_t i = 0; i < 40; ++i) {
    histogram[i] = a;
    b += a;
    std::swap(a, b);
  }
  const HuffmanTable table = optimal_table(histogram);
  CHECK(table.symbols.size() == 40);
  CHECK(used_code_space(table) < (1U << 16U));
  CHECK(table.symbols[0] == 39);
}

TEST_CASE("one symbol gets one bit, none an empty table") {
  Histogram histogram{};
  CHECK(optimal_table(histogram).symbols.empty());
  histogram[7] = 1000;
  const HuffmanTable table = optimal_table(histogram);
  CHECK(table.counts[1] == 1);
  CHECK(coded_bits(table, histogram) == 1000);
  histogram[8] = 1;
  CHECK_FALSE(coded_bits(table, histogram));
}

TEST_CASE("bits are written from the highest down, FF is followed by 0, and the end filled up with ones") {
  TokenStore store;
  store.reserve(4);
  store.bits(16, 0x12FF);
  store.bits(16, 0xFFFF);
  store.bits(3, 0b010);
  Bytes out = {0xAB};
  append_coded(out, store, {});
  CHECK(out == Bytes{0xAB, 0x12, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0x5F});
}

}  // namespace imgc::jpeg
