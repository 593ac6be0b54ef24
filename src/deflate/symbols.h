// The alphabets of DEFLATE (RFC 1951, section 3.2.5): lengths and distances as symbols with extra bits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace imgc::deflate {

inline constexpr std::size_t window = 32768;  // how far back a distance may reach
inline constexpr unsigned shortest_match = 3;
inline constexpr unsigned longest_match = 258;
inline constexpr unsigned end_of_block = 256;
inline constexpr unsigned first_length = 257;     // the symbol of the first length code
inline constexpr unsigned literal_symbols = 286;  // literals, end of block, lengths
inline constexpr unsigned distance_symbols = 30;
inline constexpr unsigned longest_code = 15;  // bits

// A length's symbol less first_length.
struct LengthCodes {
  std::array<std::uint8_t, longest_match + 1> of = {};
  std::array<std::uint16_t, 29> base = {};
  std::array<std::uint8_t, 29> extra = {};  // bits that follow the symbol

  constexpr LengthCodes() {
    unsigned length = shortest_match;
    for (unsigned code = 0; code < 28; ++code) {
      extra[code] = static_cast<std::uint8_t>(code < 8 ? 0 : (code - 4) / 4);
      base[code] = static_cast<std::uint16_t>(length);
      for (unsigned i = 0; i < (1U << extra[code]) && length < longest_match; ++i)
        of[length++] = static_cast<std::uint8_t>(code);
    }
    // The longest match has a symbol of its own, though the one before it could say it.
    of[longest_match] = 28;
    base[28] = longest_match;
  }
};
inline constexpr LengthCodes length_codes;

struct DistanceCodes {
  std::array<std::uint8_t, 256> near = {};  // by distance - 1
  std::array<std::uint8_t, 256> far = {};   // by (distance - 1) / 128
  std::array<std::uint16_t, distance_symbols> base = {};
  std::array<std::uint8_t, distance_symbols> extra = {};

  constexpr DistanceCodes() {
    unsigned distance = 1;
    for (unsigned code = 0; code < distance_symbols; ++code) {
      extra[code] = static_cast<std::uint8_t>(code < 4 ? 0 : code / 2 - 1);
      base[code] = static_cast<std::uint16_t>(distance);
      for (unsigned i = 0; i < (1U << extra[code]); ++i, ++distance) {
        if (distance <= 256)
          near[distance - 1] = static_cast<std::uint8_t>(code);
        else
          far[(distance - 1) >> 7U] = static_cast<std::uint8_t>(code);
      }
    }
  }
};
inline constexpr DistanceCodes distance_codes;

// The symbol of a distance from 1 to window.
constexpr unsigned distance_symbol(std::size_t distance) {
  return distance <= 256 ? distance_codes.near[distance - 1] : distance_codes.far[(distance - 1) >> 7U];
}

// A match, or a literal: length << 16 | distance. A literal has length 1 and distance 0; which one it is
// stands in the data. Distance 32768 is not used, so that distances have 15 bits.
using Token = std::uint32_t;
inline constexpr Token literal_token = 1U << 16U;

constexpr Token match_token(std::size_t length, std::size_t distance) {
  return static_cast<Token>(length << 16U | distance);
}
constexpr std::size_t length_of(Token token) {
  return token >> 16U;
}
constexpr std::size_t distance_of(Token token) {
  return token & 0xFFFFU;
}

// How often each symbol is used.
struct Histogram {
  std::array<std::uint32_t, literal_symbols> literals = {};
  std::array<std::uint32_t, distance_symbols> distances = {};

  void count(Token token, std::uint8_t literal) {
    if (token == literal_token) {
      ++literals[literal];
    } else {
      ++literals[first_length + length_codes.of[length_of(token)]];
      ++distances[distance_symbol(distance_of(token))];
    }
  }
};

}  // namespace imgc::deflate
