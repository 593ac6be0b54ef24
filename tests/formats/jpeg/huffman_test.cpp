#include "formats/jpeg/huffman.h"

#include <algorithm>
#include <array>
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

TEST_CASE("a table may leave more of the code space free, as much as a symbol of that weight would take") {
  // NOLINTNEXTLINE(cert-msc32-c,cert-msc51-cpp): the same on every run
  std::mt19937 random(4);
  for (int round = 0; round < 200; ++round) {
    Histogram histogram{};
    std::uint32_t symbols = 0;
    for (unsigned symbol = 0; symbol < 2 + random() % 200; ++symbol)
      symbols += histogram[symbol] = 1U + random() % (round % 2 == 0 ? 100 : 100'000);
    std::uint64_t bits = 0;
    std::uint32_t used = 1U << 16U;
    for (const std::uint32_t share : {symbols, 1000U, 100U, 10U}) {
      const HuffmanTable table = optimal_table(histogram, std::max(1U, symbols / share));
      CHECK(table.symbols.size() == optimal_table(histogram).symbols.size());
      CHECK(used_code_space(table) <= used);
      used = used_code_space(table);
      const auto now = coded_bits(table, histogram);
      REQUIRE(now);
      CHECK(*now >= bits);
      bits = *now;
    }
    // A symbol of a tenth takes three or four bits.
    CHECK(used <= (1U << 16U) - (1U << 12U));
  }
}

TEST_CASE("stuffed zeros are counted before they are written") {
  // NOLINTNEXTLINE(cert-msc32-c,cert-msc51-cpp): the same on every run
  std::mt19937 random(5);
  std::array<HuffmanTable, table_count> tables;
  for (const bool many : {false, true}) {
    TokenStore store;
    const unsigned count = many ? 300'000 : 4000;
    for (unsigned i = 0; i < count; ++i) {
      store.reserve(1);
      const unsigned extra = random() % 8;
      store.symbol(2, random() % (1U + random() % 40), extra, random() & ((1U << extra) - 1U));
    }
    tables[2] = optimal_table(store.histograms()[2]);
    Bytes out;
    append_coded(out, store, tables);
    const auto full = static_cast<double>(std::ranges::count(out, 0xFF));
    const auto counted = static_cast<double>(stuffed_zeros(store, tables));
    CAPTURE(full);
    // The last four bytes are not looked at; of many the rest is inferred.
    if (many)
      CHECK(counted == doctest::Approx(full).epsilon(0.3));
    else
      CHECK(counted <= full);
    if (!many) CHECK(counted >= full - 4);
  }
}

}  // namespace imgc::jpeg
