#include "formats/jpeg/level_costs.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>

namespace imgc::jpeg {
namespace {

// What rounds to the level above: less than half, as the trellis will choose.
constexpr float rounding = 0.4F;
constexpr int largest_ac = 1023;

// How often each symbol was seen.
struct Frequencies {
  std::array<std::uint32_t, 256> ac{};
  std::uint32_t ended = 0;
  std::uint32_t empty = 0;
  std::uint32_t not_empty = 0;
  std::array<std::uint32_t, 16> dc{};
};

class FrequencyCounter {
 public:
  FrequencyCounter(const QuantTable& from, const QuantTable& to, Frequencies& counts) : frequencies_(counts) {
    for (std::size_t k = 0; k < ratio_.size(); ++k)
      ratio_[k] = static_cast<float>(from[zigzag[k]]) / static_cast<float>(to[zigzag[k]]);
  }

  void add(const JCOEF* block, std::uint64_t nonzero) {
    const auto dc = static_cast<int>(std::lround(static_cast<float>(block[0]) * ratio_[0]));
    ++frequencies_.dc[std::min(15U, size_of(static_cast<unsigned>(std::abs(dc - last_dc_))))];
    last_dc_ = dc;
    unsigned next = 1;
    for (std::uint64_t left = nonzero; left != 0; left &= left - 1) {
      const auto k = static_cast<unsigned>(std::countr_zero(left));
      const auto level =
          static_cast<int>(static_cast<float>(std::abs(int{block[zigzag[k]]})) * ratio_[k] + rounding);
      if (level == 0) continue;
      for (; k - next > 15; next += 16) ++frequencies_.ac[zero_run_length];
      ++frequencies_.ac[(k - next) << 4U | size_of(static_cast<unsigned>(std::min(level, largest_ac)))];
      next = k + 1;
    }
    ++(next == 1 ? frequencies_.empty : frequencies_.not_empty);
    if (next > 1 && next < 64) ++frequencies_.ended;
  }

 private:
  Frequencies& frequencies_;
  std::array<float, 64> ratio_{};
  int last_dc_ = 0;
};

// The ideal code's bits, within what Huffman codes have; what was never seen counts as a third of a time.
float bits(double count, double total) {
  constexpr double fewest = 0.3;
  constexpr double most = 16;
  return static_cast<float>(std::clamp(-std::log2(count / total), fewest, most));
}

template <std::size_t Size>
std::array<float, Size> all_bits(const std::array<std::uint32_t, Size>& counts) {
  constexpr double unseen = 0.3;
  double total = 0;
  for (const std::uint32_t count : counts) total += count + unseen;
  std::array<float, Size> result{};
  for (std::size_t i = 0; i < Size; ++i) result[i] = bits(counts[i] + unseen, total);
  return result;
}

// What telling empty from not empty costs a block, which a run of ends of band shares among many.
float choice_bits(double count, double total, double least) {
  return static_cast<float>(std::max(least, -std::log2((count + 0.5) / (total + 1))));
}

LevelCosts costs_of(const Frequencies& counts) {
  constexpr double least_empty = 0.05;
  LevelCosts costs;
  std::array<std::uint32_t, 256> ac = counts.ac;
  ac[0] = counts.ended;
  costs.ac = all_bits(ac);
  costs.end_of_block = costs.ac[0];
  for (std::size_t symbol = 0; symbol < costs.ac.size(); ++symbol)
    costs.ac[symbol] += static_cast<float>(symbol & 15U);
  const double blocks = static_cast<double>(counts.empty) + static_cast<double>(counts.not_empty);
  costs.empty = choice_bits(counts.empty, blocks, least_empty);
  costs.not_empty = choice_bits(counts.not_empty, blocks, 0);
  costs.dc = all_bits(counts.dc);
  for (std::size_t size = 0; size < costs.dc.size(); ++size) costs.dc[size] += static_cast<float>(size);
  return costs;
}

}  // namespace

std::array<LevelCosts, 2> level_costs(const Coefficients& coefficients, std::span<const Plane> planes,
                                      std::span<const QuantTable> tables) {
  std::array<Frequencies, 2> counts{};
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const Component& component = coefficients.components()[i];
    FrequencyCounter counter(component.quant, tables[i], counts[component.kind == TableKind::chroma ? 1 : 0]);
    const std::uint64_t* nonzero = planes[i].nonzero.data();
    for (JBLOCKROW row : component.rows)
      for (std::uint32_t x = 0; x < component.blocks_wide; ++x) counter.add(row[x], *nonzero++);
  }
  return {costs_of(counts[0]), costs_of(counts[1])};
}

}  // namespace imgc::jpeg
