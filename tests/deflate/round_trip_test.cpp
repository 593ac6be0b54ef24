#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>

#include <doctest/doctest.h>
#include <zlib.h>

#include "deflate/deflate.h"
#include "deflate/huffman.h"
#include "deflate/symbols.h"

using namespace imgc;

namespace {

constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();
constexpr deflate::Settings quick = {{16, 32}, 1, 4, 1};
constexpr deflate::Settings twice = {{48, 64}, 1, 4, 1, 64000};
constexpr deflate::Settings searching = {{128, 258}, 3, 4, 4};
constexpr deflate::Settings thorough = {{128, 258}, 3, 4, 15, 0, true};

Bytes inflated(const Bytes& stream, std::size_t size) {
  Bytes out(size + 1);
  uLongf length = out.size();
  REQUIRE(uncompress(out.data(), &length, stream.data(), stream.size()) == Z_OK);
  out.resize(length);
  return out;
}

// What filtered rows look like: small differences around zero, some rows repeated, some runs.
Bytes residuals(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  Bytes bytes;
  while (bytes.size() < size) {
    const std::size_t run = random() % 300;
    if (random() % 4 == 0 && bytes.size() > 1000) {
      const std::size_t distance = 1 + random() % std::min<std::size_t>(bytes.size(), 40000);
      for (std::size_t i = 0; i < run; ++i) bytes.push_back(bytes[bytes.size() - distance]);
    } else if (random() % 4 == 0) {
      bytes.insert(bytes.end(), run, static_cast<std::uint8_t>(random() % 3));
    } else {
      for (std::size_t i = 0; i < run; ++i)
        bytes.push_back(static_cast<std::uint8_t>(random() % 4 + random() % 4 + random() % 4));
    }
  }
  bytes.resize(size);
  return bytes;
}

// Stretches of a few KB, each of letters of its own: blocks are worth their headers.
Bytes stretches(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  Bytes bytes;
  while (bytes.size() < size) {
    const unsigned first = random() % 200;
    const unsigned letters = 2 + random() % 40;
    for (std::size_t left = 500 + random() % 4000; left > 0; --left)
      bytes.push_back(
          static_cast<std::uint8_t>(first + (random() % letters) * (random() % letters) / letters));
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

TEST_CASE("what is compressed inflates to the same bytes") {
  for (const std::size_t size :
       {0, 1, 2, 3, 4, 7, 8, 9, 257, 258, 259, 5000, 32767, 32768, 32769, 70000, 300000}) {
    for (const deflate::Settings& settings : {quick, twice, searching, thorough}) {
      CAPTURE(size);
      const Bytes data = residuals(size, static_cast<unsigned>(size));
      const auto stream = deflate::compress(data, settings, unbounded);
      REQUIRE(stream);
      CHECK(inflated(*stream, size) == data);
    }
  }
}

// A million of them with IMGC_TEST_ALL, which takes ten minutes.
TEST_CASE("any data under any settings inflate to the same bytes") {
  const unsigned rounds = std::getenv("IMGC_TEST_ALL") != nullptr ? 1'000'000 : 500;
  std::mt19937 random(7);
  for (unsigned round = 0; round < rounds; ++round) {
    const std::size_t size = random() % (random() % 10 == 0 ? 16'000 : 2000);
    const unsigned values = 1 + random() % (random() % 2 == 0 ? 8 : 256);
    Bytes data;
    while (data.size() < size) {
      const std::size_t run = 1 + random() % 300;
      const std::size_t back = data.empty() ? 0 : random() % data.size();
      const unsigned kind = data.empty() ? 2 : random() % 4;
      for (std::size_t i = 0; i < run; ++i) {
        if (kind == 0) {
          data.push_back(data[back + i]);
        } else {
          data.push_back(
              static_cast<std::uint8_t>(kind == 1 ? values : random() % values + random() % values));
        }
      }
    }
    data.resize(size);
    const deflate::Settings settings = {
        {static_cast<unsigned>(1 + random() % 64), random() % 2 == 0 ? 16U : 258U},
        static_cast<unsigned>(1 + random() % 3),
        static_cast<unsigned>(1 + random() % 4),
        static_cast<unsigned>(1 + random() % 4),
        random() % 4 == 0 ? 64'000U : 0U,
        random() % 4 == 0};
    const auto stream = deflate::compress(data, settings, unbounded);
    REQUIRE(stream);
    if (inflated(*stream, size) != data) FAIL("round ", round);
  }
}

TEST_CASE("data of several segments, runs and noise inflate to the same bytes") {
  Bytes data = residuals(1'300'000, 7);
  data.insert(data.end(), 1'100'000, 0);
  std::mt19937 random(3);
  for (std::size_t i = 0; i < 200'000; ++i) data.push_back(static_cast<std::uint8_t>(random()));
  const auto stream = deflate::compress(data, quick, unbounded);
  REQUIRE(stream);
  CHECK(inflated(*stream, data.size()) == data);
}

TEST_CASE(
    "data of several stretches inflate to the same bytes, and are the same in whatever order these are "
    "made") {
  const Bytes piece = residuals(40'000, 19);
  Bytes data;
  while (data.size() < 17'500'000) {
    data.insert(data.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(data.size() % 30'000));
    data.insert(data.end(), 400'000, static_cast<std::uint8_t>(data.size() >> 8U));
  }
  const auto stream = deflate::compress(data, quick, unbounded);
  REQUIRE(stream);
  CHECK(inflated(*stream, data.size()) == data);
  unsigned calls = 0;
  const ForEach backwards = [&calls](std::size_t count, const std::function<void(std::size_t)>& body) {
    for (std::size_t i = count; i-- > 0; ++calls) body(i);
  };
  CHECK(deflate::compress(data, quick, unbounded, backwards) == stream);
  CHECK(calls == 2);
  CHECK(deflate::compress(data, quick, stream->size()) == stream);
  CHECK_FALSE(deflate::compress(data, quick, stream->size() - 1, backwards));
}

TEST_CASE("noise is stored, with five bytes for every 64 KB and the frame") {
  std::mt19937 random(5);
  Bytes data(200'000);
  for (std::uint8_t& byte : data) byte = static_cast<std::uint8_t>(random());
  const auto stream = deflate::compress(data, quick, unbounded);
  REQUIRE(stream);
  CHECK(stream->size() < data.size() + 40);
}

TEST_CASE("a stream of exactly the bound is made, a longer one is not") {
  const Bytes data = residuals(20'000, 11);
  const auto stream = deflate::compress(data, quick, unbounded);
  REQUIRE(stream);
  CHECK(deflate::compress(data, quick, stream->size()) == stream);
  CHECK_FALSE(deflate::compress(data, quick, stream->size() - 1));
}

TEST_CASE("it is smaller than zlib's best, and more search makes it smaller still") {
  const Bytes data = stretches(120'000, 13);
  uLongf length = compressBound(data.size());
  Bytes zlib(length);
  REQUIRE(compress2(zlib.data(), &length, data.data(), data.size(), 9) == Z_OK);
  const auto fast = deflate::compress(data, quick, unbounded);
  const auto better = deflate::compress(data, searching, unbounded);
  const auto best = deflate::compress(data, thorough, unbounded);
  REQUIRE(fast);
  REQUIRE(better);
  REQUIRE(best);
  CHECK(fast->size() < length);
  CHECK(better->size() < fast->size());
  CHECK(best->size() < better->size());
}

TEST_CASE("few tokens are parsed at least twice when asked") {
  const Bytes data = stretches(60'000, 17);
  deflate::Settings once = twice;
  once.few_tokens = 0;
  deflate::Settings always = twice;
  always.iterations = 2;
  const auto first = deflate::compress(data, once, unbounded);
  const auto second = deflate::compress(data, twice, unbounded);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(second == deflate::compress(data, always, unbounded));
  CHECK(second->size() < first->size());
}

TEST_CASE("code lengths keep the limit, fill the code space, and are Huffman's where the limit allows") {
  // Fibonacci counts make the longest codes there are.
  std::array<std::uint32_t, 30> counts = {1, 1};
  for (std::size_t i = 2; i < counts.size(); ++i) counts[i] = counts[i - 1] + counts[i - 2];
  std::array<std::uint8_t, 30> lengths;
  for (const unsigned most : {5U, 7U, 15U}) {
    deflate::set_code_lengths(counts, most, lengths);
    unsigned space = 0;
    for (const std::uint8_t length : lengths) {
      CHECK(length >= 1);
      CHECK(length <= most);
      space += 1U << (most - length);
    }
    CHECK(space == 1U << most);
  }
  const std::array<std::uint32_t, 5> plain = {15, 7, 6, 6, 5};
  std::array<std::uint8_t, 5> found;
  deflate::set_code_lengths(plain, 15, found);
  CHECK(found == std::array<std::uint8_t, 5>{1, 3, 3, 3, 3});
}

TEST_CASE("lengths and distances have the symbols of RFC 1951, section 3.2.5") {
  CHECK(deflate::length_codes.of[3] == 0);
  CHECK(deflate::length_codes.of[10] == 7);
  CHECK(deflate::length_codes.of[11] == 8);
  CHECK(deflate::length_codes.of[257] == 27);
  CHECK(deflate::length_codes.of[258] == 28);
  CHECK(deflate::distance_symbol(1) == 0);
  CHECK(deflate::distance_symbol(5) == 4);
  CHECK(deflate::distance_symbol(256) == 15);
  CHECK(deflate::distance_symbol(257) == 16);
  CHECK(deflate::distance_symbol(24577) == 29);
  CHECK(deflate::distance_symbol(32768) == 29);
}
