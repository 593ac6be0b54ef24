#pragma once

#include <cstdint>

#include "imgc/bytes.h"

namespace imgc::deflate {

// Bits into bytes, the first into the lowest (RFC 1951, section 3.1.1).
class BitWriter {
 public:
  explicit BitWriter(Bytes& out) : out_(out) {}

  // At most 32 bits; those of `bits` above `count` are 0.
  void put(std::uint32_t bits, unsigned count) {
    held_ |= std::uint64_t{bits} << held_count_;
    held_count_ += count;
    while (held_count_ >= 8) {
      out_.push_back(static_cast<std::uint8_t>(held_));
      held_ >>= 8U;
      held_count_ -= 8;
    }
  }
  // Zeros up to the next whole byte.
  void align() {
    if (held_count_ > 0) put(0, 8 - held_count_);
  }
  // Whole bytes; the writer is aligned.
  void put_bytes(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }

 private:
  Bytes& out_;
  std::uint64_t held_ = 0;
  unsigned held_count_ = 0;
};

}  // namespace imgc::deflate
