// Where the hash tables of this folder put a value.
#pragma once

#include <cstdint>

namespace imgc::png {

// Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): the top bits are the mixed ones, so a
// table of 2^bits slots takes those.
constexpr std::uint32_t hash(std::uint32_t value, unsigned bits) {
  return value * 2654435769U >> (32 - bits);
}

}  // namespace imgc::png
