#include "formats/png/filter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <vector>

#include "formats/png/match_score.h"
#include "formats/png/paeth.h"

namespace imgc::png {
namespace {

constexpr unsigned filter_count = 5;

// The loops below have no branches and no dependency from byte to byte, so that compilers vectorise them.
struct Row {
  const std::uint8_t* here;
  const std::uint8_t* above;  // zeros above the first row
  std::size_t size;
  std::size_t distance;
};

void sub(const Row& row, std::uint8_t* __restrict out) {
  const std::size_t head = std::min(row.distance, row.size);
  std::memcpy(out, row.here, head);
  for (std::size_t i = head; i < row.size; ++i)
    out[i] = static_cast<std::uint8_t>(row.here[i] - row.here[i - row.distance]);
}

void up(const Row& row, std::uint8_t* __restrict out) {
  for (std::size_t i = 0; i < row.size; ++i) out[i] = static_cast<std::uint8_t>(row.here[i] - row.above[i]);
}

void average(const Row& row, std::uint8_t* __restrict out) {
  const std::size_t head = std::min(row.distance, row.size);
  for (std::size_t i = 0; i < head; ++i) out[i] = static_cast<std::uint8_t>(row.here[i] - row.above[i] / 2);
  for (std::size_t i = head; i < row.size; ++i) {
    const auto left = static_cast<std::uint16_t>(row.here[i - row.distance]);
    const auto above = static_cast<std::uint16_t>(row.above[i]);
    out[i] = static_cast<std::uint8_t>(row.here[i] - ((left + above) >> 1U));
  }
}

void paeth(const Row& row, std::uint8_t* __restrict out) {
  const std::size_t head = std::min(row.distance, row.size);
  for (std::size_t i = 0; i < head; ++i) out[i] = static_cast<std::uint8_t>(row.here[i] - row.above[i]);
  for (std::size_t i = head; i < row.size; ++i) {
    const auto left = static_cast<std::int16_t>(row.here[i - row.distance]);
    const auto above = static_cast<std::int16_t>(row.above[i]);
    const auto above_left = static_cast<std::int16_t>(row.above[i - row.distance]);
    out[i] = static_cast<std::uint8_t>(row.here[i] - predict_paeth(left, above, above_left));
  }
}

void apply(unsigned filter, const Row& row, std::uint8_t* out) {
  switch (filter) {
    case 0:
      std::memcpy(out, row.here, row.size);
      break;
    case 1:
      sub(row, out);
      break;
    case 2:
      up(row, out);
      break;
    case 3:
      average(row, out);
      break;
    default:
      paeth(row, out);
      break;
  }
}

std::uint64_t sum_of_magnitudes(const std::uint8_t* bytes, std::size_t size) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const auto value = static_cast<std::int8_t>(bytes[i]);
    sum += static_cast<std::uint32_t>(std::abs(static_cast<int>(value)));
  }
  return sum;
}

// Bits of the row under an ideal zeroth-order code, in 1/1024 bit. Integers, so that every machine agrees.
class EntropyScore {
 public:
  EntropyScore() {
    for (std::size_t n = 1; n < logs_.size(); ++n)
      logs_[n] = static_cast<std::uint32_t>(std::lround(std::log2(static_cast<double>(n)) * 1024.0));
  }

  std::uint64_t operator()(const std::uint8_t* bytes, std::size_t size) {
    std::array<std::uint32_t, 256> even = {};
    std::array<std::uint32_t, 256> odd = {};  // two tables, so that runs don't wait for each other
    std::size_t i = 0;
    for (; i + 1 < size; i += 2) {
      ++even[bytes[i]];
      ++odd[bytes[i + 1]];
    }
    if (i < size) ++even[bytes[i]];
    std::uint64_t bits = size * log(size);
    for (std::size_t value = 0; value < 256; ++value) {
      const std::uint64_t count = even[value] + odd[value];
      if (count > 0) bits -= count * log(count);
    }
    return bits;
  }

 private:
  // Interpolates above the table, which keeps it small.
  [[nodiscard]] std::uint64_t log(std::uint64_t n) const {
    unsigned halvings = 0;
    for (; n >= logs_.size(); n >>= 1U) ++halvings;
    return logs_[n] + 1024ULL * halvings;
  }
  std::array<std::uint32_t, 4096> logs_ = {};
};

class BigramScore {
 public:
  std::uint64_t operator()(const std::uint8_t* bytes, std::size_t size) {
    ++row_;
    if (row_ == 0) {  // wrapped round: old marks could be taken for new ones
      std::ranges::fill(seen_, std::uint16_t{0});
      row_ = 1;
    }
    std::uint64_t different = 0;
    for (std::size_t i = 1; i < size; ++i) {
      const std::size_t pair = std::size_t{bytes[i - 1]} << 8U | bytes[i];
      different += seen_[pair] != row_ ? 1U : 0U;
      seen_[pair] = row_;
    }
    return different;
  }

 private:
  std::vector<std::uint16_t> seen_ = std::vector<std::uint16_t>(65536);
  std::uint16_t row_ = 0;
};

Row row_at(const Raster& raster, std::uint32_t y, const Bytes& zeros) {
  const std::size_t size = raster.row_bytes();
  return {raster.row(y), y == 0 ? zeros.data() : raster.row(y - 1), size, raster.filter_distance()};
}

template <class Score>
void choose_rows(const Raster& raster, std::uint32_t first, std::uint32_t last, Score score, Bytes& out) {
  const std::size_t size = raster.row_bytes();
  const Bytes zeros(first == 0 ? size : 0);
  std::array<Bytes, filter_count> trial;
  for (Bytes& bytes : trial) bytes.resize(size);
  std::uint8_t* to = out.data();
  for (std::uint32_t y = first; y < last; ++y, to += size + 1) {
    const Row row = row_at(raster, y, zeros);
    unsigned best = 0;
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    for (unsigned filter = 0; filter < filter_count; ++filter) {
      apply(filter, row, trial[filter].data());
      const std::uint64_t cost = score(trial[filter].data(), size);
      if (cost < least) {
        least = cost;
        best = filter;
      }
    }
    to[0] = static_cast<std::uint8_t>(best);
    std::memcpy(to + 1, trial[best].data(), size);
  }
}

// Makes `score` know what symbols cost under the single filter that says the rows `first` to `last` best.
// They are tried where they will stand: at `at` of `out`. From costs that know nothing, or that another part
// of the image has taught, the choice would often settle on filtering none of the rows, each alike to the one
// before it and no other.
void learn_costs(const Raster& raster, std::uint32_t first, std::uint32_t last, Bytes& out, std::size_t at,
                 MatchScore& score) {
  const std::size_t size = raster.row_bytes();
  const Bytes zeros(first == 0 ? size : 0);
  std::uint64_t least = MatchScore::no_limit;
  for (unsigned filter = 0; filter < filter_count; ++filter) {
    MatchScore student(out);
    std::uint64_t cost = 0;
    std::size_t to = at;
    for (std::uint32_t y = first; y < last && cost < least; ++y, to += size + 1) {
      out[to] = static_cast<std::uint8_t>(filter);
      apply(filter, row_at(raster, y, zeros), &out[to + 1]);
      cost += student.judge(to, size + 1, MatchScore::no_limit);
      student.keep();
      student.accept(to, size + 1);
    }
    if (cost >= least) continue;
    least = cost;
    score.learn_from(student);
  }
}

// Rows of about so many bytes have costs of their own to begin with, learnt on the first of them.
constexpr std::size_t stretch_bytes = std::size_t{64} << 10U;
constexpr std::size_t short_lesson_bytes = std::size_t{8} << 10U;

// As choose_rows, but a trial is judged in its place behind the rows chosen so far.
void choose_rows_in_context(const Raster& raster, std::uint32_t first, std::uint32_t last,
                            std::size_t lesson_bytes, Bytes& out) {
  const std::size_t size = raster.row_bytes();
  const Bytes zeros(first == 0 ? size : 0);
  std::array<Bytes, filter_count> trial;
  for (Bytes& bytes : trial) bytes.resize(size + 1);
  MatchScore score(out);
  const auto rows_of = [&](std::size_t bytes) { return static_cast<std::uint32_t>(bytes / (size + 1) + 1); };
  const std::uint32_t stretch = rows_of(stretch_bytes);
  const std::uint32_t lesson = rows_of(lesson_bytes);
  unsigned best = 0;
  std::size_t at = 0;
  for (std::uint32_t y = first; y < last; ++y, at += size + 1) {
    if ((y - first) % stretch == 0) learn_costs(raster, y, std::min(last, y + lesson), out, at, score);
    const Row row = row_at(raster, y, zeros);
    // The last row's filter first: when it is the best again, the others are soon given up.
    const unsigned favourite = best;
    std::uint64_t least = MatchScore::no_limit;
    for (unsigned i = 0; i < filter_count; ++i) {
      const unsigned filter = (favourite + i) % filter_count;
      Bytes& bytes = trial[filter];
      bytes[0] = static_cast<std::uint8_t>(filter);
      apply(filter, row, &bytes[1]);
      std::ranges::copy(bytes, out.begin() + static_cast<std::ptrdiff_t>(at));
      const std::uint64_t cost = score.judge(at, size + 1, least);
      if (cost < least) {
        least = cost;
        best = filter;
        score.keep();
      }
    }
    std::ranges::copy(trial[best], out.begin() + static_cast<std::ptrdiff_t>(at));
    score.accept(at, size + 1);
  }
}

void fixed_rows(const Raster& raster, std::uint32_t first, std::uint32_t last, unsigned filter, Bytes& out) {
  const std::size_t size = raster.row_bytes();
  const Bytes zeros(first == 0 ? size : 0);
  std::uint8_t* to = out.data();
  for (std::uint32_t y = first; y < last; ++y, to += size + 1) {
    to[0] = static_cast<std::uint8_t>(filter);
    apply(filter, row_at(raster, y, zeros), to + 1);
  }
}

}  // namespace

std::string_view name(Strategy strategy) {
  constexpr std::array<std::string_view, 10> names = {
      "none", "sub", "up", "average", "paeth", "minsum", "entropy", "bigrams", "matches", "quick-matches"};
  return names.at(static_cast<std::size_t>(strategy));
}

Bytes filter_rows(const Raster& raster, Strategy strategy, std::uint32_t first, std::uint32_t last) {
  Bytes out((raster.row_bytes() + 1) * (last - first));
  switch (strategy) {
    case Strategy::none:
    case Strategy::sub:
    case Strategy::up:
    case Strategy::average:
    case Strategy::paeth:
      fixed_rows(raster, first, last, static_cast<unsigned>(strategy), out);
      break;
    case Strategy::minsum:
      choose_rows(raster, first, last, sum_of_magnitudes, out);
      break;
    case Strategy::entropy:
      choose_rows(raster, first, last, EntropyScore(), out);
      break;
    case Strategy::bigrams:
      choose_rows(raster, first, last, BigramScore(), out);
      break;
    case Strategy::matches:
      choose_rows_in_context(raster, first, last, stretch_bytes, out);
      break;
    case Strategy::quick_matches:
      choose_rows_in_context(raster, first, last, short_lesson_bytes, out);
      break;
  }
  return out;
}

}  // namespace imgc::png
