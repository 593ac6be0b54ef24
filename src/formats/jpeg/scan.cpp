#include "formats/jpeg/scan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <optional>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace imgc::jpeg {
namespace {

constexpr unsigned longest_eob_run = 0x7FFF;
constexpr unsigned most_ac_bits = 10;  // T.81, tables F.1 and F.2, for 8 bits a sample
constexpr unsigned most_dc_bits = 11;
// The most tokens a block makes: a symbol a coefficient, and an end of band before and after.
constexpr std::size_t block_tokens = 72;

// For each byte of a mask in row order, the same bits in zigzag order.
using MaskTable = std::array<std::array<std::uint64_t, 256>, 8>;

constexpr MaskTable make_mask_table() {
  std::array<std::uint8_t, 64> place{};
  for (std::size_t k = 0; k < zigzag.size(); ++k) place[zigzag[k]] = static_cast<std::uint8_t>(k);
  MaskTable table{};
  for (std::size_t row = 0; row < 8; ++row)
    for (std::size_t mask = 0; mask < 256; ++mask)
      for (std::size_t bit = 0; bit < 8; ++bit)
        if ((mask >> bit & 1U) != 0) table[row][mask] |= std::uint64_t{1} << place[8 * row + bit];
  return table;
}

constexpr MaskTable mask_table = make_mask_table();

// Bit i: the i-th coefficient of this row is not 0.
unsigned row_mask(const JCOEF* row) {
#if defined(__SSE2__)
  const __m128i levels = _mm_loadu_si128(reinterpret_cast<const __m128i*>(row));
  const __m128i zero = _mm_cmpeq_epi16(levels, _mm_setzero_si128());
  const auto packed = static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(zero, zero)));
  return ~packed & 0xFFU;
#else
  unsigned mask = 0;
  for (unsigned i = 0; i < 8; ++i) mask |= static_cast<unsigned>(row[i] != 0) << i;
  return mask;
#endif
}

std::uint64_t nonzero_mask(const JCOEF* block) {
  std::uint64_t mask = 0;
  for (std::size_t row = 0; row < 8; ++row) mask |= mask_table[row][row_mask(block + 8 * row)];
  return mask & ~std::uint64_t{1};
}

constexpr std::uint64_t band_mask(unsigned from, unsigned to) {
  return (~std::uint64_t{0} >> (63 - to)) & (~std::uint64_t{0} << from);
}

constexpr unsigned low_bits(unsigned value, unsigned count) {
  return value & ((1U << count) - 1);
}

unsigned magnitude_of(int level) {
  return static_cast<unsigned>(std::abs(level));
}

// The bits after a symbol of size `count` (T.81, F.1.2.1): the level, or for a negative one the level - 1.
unsigned level_bits(bool negative, unsigned magnitude, unsigned count) {
  return negative ? low_bits(~magnitude, count) : magnitude;
}

// Blocks that end without a further coefficient in the band, and the correction bits that go with them.
template <class Sink>
class EobRun {
 public:
  EobRun(unsigned table, Sink& sink) : table_(table), sink_(sink) {}

  void add() {
    if (++run_ == longest_eob_run) flush();
  }
  void add(const std::vector<std::uint8_t>& corrections) {
    corrections_.insert(corrections_.end(), corrections.begin(), corrections.end());
    add();
  }
  void flush() {
    if (run_ == 0) return;
    const auto count = static_cast<unsigned>(std::bit_width(run_)) - 1;
    sink_.reserve(1);
    sink_.symbol(table_, count << 4U, count, low_bits(run_, count));
    run_ = 0;
    put_corrections(corrections_, sink_);
  }

  // Leaves `corrections` empty.
  static void put_corrections(std::vector<std::uint8_t>& corrections, Sink& sink) {
    constexpr std::size_t most = 16;
    sink.reserve(corrections.size() / most + 1);
    for (std::size_t at = 0; at < corrections.size(); at += most) {
      const std::size_t count = std::min(most, corrections.size() - at);
      unsigned bits = 0;
      for (std::size_t i = 0; i < count; ++i) bits = bits << 1U | corrections[at + i];
      sink.bits(static_cast<unsigned>(count), bits);
    }
    corrections.clear();
  }

 private:
  unsigned table_;
  Sink& sink_;
  unsigned run_ = 0;
  std::vector<std::uint8_t> corrections_;
};

template <class Sink>
bool code_ac_first(const Plane& plane, const Scan& scan, Sink& sink) {
  const Component& component = *plane.component;
  const unsigned table = ac_table(component.kind);
  const std::uint64_t band = band_mask(scan.from, scan.to);
  EobRun<Sink> eob(table, sink);
  unsigned all_magnitudes = 0;
  const std::uint64_t* nonzero = plane.nonzero.data();
  for (JBLOCKROW row : component.rows) {
    for (std::uint32_t x = 0; x < component.blocks_wide; ++x) {
      unsigned next = scan.from;
      std::uint64_t left = *nonzero++ & band;
      if (left != 0) sink.reserve(block_tokens);
      for (; left != 0; left &= left - 1) {
        const auto k = static_cast<unsigned>(std::countr_zero(left));
        const int level = row[x][zigzag[k]];
        const unsigned magnitude = magnitude_of(level) >> scan.low;
        if (magnitude == 0) continue;
        all_magnitudes |= magnitude;
        eob.flush();
        for (; k - next > 15; next += 16) sink.symbol(table, zero_run_length, 0, 0);
        const auto count = static_cast<unsigned>(std::bit_width(magnitude)) & 15U;
        sink.symbol(table, (k - next) << 4U | count, count, level_bits(level < 0, magnitude, count));
        next = k + 1;
      }
      if (next <= scan.to) eob.add();
    }
  }
  eob.flush();
  return static_cast<unsigned>(std::bit_width(all_magnitudes << scan.low)) <= most_ac_bits;
}

// One block of a later scan: a bit more of what was coded before, and the coefficients that this bit makes
// other than 0 (T.81, G.1.2.3).
template <class Sink>
class Refinement {
 public:
  Refinement(const Plane& plane, const Scan& scan, Sink& sink)
      : table_(ac_table(plane.component->kind)), scan_(scan), sink_(sink), eob_(table_, sink) {}

  void code_block(const JCOEF* block, std::uint64_t nonzero) {
    if (nonzero == 0) return eob_.add();
    const unsigned last_new = collect(block, nonzero);
    sink_.reserve(block_tokens);
    unsigned zeros = 0;
    unsigned next = scan_.from;
    for (std::size_t i = 0; i < count_; ++i) {
      const unsigned k = found_[i].k;
      zeros += k - next;
      next = k + 1;
      for (; zeros > 15 && k <= last_new; zeros -= 16) put(zero_run_length, 0, 0);
      if (found_[i].magnitude > 1) {
        corrections_.push_back(static_cast<std::uint8_t>(found_[i].magnitude & 1U));
      } else {
        put(zeros << 4U | 1U, 1, block[zigzag[k]] > 0 ? 1 : 0);
        zeros = 0;
      }
    }
    zeros += scan_.to + 1U - next;
    if (zeros == 0 && corrections_.empty()) return;
    eob_.add(corrections_);
    corrections_.clear();
  }

  void finish() { eob_.flush(); }

 private:
  struct Found {
    std::uint8_t k = 0;
    unsigned magnitude = 0;  // without the bits of later scans
  };

  // Fills found_; the last position that becomes other than 0 now, or 0.
  unsigned collect(const JCOEF* block, std::uint64_t left) {
    unsigned last_new = 0;
    count_ = 0;
    for (; left != 0; left &= left - 1) {
      const auto k = static_cast<unsigned>(std::countr_zero(left));
      const unsigned magnitude = magnitude_of(block[zigzag[k]]) >> scan_.low;
      if (magnitude == 0) continue;
      if (magnitude == 1) last_new = k;
      found_[count_++] = {static_cast<std::uint8_t>(k), magnitude};
    }
    return last_new;
  }

  void put(unsigned symbol, unsigned count, unsigned bits) {
    eob_.flush();
    sink_.reserve(block_tokens);
    sink_.symbol(table_, symbol, count, bits);
    EobRun<Sink>::put_corrections(corrections_, sink_);
  }

  unsigned table_;
  const Scan& scan_;
  Sink& sink_;
  EobRun<Sink> eob_;
  std::array<Found, 64> found_{};
  std::size_t count_ = 0;
  std::vector<std::uint8_t> corrections_;  // since the last symbol
};

template <class Sink>
void code_ac_later(const Plane& plane, const Scan& scan, Sink& sink) {
  const std::uint64_t band = band_mask(scan.from, scan.to);
  Refinement<Sink> refinement(plane, scan, sink);
  const std::uint64_t* nonzero = plane.nonzero.data();
  for (JBLOCKROW row : plane.component->rows)
    for (std::uint32_t x = 0; x < plane.component->blocks_wide; ++x)
      refinement.code_block(row[x], *nonzero++ & band);
  refinement.finish();
}

// Calls visit(plane, which, x, y, inside) for each block of a scan in its order. Blocks outside the image
// only fill up the last MCUs.
template <class Visit>
void each_block(std::span<const Plane> planes, const Scan& scan, Mcus size, Visit visit) {
  if (scan.components.size() == 1) {
    const Plane& plane = planes[scan.components[0]];
    for (std::uint32_t y = 0; y < plane.component->blocks_high; ++y)
      for (std::uint32_t x = 0; x < plane.component->blocks_wide; ++x)
        visit(plane, std::size_t{0}, x, y, true);
    return;
  }
  for (std::uint32_t mcu_y = 0; mcu_y < size.high; ++mcu_y) {
    for (std::uint32_t mcu_x = 0; mcu_x < size.wide; ++mcu_x) {
      for (std::size_t which = 0; which < scan.components.size(); ++which) {
        const Plane& plane = planes[scan.components[which]];
        const Component& component = *plane.component;
        for (std::uint32_t y = mcu_y * component.v; y < (mcu_y + 1) * component.v; ++y)
          for (std::uint32_t x = mcu_x * component.h; x < (mcu_x + 1) * component.h; ++x)
            visit(plane, which, x, y, x < component.blocks_wide && y < component.blocks_high);
      }
    }
  }
}

// Codes DC levels as differences, a predecessor for each component of the scan.
class DcCoder {
 public:
  explicit DcCoder(TokenStore& sink) : sink_(sink) {}

  // Nothing when the block is outside the image: it then repeats the one before, which is the shortest.
  void code(unsigned table, std::size_t which, std::optional<int> level) {
    const int difference = level ? *level - last_[which] : 0;
    if (level) last_[which] = *level;
    const unsigned magnitude = magnitude_of(difference);
    all_magnitudes_ |= magnitude;
    const unsigned count = std::min(static_cast<unsigned>(std::bit_width(magnitude)), most_dc_bits);
    sink_.symbol(table, count, count, level_bits(difference < 0, low_bits(magnitude, count), count));
  }

  [[nodiscard]] bool in_range() const {
    return static_cast<unsigned>(std::bit_width(all_magnitudes_)) <= most_dc_bits;
  }

 private:
  TokenStore& sink_;
  std::array<int, 4> last_{};
  unsigned all_magnitudes_ = 0;
};

unsigned code_block_ac(const JCOEF* block, std::uint64_t nonzero, unsigned table, TokenStore& sink) {
  unsigned all_magnitudes = 0;
  unsigned next = 1;
  for (std::uint64_t left = nonzero; left != 0; left &= left - 1) {
    const auto k = static_cast<unsigned>(std::countr_zero(left));
    const int level = block[zigzag[k]];
    const unsigned magnitude = magnitude_of(level);
    all_magnitudes |= magnitude;
    for (; k - next > 15; next += 16) sink.symbol(table, zero_run_length, 0, 0);
    const auto count = static_cast<unsigned>(std::bit_width(magnitude)) & 15U;
    sink.symbol(table, (k - next) << 4U | count, count, level_bits(level < 0, magnitude, count));
    next = k + 1;
  }
  if (next <= 63) sink.symbol(table, 0, 0, 0);
  return all_magnitudes;
}

}  // namespace

Plane make_plane(const Component& component) {
  Plane plane;
  plane.component = &component;
  const std::size_t blocks = std::size_t{component.blocks_wide} * component.blocks_high;
  plane.nonzero.resize(blocks);
  plane.dc.resize(blocks);
  std::size_t at = 0;
  for (JBLOCKROW row : component.rows) {
    for (std::uint32_t x = 0; x < component.blocks_wide; ++x, ++at) {
      plane.nonzero[at] = nonzero_mask(row[x]);
      plane.dc[at] = row[x][0];
    }
  }
  return plane;
}

Mcus mcus(const Coefficients& coefficients) {
  unsigned h = 1;
  unsigned v = 1;
  for (const Component& component : coefficients.components()) {
    h = std::max(h, component.h);
    v = std::max(v, component.v);
  }
  return {(coefficients.width() + 8 * h - 1) / (8 * h), (coefficients.height() + 8 * v - 1) / (8 * v)};
}

bool can_interleave(const Coefficients& coefficients) {
  unsigned blocks = 0;
  for (const Component& component : coefficients.components()) blocks += component.h * component.v;
  return coefficients.components().size() <= 4 && (coefficients.components().size() == 1 || blocks <= 10);
}

template <class Sink>
bool code_ac(const Plane& plane, const Scan& scan, Sink& sink) {
  if (scan.high == 0) return code_ac_first(plane, scan, sink);
  code_ac_later(plane, scan, sink);
  return true;
}

bool code_dc(std::span<const Plane> planes, const Scan& scan, Mcus size, TokenStore& sink) {
  DcCoder coder(sink);
  each_block(planes, scan, size,
             [&](const Plane& plane, std::size_t which, std::uint32_t x, std::uint32_t y, bool inside) {
               sink.reserve(1);
               coder.code(dc_table(plane.component->kind), which,
                          inside ? std::optional<int>(plane.dc[plane.index(x, y)]) : std::nullopt);
             });
  return coder.in_range();
}

bool code_sequential(std::span<const Plane> planes, const Scan& scan, Mcus size, TokenStore& sink) {
  DcCoder dc(sink);
  unsigned all_magnitudes = 0;
  each_block(planes, scan, size,
             [&](const Plane& plane, std::size_t which, std::uint32_t x, std::uint32_t y, bool inside) {
               sink.reserve(block_tokens);
               const Component& component = *plane.component;
               const unsigned ac = ac_table(component.kind);
               if (!inside) {
                 dc.code(dc_table(component.kind), which, std::nullopt);
                 sink.symbol(ac, 0, 0, 0);
                 return;
               }
               const std::size_t at = plane.index(x, y);
               dc.code(dc_table(component.kind), which, int{plane.dc[at]});
               all_magnitudes |= code_block_ac(component.rows[y][x], plane.nonzero[at], ac, sink);
             });
  return dc.in_range() && static_cast<unsigned>(std::bit_width(all_magnitudes)) <= most_ac_bits;
}

template bool code_ac(const Plane&, const Scan&, TokenCounter&);
template bool code_ac(const Plane&, const Scan&, TokenStore&);

}  // namespace imgc::jpeg
