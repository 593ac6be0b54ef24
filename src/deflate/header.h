// The header of a block with dynamic codes (RFC 1951, section 3.2.7): code lengths, run-length coded, under a
// code of their own.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "deflate/bit_writer.h"
#include "deflate/symbols.h"

namespace imgc::deflate {

struct CodeLengths {
  std::array<std::uint8_t, literal_symbols + 2> literals =
      {};  // the two last have codes only in fixed blocks
  std::array<std::uint8_t, distance_symbols + 2> distances = {};
};

class Header {
 public:
  // The shortest header that says these lengths, or nearly: the price of a run depends on the code that the
  // choice of runs brings about, so both are found in turns.
  explicit Header(const CodeLengths& lengths);

  [[nodiscard]] std::uint32_t bits() const { return bits_; }
  void write(BitWriter& out) const;

 private:
  static constexpr unsigned symbols = 19;
  struct Run {
    std::uint8_t symbol;  // 0 to 15 a length itself; 16 the last again; 17 and 18 zeros
    std::uint8_t extra;
    std::uint8_t covers;  // lengths
  };
  using Prices = std::array<std::uint32_t, symbols>;

  [[nodiscard]] static std::vector<Run> choose_runs(std::span<const std::uint8_t> lengths,
                                                    const Prices& prices);
  // Takes `runs` when their code makes the header shorter; returns what symbols cost under that code.
  Prices consider(std::vector<Run> runs);

  unsigned literal_count_ = 0;   // that are said, at least 257
  unsigned distance_count_ = 0;  // at least 1
  unsigned length_count_ = 0;
  std::array<std::uint8_t, symbols> code_lengths_ = {};
  std::vector<Run> runs_;
  std::uint32_t bits_ = ~0U;
};

}  // namespace imgc::deflate
