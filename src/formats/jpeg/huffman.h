// Huffman tables for a scan (ITU-T T.81, annexes C and K.2), and the bits of its entropy-coded segment.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "imgc/bytes.h"

namespace imgc::jpeg {

using Histogram = std::array<std::uint32_t, 256>;

struct HuffmanTable {
  std::array<std::uint8_t, 17> counts{};  // codes of each length; [0] is not used
  std::vector<std::uint8_t> symbols;      // in the order of their codes

  // As in a DHT segment, without the byte that says its class and place.
  [[nodiscard]] std::size_t segment_bytes() const { return 16 + symbols.size(); }
};

// The best table of at most 16 bits a code in which no code begins with the one that is all ones and as long
// as that of a symbol that occurs `unused_weight` times would be. The longer that is, the shorter the codes;
// the shorter, the fewer bytes FF come up, each of which takes a stuffed zero.
HuffmanTable optimal_table(const Histogram& histogram, std::uint32_t unused_weight = 1);

// What coding these symbols takes, in bits; nothing when the table lacks one of them.
std::optional<std::uint64_t> coded_bits(const HuffmanTable& table, const Histogram& histogram);

// A symbol of one of four tables with the bits that follow it, or bits alone.
//   bits 0-15: the bits that follow · 16-20: how many · 21-28: symbol · 29-31: table, bits_only for none
using Token = std::uint32_t;
inline constexpr unsigned table_count = 4;
inline constexpr unsigned bits_only = table_count;

constexpr Token make_token(unsigned table, unsigned symbol, unsigned count, unsigned bits) {
  return table << 29U | symbol << 21U | count << 16U | bits;
}

// What a scan's symbols cost, without keeping them.
class TokenCounter {
 public:
  void symbol(unsigned table, unsigned symbol, unsigned count, unsigned /*bits*/) {
    ++histograms_[table][symbol];
    extra_bits_ += count;
  }
  void bits(unsigned count, unsigned /*bits*/) { extra_bits_ += count; }
  // Room for what one block can make; see TokenStore.
  void reserve(std::size_t /*tokens*/) {}

  [[nodiscard]] const std::array<Histogram, table_count>& histograms() const { return histograms_; }
  [[nodiscard]] std::uint64_t extra_bits() const { return extra_bits_; }

 protected:
  std::array<Histogram, table_count> histograms_{};
  std::uint64_t extra_bits_ = 0;
};

// A scan's symbols, counted and kept until their codes are known.
class TokenStore : public TokenCounter {
 public:
  void symbol(unsigned table, unsigned symbol, unsigned count, unsigned bits) {
    TokenCounter::symbol(table, symbol, count, bits);
    *next_++ = make_token(table, symbol, count, bits);
  }
  void bits(unsigned count, unsigned bits) {
    TokenCounter::bits(count, bits);
    *next_++ = make_token(bits_only, 0, count, bits);
  }
  // To be called before up to `tokens` symbols or runs of bits are added.
  void reserve(std::size_t tokens) {
    if (static_cast<std::size_t>(end_ - next_) < tokens) next_chunk(tokens);
  }
  // Forgets all but keeps the room.
  void clear();

  // Calls use(span of tokens) for one stretch after the other.
  template <class Use>
  void for_each_stretch(Use use) const {
    for (std::size_t i = 0; i < used_; ++i) {
      const Token* begin = chunks_[i].tokens.get();
      use(std::span(begin, i + 1 < used_ ? chunks_[i].size : static_cast<std::size_t>(next_ - begin)));
    }
  }

 private:
  // One vector would hold twice what it needs while it grows, in the worst moment thrice.
  struct Chunk {
    std::unique_ptr<Token[]> tokens;
    std::size_t room = 0;
    std::size_t size = 0;  // of those in use but the last
  };
  void next_chunk(std::size_t tokens);

  std::vector<Chunk> chunks_;
  std::size_t used_ = 0;  // how many of them; the last is being filled
  Token* next_ = nullptr;
  Token* end_ = nullptr;
};

// The entropy-coded segment's size without stuffed zeros. The tables must have all symbols of the store.
std::uint64_t coded_bits(const TokenStore& store, const std::array<HuffmanTable, table_count>& tables);

// How many zeros would be stuffed into it, of a large one by what the first tokens of every 65536 have.
std::uint64_t stuffed_zeros(const TokenStore& store, const std::array<HuffmanTable, table_count>& tables);

// Appends the entropy-coded segment to `out`. The tables must have all symbols of the store.
void append_coded(Bytes& out, const TokenStore& store, const std::array<HuffmanTable, table_count>& tables);

}  // namespace imgc::jpeg
