#include "formats/jpeg/band_costs.h"

#include <bit>
#include <cstdlib>
#include <utility>

#include "formats/jpeg/huffman.h"

namespace imgc::jpeg {
namespace {

constexpr std::uint32_t longest_end_run = 0x7FFF;
constexpr std::size_t end_sizes = 15;
constexpr std::size_t header_bytes = 10 + 5;  // SOS of one component; DHT's marker, length, class and place

constexpr std::uint64_t bit(unsigned k) {
  return std::uint64_t{1} << k;
}
constexpr std::uint64_t from_bit(unsigned k) {
  return ~std::uint64_t{0} << k;
}
constexpr std::uint64_t up_to_bit(unsigned k) {
  return ~std::uint64_t{0} >> (63 - k);
}
unsigned lowest(std::uint64_t mask) {
  return static_cast<unsigned>(std::countr_zero(mask));
}
unsigned highest(std::uint64_t mask) {
  return 63 - static_cast<unsigned>(std::countl_zero(mask));
}

// Where the segments lie.
struct Segments {
  explicit Segments(std::span<const std::uint8_t> of) : starts(of) {
    std::size_t segment = 0;
    for (unsigned k = 1; k < segment_of.size(); ++k) {
      if (segment + 1 < starts.size() && k >= starts[segment + 1]) ++segment;
      segment_of[k] = static_cast<std::uint8_t>(segment);
    }
  }
  [[nodiscard]] std::size_t count() const { return starts.size(); }
  [[nodiscard]] std::size_t pair(std::size_t first, std::size_t last) const { return first * count() + last; }
  [[nodiscard]] unsigned last_of(std::size_t segment) const {
    return segment + 1 < starts.size() ? starts[segment + 1] - 1U : 63U;
  }

  std::span<const std::uint8_t> starts;
  std::array<std::uint8_t, 64> segment_of{};
};

// How many runs of ended bands there are, by the bits of their length.
using RunSizes = std::array<std::uint32_t, end_sizes>;

// The runs of ended bands, of all bands that end with one segment. The symbol of a block that is nearest to
// that end breaks the run of every band that begins at it or before: so bands that begin early have younger
// runs, neighbours share theirs, and a step counts for all that do.
class EndRuns {
 public:
  explicit EndRuns(std::size_t segments) : begun_(segments + 1), ends_(segments + 1) {}

  // Bands that begin with a segment up to `first` end their run before block `index`; their next one begins
  // at block `begin`.
  void restart(std::size_t first, std::uint32_t index, std::uint32_t begin) {
    const auto behind = static_cast<unsigned>(first) + 1;
    std::uint32_t oldest = 0;
    for (std::uint64_t left = starts_ & ~from_bit(behind); left != 0;) {
      const unsigned from = lowest(left);
      left &= left - 1;
      oldest = begun_[from];
      add_run(from, left != 0 ? lowest(left) : behind, index - oldest);
    }
    if ((starts_ & bit(behind)) == 0) begun_[behind] = oldest;
    starts_ = (starts_ & from_bit(behind)) | bit(behind) | 1U;
    begun_[0] = begin;
  }

  // Ends the runs of all bands, whose last segment is `last`, before block `blocks`. Then by_size() is of the
  // bands that begin with a segment.
  void finish(std::size_t last, std::uint32_t blocks) {
    restart(last, blocks, blocks);
    for (std::size_t first = 1; first <= last; ++first)
      for (std::size_t size = 0; size < end_sizes; ++size) ends_[first][size] += ends_[first - 1][size];
  }
  [[nodiscard]] const RunSizes& by_size(std::size_t first) const { return ends_[first]; }

 private:
  // Of the bands that begin with a segment from `from` on, before `behind`.
  void add_run(std::size_t from, std::size_t behind, std::uint32_t length) {
    for (; length > longest_end_run; length -= longest_end_run) add_size(from, behind, end_sizes - 1);
    if (length > 0) add_size(from, behind, static_cast<std::size_t>(std::bit_width(length)) - 1);
  }
  void add_size(std::size_t from, std::size_t behind, std::size_t size) {
    ++ends_[from][size];
    --ends_[behind][size];
  }

  std::uint64_t starts_ = 1;          // bit i: the bands that begin with i and with i - 1 differ in their run
  std::vector<std::uint32_t> begun_;  // at those bits: the block where the run begins
  std::vector<RunSizes> ends_;        // until finish(), less those of the segment before
};

// The symbols of one kind of scan, for every band at once. A symbol depends on the band only when it is the
// first in it: the others' runs of zeros begin behind the coefficient before.
class BandSymbols {
 public:
  explicit BandSymbols(const Segments& layout)
      : segments_(layout),
        inner_(layout.count() * layout.count()),
        leading_(inner_.size()),
        runs_(layout.count(), EndRuns(layout.count())),
        bits_(layout.count()) {}

  // A coefficient with a symbol. `before`: those of its block before it that have one too; `known`: those
  // that an earlier scan made other than 0, which runs skip.
  void symbol(unsigned k, unsigned size, std::uint64_t before, std::uint64_t known) {
    const std::size_t segment = segments_.segment_of[k];
    std::size_t band = 0;
    if (before != 0) {
      const unsigned previous = highest(before);
      const std::size_t previous_segment = segments_.segment_of[previous];
      add(inner_[segments_.pair(previous_segment, segment)], zeros(previous + 1, k, known), size);
      band = previous_segment + 1;
    }
    for (; band <= segment; ++band)
      add(leading_[segments_.pair(band, segment)], zeros(segments_.starts[band], k, known), size);
    bits_[segment] += size;
  }

  // A bit without a symbol, of a known coefficient.
  void correction(unsigned k) { ++bits_[segments_.segment_of[k]]; }

  // At the end of the `index`-th block, with all its coefficients that have symbols. A band that ends without
  // one joins the run of those before it, which the next symbol in the band ends.
  void end_block(std::uint32_t index, std::uint64_t symbols) {
    if (symbols == 0) return;
    for (std::size_t last = segments_.segment_of[lowest(symbols)]; last < segments_.count(); ++last) {
      const unsigned end = segments_.last_of(last);
      const unsigned highest_symbol = highest(symbols & up_to_bit(end));
      const std::uint32_t begin = highest_symbol == end ? index + 1 : index;
      runs_[last].restart(segments_.segment_of[highest_symbol], index, begin);
    }
  }

  // Calls take(first, last, bytes) for every band, when `blocks` have been seen and stand for `times` as
  // many.
  template <class Take>
  void finish(std::uint32_t blocks, std::uint32_t times, Take take) {
    for (std::size_t last = 0; last < segments_.count(); ++last)
      for (std::size_t first = last; first-- > 0;)
        join(inner_[segments_.pair(first, last)], inner_[segments_.pair(first + 1, last)]);
    for (std::size_t last = 0; last < segments_.count(); ++last) runs_[last].finish(last, blocks);
    for (std::size_t first = 0; first < segments_.count(); ++first) {
      Histogram symbols{};
      std::uint64_t bits = 0;
      for (std::size_t last = first; last < segments_.count(); ++last) {
        const std::size_t pair = segments_.pair(first, last);
        join(symbols, inner_[pair]);
        join(symbols, leading_[pair]);
        bits += bits_[last];
        take(first, last, bytes_of(symbols, bits, runs_[last].by_size(first), times));
      }
    }
  }

 private:
  static void add(Histogram& histogram, unsigned zeros, unsigned size) {
    histogram[zero_run_length] += zeros >> 4U;
    ++histogram[(zeros & 15U) << 4U | size];
  }
  static void join(Histogram& histogram, const Histogram& more) {
    for (std::size_t i = 0; i < histogram.size(); ++i) histogram[i] += more[i];
  }
  static unsigned zeros(unsigned from, unsigned k, std::uint64_t known) {
    const std::uint64_t between = known & from_bit(from) & (bit(k) - 1);
    // Mostly nothing, and to count bits is a call where the processor can't be relied on to do it.
    return between == 0 ? k - from : k - from - static_cast<unsigned>(std::popcount(between));
  }

  static std::size_t bytes_of(Histogram symbols, std::uint64_t bits, const RunSizes& ends,
                              std::uint32_t times) {
    for (std::size_t size = 0; size < ends.size(); ++size) {
      symbols[size << 4U] += ends[size];
      bits += size * ends[size];
    }
    const HuffmanTable table = optimal_table(symbols);
    bits += coded_bits(table, symbols).value_or(0);
    return header_bytes + table.segment_bytes() + (bits * times + 7) / 8;
  }

  const Segments& segments_;
  // By pairs of segments. `inner`: those in the second behind a symbol in the first, and after finish() has
  // joined them, behind one in the first or a later one. `leading`: those in the second that are the first of
  // a band that begins with the first.
  std::vector<Histogram> inner_;
  std::vector<Histogram> leading_;
  std::vector<EndRuns> runs_;        // by a band's last segment
  std::vector<std::uint64_t> bits_;  // that follow the symbols of each segment
};

// All kinds of scans in one walk.
class Walk {
 public:
  explicit Walk(const Segments& layout)
      : first_(most_low + 1, BandSymbols(layout)), later_(most_low, BandSymbols(layout)) {}

  void add(const JCOEF* block, std::uint64_t nonzero) {
    // By `low`: the coefficients other than 0 without so many low bits, and those that bit `low` makes so.
    std::array<std::uint64_t, most_low + 2> seen{};
    std::array<std::uint64_t, most_low> fresh{};
    for (std::uint64_t left = nonzero; left != 0; left &= left - 1) {
      const unsigned k = lowest(left);
      const auto size =
          static_cast<unsigned>(std::bit_width(static_cast<unsigned>(std::abs(int{block[zigzag[k]]}))));
      for (unsigned low = 0; low <= most_low && low < size; ++low) {
        first_[low].symbol(k, size - low, seen[low], 0);
        if (low == most_low) break;
        if (low + 1 < size) {
          later_[low].correction(k);
        } else {
          later_[low].symbol(k, 1, fresh[low], seen[low + 1]);
          fresh[low] |= bit(k);
        }
      }
      for (unsigned low = 0; low < seen.size() && low < size; ++low) seen[low] |= bit(k);
    }
    for (unsigned low = 0; low <= most_low; ++low) first_[low].end_block(blocks_, seen[low]);
    for (unsigned low = 0; low < most_low; ++low) later_[low].end_block(blocks_, fresh[low]);
    ++blocks_;
  }

  [[nodiscard]] BandSymbols& first(unsigned low) { return first_[low]; }
  [[nodiscard]] BandSymbols& later(unsigned low) { return later_[low]; }
  [[nodiscard]] std::uint32_t blocks() const { return blocks_; }

 private:
  std::vector<BandSymbols> first_;
  std::vector<BandSymbols> later_;
  std::uint32_t blocks_ = 0;
};

}  // namespace

BandCosts::BandCosts(const Plane& plane, std::span<const std::uint8_t> starts, std::uint32_t step)
    : starts_(starts.begin(), starts.end()), bytes_(scan_count * starts.size() * starts.size()) {
  const Segments layout(starts_);
  Walk walk(layout);
  const Component& component = *plane.component;
  for (std::uint32_t y = step / 2; y < component.blocks_high; y += step)
    for (std::uint32_t x = 0; x < component.blocks_wide; ++x)
      walk.add(component.rows[y][x], plane.nonzero[plane.index(x, y)]);
  const auto keep = [&](std::size_t scan) {
    return [this, scan](std::size_t first, std::size_t last, std::size_t bytes) {
      bytes_[(scan * segments() + first) * segments() + last] = bytes;
    };
  };
  for (unsigned low = 0; low <= most_low; ++low)
    walk.first(low).finish(walk.blocks(), step, keep(scan_index(low, false)));
  for (unsigned low = 0; low < most_low; ++low)
    walk.later(low).finish(walk.blocks(), step, keep(scan_index(low, true)));
}

std::uint8_t BandCosts::to(std::size_t segment) const {
  return segment + 1 < starts_.size() ? static_cast<std::uint8_t>(starts_[segment + 1] - 1)
                                      : std::uint8_t{63};
}

}  // namespace imgc::jpeg
