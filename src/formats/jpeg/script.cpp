#include "formats/jpeg/script.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "formats/jpeg/band_costs.h"

namespace imgc::jpeg {
namespace {

// A scan in the file, give or take the stuffed zeros and tables that it need not send again.
std::size_t scan_bytes(const TokenCounter& counter, std::size_t components) {
  std::uint64_t bits = counter.extra_bits();
  std::size_t bytes = 8 + 2 * components;  // SOS
  for (const Histogram& histogram : counter.histograms()) {
    const HuffmanTable table = optimal_table(histogram);
    if (table.symbols.empty()) continue;
    bits += coded_bits(table, histogram).value_or(0);
    bytes += 5 + table.segment_bytes();  // DHT with its marker, length, class and place
  }
  return bytes + (bits + 7) / 8;
}

// Where the AC of a component may be cut into bands.
std::vector<std::uint8_t> starts_for(Search search) {
  switch (search) {
    case Search::none:
      break;
    case Search::quick:
      return {1, 2, 3, 6, 9, 13};
    case Search::normal:
      return {1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 16, 20, 28};
    case Search::thorough:
      return {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 21, 24, 28, 32, 40};
    case Search::full:
      return {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
              21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 32, 34, 36, 38, 40, 43, 46, 50, 54};
  }
  return {};
}

std::uint32_t sampling_step(const Plane& plane, Search search) {
  constexpr std::uint32_t enough_rows = 64;
  const std::uint32_t most = search == Search::quick ? 8 : search == Search::normal ? 4 : 1;
  return std::clamp(plane.component->blocks_high / enough_rows, std::uint32_t{1}, most);
}

// The cheapest way to cut any run of segments into scans of one kind.
class Partition {
 public:
  Partition(const BandCosts& costs, unsigned low, bool refining)
      : costs_(costs), low_(low), refining_(refining), cuts_(costs.segments() * costs.segments()) {
    for (std::size_t last = 0; last < costs.segments(); ++last) {
      for (std::size_t first = last + 1; first-- > 0;) {
        Cut& best = cut(first, last);
        best = {costs.bytes(first, last, low, refining), last};
        for (std::size_t middle = first; middle < last; ++middle) {
          const std::size_t bytes = costs.bytes(first, middle, low, refining) + cut(middle + 1, last).bytes;
          if (bytes < best.bytes) best = {bytes, middle};
        }
      }
    }
  }

  [[nodiscard]] std::size_t bytes(std::size_t first, std::size_t last) const {
    return cut(first, last).bytes;
  }

  void append(std::vector<Scan>& scans, std::uint8_t component, std::size_t first, std::size_t last) const {
    const auto high = static_cast<std::uint8_t>(refining_ ? low_ + 1 : 0);
    while (first <= last) {
      const std::size_t end = cut(first, last).end;
      scans.push_back(
          {{component}, costs_.from(first), costs_.to(end), high, static_cast<std::uint8_t>(low_)});
      first = end + 1;
    }
  }

 private:
  struct Cut {
    std::size_t bytes = 0;
    std::size_t end = 0;  // the last segment of the first scan
  };
  [[nodiscard]] const Cut& cut(std::size_t first, std::size_t last) const {
    return cuts_[first * costs_.segments() + last];
  }
  [[nodiscard]] Cut& cut(std::size_t first, std::size_t last) {
    return cuts_[first * costs_.segments() + last];
  }

  const BandCosts& costs_;
  unsigned low_;
  bool refining_;
  std::vector<Cut> cuts_;
};

// The cheapest script of a component's AC: runs of segments that leave equally many low bits for later, each
// run cut into scans as suits its high bits, and again as suits each low bit.
class AcScript {
 public:
  explicit AcScript(const BandCosts& costs) : segments_(costs.segments()), ways_(segments_ + 1) {
    for (unsigned low = 0; low <= most_low; ++low) first_.emplace_back(costs, low, false);
    for (unsigned low = 0; low < most_low; ++low) later_.emplace_back(costs, low, true);
    ways_.back().bytes = 0;
    for (std::size_t first = segments_; first-- > 0;)
      for (std::size_t last = first; last < segments_; ++last) consider(first, last);
  }

  [[nodiscard]] std::vector<Scan> scans(std::uint8_t component) const {
    std::vector<Scan> scans;
    for (std::size_t first = 0; first < segments_; first = ways_[first].last + 1) {
      const Way& way = ways_[first];
      first_[way.low].append(scans, component, first, way.last);
      for (unsigned low = way.low; low-- > 0;) later_[low].append(scans, component, first, way.last);
    }
    return scans;
  }

 private:
  // From a segment to the end of the block.
  struct Way {
    std::size_t bytes = std::numeric_limits<std::size_t>::max();
    std::size_t last = 0;  // segment of the first run
    unsigned low = 0;      // bits that this run leaves
  };

  void consider(std::size_t first, std::size_t last) {
    std::size_t later = ways_[last + 1].bytes;
    for (unsigned low = 0; low <= most_low; ++low) {
      if (low > 0) later += later_[low - 1].bytes(first, last);
      const std::size_t bytes = first_[low].bytes(first, last) + later;
      if (bytes < ways_[first].bytes) ways_[first] = {bytes, last, low};
    }
  }

  std::size_t segments_;
  std::vector<Partition> first_;  // by `low`
  std::vector<Partition> later_;
  std::vector<Way> ways_;
};

std::vector<Scan> best_ac_scans(const Plane& plane, std::uint8_t component, Search search) {
  if (search == Search::none) {
    if (plane.component->kind == TableKind::chroma) return {{{component}, 1, 63, 0, 0}};
    return {{{component}, 1, 8, 0, 0}, {{component}, 9, 63, 0, 0}};
  }
  const BandCosts costs(plane, starts_for(search), sampling_step(plane, search));
  return AcScript(costs).scans(component);
}

// Components apart, when they can't be interleaved.
std::vector<Scan> split(const Scan& scan) {
  std::vector<Scan> scans;
  for (const std::uint8_t component : scan.components) {
    Scan one = scan;
    one.components = {component};
    scans.push_back(one);
  }
  return scans;
}

std::vector<std::uint8_t> all_components(const Coefficients& coefficients) {
  std::vector<std::uint8_t> all(coefficients.components().size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint8_t>(i);
  return all;
}

// Together, luma apart from the rest, or each apart: blocks of one component alone come row by row, and are
// then more alike their neighbours. DC with its last bit in a scan of its own was never smaller.
std::vector<Scan> best_dc_scans(const Coefficients& coefficients, std::span<const Plane> planes,
                                Search search) {
  const Scan all{all_components(coefficients), 0, 0, 0, 0};
  if (!can_interleave(coefficients)) return split(all);
  if (planes.size() == 1 || search == Search::none || search == Search::quick) return {all};
  std::vector<std::vector<Scan>> ways = {{all}, split(all)};
  if (planes.size() == 3) ways.push_back({{{0}, 0, 0, 0, 0}, {{1, 2}, 0, 0, 0, 0}});
  TokenStore store;
  return *std::ranges::min_element(ways, {}, [&](const std::vector<Scan>& way) {
    std::size_t bytes = 0;
    for (const Scan& scan : way) {
      store.clear();
      code_dc(planes, scan, mcus(coefficients), store);
      bytes += scan_bytes(store, scan.components.size());
    }
    return bytes;
  });
}

// What is shown first comes first: DC, then each component's first band, its further bands, finer bits.
std::tuple<bool, int, int, std::uint8_t> place(const Scan& scan) {
  const bool later = scan.high > 0;
  return {later, later ? -int{scan.high} : int{scan.from > 0}, scan.from > 1 ? 1 : 0, scan.components[0]};
}

}  // namespace

std::vector<Scan> progressive_script(const Coefficients& coefficients, std::span<const Plane> planes,
                                     Search search) {
  std::vector<Scan> script = best_dc_scans(coefficients, planes, search);
  for (std::size_t i = 0; i < planes.size(); ++i)
    for (Scan& scan : best_ac_scans(planes[i], static_cast<std::uint8_t>(i), search))
      script.push_back(std::move(scan));
  std::ranges::stable_sort(script, {}, place);
  return script;
}

std::uint64_t script_bytes(Search search) {
  const std::uint64_t segments = starts_for(search).size();
  return segments * segments * BandCosts::bytes_a_band;
}

std::vector<Scan> sequential_script(const Coefficients& coefficients) {
  const Scan whole{all_components(coefficients), 0, 63, 0, 0};
  return can_interleave(coefficients) ? std::vector{whole} : split(whole);
}

}  // namespace imgc::jpeg
