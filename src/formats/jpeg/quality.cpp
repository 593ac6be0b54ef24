#include "formats/jpeg/quality.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

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
constexpr std::int64_t luma_weight = 3;

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

// The sum of the steps, each relative to annex K's.
constexpr std::int64_t coarseness(TableKind kind, const QuantTable& table) {
  constexpr std::int64_t one = 1 << 16;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < table.size(); ++i) sum += table[i] * (one / reference(kind)[i]);
  return sum;
}

// Of libjpeg's tables, by quality; [0] is not used.
constexpr std::array<std::int64_t, 101> coarseness_by_quality(TableKind kind) {
  std::array<std::int64_t, 101> all{};
  for (int quality = 1; quality <= 100; ++quality)
    all[static_cast<std::size_t>(quality)] = coarseness(kind, scaled(kind, quality, 255));
  return all;
}
constexpr std::array<std::int64_t, 101> luma_coarseness = coarseness_by_quality(TableKind::luma);
constexpr std::array<std::int64_t, 101> chroma_coarseness = coarseness_by_quality(TableKind::chroma);

// The means over the components of each kind, in one figure.
std::int64_t combined(std::int64_t luma, std::int64_t chroma, bool has_luma, bool has_chroma) {
  if (!has_chroma) return luma;
  if (!has_luma) return chroma;
  return (luma_weight * luma + chroma) / (luma_weight + 1);
}

// libjpeg writes steps above 255 when it is not told to stay baseline; below quality 25 it then has some.
std::optional<int> quality_of_16_bit_tables(std::span<const UsedTable> tables) {
  const bool wide = std::ranges::any_of(tables, [](const UsedTable& used) {
    return std::ranges::any_of(*used.table, [](auto q) { return q > 255; });
  });
  for (int quality = 1; wide && quality < 25; ++quality)
    if (std::ranges::all_of(tables, [&](const UsedTable& used) {
          return *used.table == scaled(used.kind, quality, largest_step);
        }))
      return quality;
  return std::nullopt;
}

}  // namespace

QuantTable libjpeg_table(TableKind kind, int quality) {
  return scaled(kind, std::clamp(quality, 1, 100), 255);
}

std::optional<int> estimate_quality(std::span<const UsedTable> tables) {
  if (tables.empty()) return std::nullopt;
  if (const auto quality = quality_of_16_bit_tables(tables)) return quality;
  std::int64_t luma = 0;
  std::int64_t chroma = 0;
  std::int64_t lumas = 0;
  std::int64_t chromas = 0;
  for (const UsedTable& used : tables) {
    const bool is_luma = used.kind == TableKind::luma;
    (is_luma ? luma : chroma) += coarseness(used.kind, *used.table);
    ++(is_luma ? lumas : chromas);
  }
  if (lumas > 0) luma /= lumas;
  if (chromas > 0) chroma /= chromas;
  const std::int64_t given = combined(luma, chroma, lumas > 0, chromas > 0);
  int nearest = 1;
  std::int64_t nearest_distance = INT64_MAX;
  for (int quality = 1; quality <= 100; ++quality) {
    const auto index = static_cast<std::size_t>(quality);
    const std::int64_t distance =
        std::abs(given - combined(luma_coarseness[index], chroma_coarseness[index], lumas > 0, chromas > 0));
    if (distance < nearest_distance) {
      nearest = quality;
      nearest_distance = distance;
    }
  }
  return nearest;
}

}  // namespace imgc::jpeg
