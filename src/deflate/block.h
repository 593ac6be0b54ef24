// One block: the codes that suit its symbols, and its bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "imgc/bytes.h"

#include "deflate/bit_writer.h"
#include "deflate/header.h"
#include "deflate/symbols.h"

namespace imgc::deflate {

class Block {
 public:
  // For these symbols, the end of the block among them. `size` bytes of data, which can also be stored.
  Block(const Histogram& histogram, std::size_t size);

  // With the three bits of its type, and the most that alignment can take when it is stored.
  [[nodiscard]] std::uint64_t bits() const { return bits_; }
  // Of its codes; of fixed codes when it is stored.
  [[nodiscard]] const CodeLengths& lengths() const { return lengths_; }
  // `tokens` are those of the histogram, and `data` what they stand for.
  void write(std::span<const Token> tokens, ByteView data, bool is_last, BitWriter& out) const;

 private:
  enum class Kind : std::uint8_t { stored = 0, fixed = 1, dynamic = 2 };

  void consider_dynamic(const Histogram& histogram, const Histogram& smoothed);
  void write_tokens(std::span<const Token> tokens, ByteView data, BitWriter& out) const;

  Kind kind_ = Kind::fixed;
  CodeLengths lengths_;
  std::optional<Header> header_;  // of a dynamic block
  std::uint64_t bits_ = 0;
};

}  // namespace imgc::deflate
