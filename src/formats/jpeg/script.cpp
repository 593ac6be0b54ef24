#include "formats/jpeg/script.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <tuple>

namespace imgc::jpeg {
namespace {

constexpr std::size_t dht_overhead = 5;  // marker, length, and the table's class and place
constexpr std::size_t sos_bytes = 10;    // of a scan of one component

// How one component's AC is cut: into bands that end where the list says, with `low` bits left for later
// scans over all of it.
struct Cut {
  std::vector<std::uint8_t> ends;
  std::uint8_t low = 0;
};

// In the order of preference among equals. Found by what wins over real images of quality 50 to 100.
std::vector<Cut> cuts(TableKind kind, Search search) {
  const bool luma = kind == TableKind::luma;
  if (search == Search::none) return {luma ? Cut{{8, 63}, 0} : Cut{{63}, 0}};
  std::vector<Cut> all = {{{8, 63}, 1}, {{63}, 0}, {{63}, 1}};
  if (luma) all = {{{8, 63}, 1}, {{8, 63}, 0}, {{5, 63}, 2}};
  if (search == Search::quick) return all;
  all.insert(all.end(),
             {{{2, 63}, 0}, {{5, 63}, 1}, {{2, 8, 63}, 0}, {{2, 8, 63}, 1}, {{63}, 2}, {{8, 63}, 2}});
  if (luma) all.insert(all.end(), {{{63}, 0}, {{63}, 1}});
  if (search == Search::normal) return all;
  all.insert(all.end(), {{{1, 5, 63}, 0},
                         {{1, 3, 8, 63}, 0},
                         {{12, 63}, 0},
                         {{12, 63}, 1},
                         {{18, 63}, 1},
                         {{5, 18, 63}, 0},
                         {{5, 18, 63}, 1},
                         {{2, 63}, 1},
                         {{2, 63}, 2},
                         {{18, 63}, 2},
                         {{8, 63}, 3}});
  return all;
}

std::vector<Scan> scans_of(const Cut& cut, std::uint8_t component) {
  std::vector<Scan> scans;
  std::uint8_t from = 1;
  for (const std::uint8_t end : cut.ends) {
    scans.push_back({{component}, from, end, 0, cut.low});
    from = static_cast<std::uint8_t>(end + 1);
  }
  for (std::uint8_t low = cut.low; low > 0; --low)
    scans.push_back({{component}, 1, 63, low, static_cast<std::uint8_t>(low - 1)});
  return scans;
}

// A scan in the file without its header: tables and entropy-coded segment, give or take the stuffed zeros.
// The symbols stand for `times` as many.
std::size_t scan_bytes(const TokenCounter& counter, std::uint32_t times) {
  std::uint64_t bits = counter.extra_bits();
  std::size_t tables = 0;
  for (const Histogram& histogram : counter.histograms()) {
    const HuffmanTable table = optimal_table(histogram);
    if (table.symbols.empty()) continue;
    bits += coded_bits(table, histogram).value_or(0);
    tables += dht_overhead + table.segment_bytes();
  }
  return tables + (bits * times + 7) / 8;
}

// Every `step`-th row of a plane's blocks, to judge the whole by.
class Sample {
 public:
  Sample(const Plane& whole, std::uint32_t step) : step_(step) {
    const Component& from = *whole.component;
    component_.kind = from.kind;
    component_.blocks_wide = from.blocks_wide;
    for (std::uint32_t y = step / 2; y < from.blocks_high; y += step) {
      component_.rows.push_back(from.rows[y]);
      const auto row = whole.nonzero.begin() + static_cast<std::ptrdiff_t>(whole.index(0, y));
      plane_.nonzero.insert(plane_.nonzero.end(), row, row + from.blocks_wide);
    }
    component_.blocks_high = static_cast<std::uint32_t>(component_.rows.size());
    plane_.component = &component_;
  }
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;
  ~Sample() = default;

  // About the cost of the scan over the whole plane.
  [[nodiscard]] std::size_t cost(const Scan& scan) const {
    TokenCounter counter;
    code_ac(plane_, scan, counter);
    return scan_bytes(counter, step_) + sos_bytes;
  }

 private:
  std::uint32_t step_;
  Component component_;
  Plane plane_;
};

std::uint32_t sampling_step(const Plane& plane, Search search) {
  constexpr std::uint32_t enough_rows = 16;
  std::uint32_t step = 1;
  switch (search) {
    case Search::none:
    case Search::quick:
      step = 8;
      break;
    case Search::normal:
      step = 4;
      break;
    case Search::thorough:
      step = 2;
      break;
    case Search::full:
      break;
  }
  return std::clamp(plane.component->blocks_high / enough_rows, std::uint32_t{1}, step);
}

std::vector<Scan> best_ac_scans(const Plane& plane, std::uint8_t component, Search search) {
  constexpr std::size_t few_blocks = 2500;  // over which trying costs next to nothing
  if (search == Search::quick && plane.nonzero.size() <= few_blocks) search = Search::normal;
  const std::vector<Cut> all = cuts(plane.component->kind, search);
  if (all.size() == 1) return scans_of(all.front(), component);
  const Sample sample(plane, sampling_step(plane, search));
  // Cuts share scans.
  std::map<std::tuple<std::uint8_t, std::uint8_t, std::uint8_t, std::uint8_t>, std::size_t> costs;
  std::vector<Scan> best;
  std::size_t best_cost = std::numeric_limits<std::size_t>::max();
  for (const Cut& cut : all) {
    std::vector<Scan> scans = scans_of(cut, component);
    std::size_t cost = 0;
    for (const Scan& scan : scans) {
      const auto [known, is_new] = costs.try_emplace({scan.from, scan.to, scan.high, scan.low}, 0);
      if (is_new) known->second = sample.cost(scan);
      cost += known->second;
    }
    if (cost < best_cost) {
      best = std::move(scans);
      best_cost = cost;
    }
  }
  return best;
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

// What is shown first comes first: DC, then each component's first band, its further bands, finer bits.
std::tuple<bool, int, int, std::uint8_t> place(const Scan& scan) {
  const bool later = scan.high > 0;
  return {later, later ? -int{scan.high} : int{scan.from > 0}, scan.from > 1 ? 1 : 0, scan.components[0]};
}

}  // namespace

std::vector<Scan> progressive_script(const Coefficients& coefficients, std::span<const Plane> planes,
                                     Search search) {
  // DC with its last bit in a scan of its own was never smaller over real images.
  const Scan dc{all_components(coefficients), 0, 0, 0, 0};
  std::vector<Scan> script = can_interleave(coefficients) ? std::vector{dc} : split(dc);
  for (std::size_t i = 0; i < planes.size(); ++i)
    for (Scan& scan : best_ac_scans(planes[i], static_cast<std::uint8_t>(i), search))
      script.push_back(std::move(scan));
  std::ranges::stable_sort(script, {}, place);
  return script;
}

std::vector<Scan> sequential_script(const Coefficients& coefficients) {
  const Scan whole{all_components(coefficients), 0, 63, 0, 0};
  return can_interleave(coefficients) ? std::vector{whole} : split(whole);
}

}  // namespace imgc::jpeg
