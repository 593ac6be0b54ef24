#pragma once

#include <cstdint>

#include "imgc/bytes.h"

namespace imgc {

// Of contents: equal digests and equal lengths stand for equal bytes.
struct Digest {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  bool operator==(const Digest&) const = default;
  bool operator<(const Digest& other) const {
    return high != other.high ? high < other.high : low < other.low;
  }
};

// XXH3, 128 bits. Fast, and no defence against whoever makes collisions on purpose.
Digest digest_of(ByteView bytes);

}  // namespace imgc
