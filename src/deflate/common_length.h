#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace imgc::deflate {

inline std::uint64_t read64(const std::uint8_t* at) {
  std::uint64_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// How many bytes `a` and `b` have in common, at most `most`; of which `length` are known to be equal.
inline std::size_t common_length(const std::uint8_t* a, const std::uint8_t* b, std::size_t length,
                                 std::size_t most) {
  while (length + 8 <= most) {
    const std::uint64_t differ = read64(a + length) ^ read64(b + length);
    if (differ != 0) return length + static_cast<unsigned>(std::countr_zero(differ)) / 8U;
    length += 8;
  }
  while (length < most && a[length] == b[length]) ++length;
  return length;
}

}  // namespace imgc::deflate
