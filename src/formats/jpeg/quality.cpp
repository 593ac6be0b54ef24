#include "formats/jpeg/quality.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "formats/jpeg/reference_steps.h"

namespace imgc::jpeg {
namespace {

// T.81, tables K.1 and K.2.
constexpr QuantTable luma_reference = {
    16, 11, 10, 16, 24,  40,  51,  61,   //
    12, 12, 14, 19, 26,  58,  60,  55,   //
    14, 13, 16, 24, 40,  57,  69,  56,   //
    14, 17, 22, 29, 51,  87,  80,  62,   //
    18, 22, 37, 56, 68,  109, 103, 77,   //
    24, 35, 55, 64, 81,  104, 113, 92,   //
    49, 64, 78, 87, 103, 121, 120, 101,  //
    72, 92, 95, 98, 112, 100, 103, 99,
};
constexpr QuantTable chroma_reference = {
    17, 18, 24, 47, 99, 99, 99, 99,  //
    18, 21, 26, 66, 99, 99, 99, 99,  //
    24, 26, 56, 99, 99, 99, 99, 99,  //
    47, 66, 99, 99, 99, 99, 99, 99,  //
    99, 99, 99, 99, 99, 99, 99, 99,  //
    99, 99, 99, 99, 99, 99, 99, 99,  //
    99, 99, 99, 99, 99, 99, 99, 99,  //
    99, 99, 99, 99, 99, 99, 99, 99,
};

constexpr int largest_step = 32767;  // libjpeg's own limit without force_baseline

constexpr const QuantTable& reference(TableKind kind) {
  return kind == TableKind::luma ? luma_reference : chroma_reference;
}

constexpr QuantTable scaled(TableKind kind, int quality, int limit) {
  const int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  QuantTable table{};
  for (std::size_t i = 0; i < table.size(); ++i)
    table[i] = static_cast<std::uint16_t>(std::clamp((reference(kind)[i] * scale + 50) / 100, 1, limit));
  return table;
}

using Logarithms = std::array<double, 64>;

// Of each step the natural logarithm. Those of 8 bits are looked up: every JPEG is asked for its quality.
Logarithms logarithms(const QuantTable& table) {
  static const auto known = [] {
    std::array<double, 256> made{};
    for (std::size_t i = 0; i < made.size(); ++i) made[i] = std::log(static_cast<double>(i));
    return made;
  }();
  Logarithms made{};
  for (std::size_t i = 0; i < table.size(); ++i)
    made[i] = table[i] < known.size() ? known[table[i]] : std::log(static_cast<double>(table[i]));
  return made;
}

// libjpeg's tables by kind and quality; [0] is not used.
constexpr std::array<QuantTable, 101> tables_by_quality(TableKind kind) {
  std::array<QuantTable, 101> all{};
  for (int quality = 1; quality <= 100; ++quality)
    all[static_cast<std::size_t>(quality)] = scaled(kind, quality, 255);
  return all;
}
constexpr std::array<QuantTable, 101> luma_tables = tables_by_quality(TableKind::luma);
constexpr std::array<QuantTable, 101> chroma_tables = tables_by_quality(TableKind::chroma);

// How fine a table is beside a shape: the mean over the positions of how many of its steps one of the shape's
// takes. Finer steps, which are those of low frequencies where tables differ, say more of what is seen.
constexpr double fineness(const QuantTable& table, const QuantTable& shape) {
  double sum = 0;
  for (std::size_t k = 0; k < table.size(); ++k)
    sum += static_cast<double>(shape[k]) / static_cast<double>(table[k]);
  return sum / static_cast<double>(table.size());
}

constexpr std::size_t middle_quality = 50;

// A way to make tables of each quality from 1 to 100, coarser the lower it is. Its shape is its tables' at
// the middle quality.
struct Family {
  QuantTable (*shape)(Channel);
  double (*fineness_of)(int quality, Channel, const QuantTable& shape);
};

// Looked up, since nearly every JPEG that is not libjpeg's to the byte is measured by these.
constexpr std::array<double, 101> fineness_by_quality(const std::array<QuantTable, 101>& tables) {
  std::array<double, 101> all{};
  for (std::size_t quality = 1; quality < all.size(); ++quality)
    all[quality] = fineness(tables[quality], tables[middle_quality]);
  return all;
}
constexpr std::array<double, 101> luma_fineness = fineness_by_quality(luma_tables);
constexpr std::array<double, 101> chroma_fineness = fineness_by_quality(chroma_tables);

constexpr Family libjpeg_family = {
    [](Channel channel) { return libjpeg_table(channel.kind, middle_quality); },
    [](int quality, Channel channel, const QuantTable&) {
      return (channel.kind == TableKind::luma ? luma_fineness
                                              : chroma_fineness)[static_cast<std::size_t>(quality)];
    }};

constexpr Family own_family = {
    [](Channel channel) { return reference_table(channel, scale_of_quality(middle_quality)); },
    [](int quality, Channel channel, const QuantTable& shape) {
      return fineness(reference_table(channel, scale_of_quality(quality)), shape);
    }};

// Given tables beside those of a family.
class Comparison {
 public:
  Comparison(std::span<const UsedTable> tables, const Family& family) : tables_(tables), family_(family) {
    for (const UsedTable& used : tables) shapes_.push_back(family.shape(used.channel));
  }

  // How much the shape of the tables differs from the family's: the variance of the logarithm of their ratio.
  [[nodiscard]] double misfit() const {
    double sum = 0;
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      Logarithms ratios = logarithms(*tables_[i].table);
      const Logarithms own = logarithms(shapes_[i]);
      for (std::size_t k = 0; k < ratios.size(); ++k) ratios[k] -= own[k];
      const double mean =
          std::accumulate(ratios.begin(), ratios.end(), 0.0) / static_cast<double>(ratios.size());
      for (const double ratio : ratios)
        sum += (ratio - mean) * (ratio - mean) / static_cast<double>(ratios.size());
    }
    return sum;
  }

  // The quality whose tables are as coarse as these, to the nearest.
  [[nodiscard]] int quality() const {
    const double given = coarseness([&](std::size_t i) { return fineness(*tables_[i].table, shapes_[i]); });
    int low = 1;
    int high = 100;
    while (high - low > 1) {
      const int middle = (low + high) / 2;
      (coarseness_of(middle) > given ? low : high) = middle;
    }
    return std::abs(coarseness_of(low) - given) <= std::abs(coarseness_of(high) - given) ? low : high;
  }

 private:
  static constexpr double luma_weight = 3;

  [[nodiscard]] double coarseness_of(int quality) const {
    return coarseness(
        [&](std::size_t i) { return family_.fineness_of(quality, tables_[i].channel, shapes_[i]); });
  }

  // The weighted mean of the inverse of each table's fineness.
  template <class Fineness>
  [[nodiscard]] double coarseness(Fineness fineness_at) const {
    double sum = 0;
    double weights = 0;
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      const double weight = tables_[i].channel.kind == TableKind::luma ? luma_weight : 0.5;
      sum += weight / fineness_at(i);
      weights += weight;
    }
    return sum / weights;
  }

  std::span<const UsedTable> tables_;
  const Family& family_;
  std::vector<QuantTable> shapes_;
};

// libjpeg writes steps above 255 when it is not told to stay baseline; below quality 25 it then has some.
std::optional<int> quality_of_16_bit_tables(std::span<const UsedTable> tables) {
  const bool wide = std::ranges::any_of(tables, [](const UsedTable& used) {
    return std::ranges::any_of(*used.table, [](auto q) { return q > 255; });
  });
  for (int quality = 1; wide && quality < 25; ++quality)
    if (std::ranges::all_of(tables, [&](const UsedTable& used) {
          return *used.table == scaled(used.channel.kind, quality, largest_step);
        }))
      return quality;
  return std::nullopt;
}

std::optional<int> exact_quality(std::span<const UsedTable> tables) {
  const auto matches = [&](int quality) {
    return std::ranges::all_of(tables, [&](const UsedTable& used) {
      return *used.table == libjpeg_table(used.channel.kind, quality);
    });
  };
  for (int quality = 1; quality <= 100; ++quality)
    if (matches(quality)) return quality;
  return quality_of_16_bit_tables(tables);
}

}  // namespace

const QuantTable& libjpeg_table(TableKind kind, int quality) {
  const auto index = static_cast<std::size_t>(std::clamp(quality, 1, 100));
  return kind == TableKind::luma ? luma_tables[index] : chroma_tables[index];
}

std::optional<int> estimate_quality(std::span<const UsedTable> tables) {
  if (tables.empty()) return std::nullopt;
  if (const auto quality = exact_quality(tables)) return quality;
  const Comparison libjpeg(tables, libjpeg_family);
  const Comparison own(tables, own_family);
  // Of jpegli's tables imgc's come within 0.39, which tells their quality; of mozjpeg's usual ones, at 0.67,
  // none does, and libjpeg's then come nearer to what they score.
  constexpr double alike = 0.5;
  const double misfit = own.misfit();
  return (misfit < alike && misfit < libjpeg.misfit() ? own : libjpeg).quality();
}

}  // namespace imgc::jpeg
