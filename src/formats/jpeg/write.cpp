#include "formats/jpeg/write.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "formats/jpeg/huffman.h"
#include "formats/jpeg/markers.h"
#include "formats/jpeg/scan.h"

namespace imgc::jpeg {
namespace {

constexpr std::uint8_t ac_class = 0x10;

void append_marker(Bytes& out, std::uint8_t code) {
  out.push_back(0xFF);
  out.push_back(code);
}

void append16(Bytes& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8U));
  out.push_back(static_cast<std::uint8_t>(value));
}

// The tables that the components use, each once, and which of them each component uses.
struct QuantSlots {
  std::vector<QuantTable> tables;
  std::vector<std::uint8_t> slots;

  explicit QuantSlots(const std::vector<Component>& components) {
    for (const Component& component : components) {
      const auto found = std::ranges::find(tables, component.quant);
      slots.push_back(static_cast<std::uint8_t>(found - tables.begin()));
      if (found == tables.end()) tables.push_back(component.quant);
    }
  }
  static bool wide(const QuantTable& table) {
    return std::ranges::any_of(table, [](std::uint16_t step) { return step > 255; });
  }
  [[nodiscard]] bool any_wide() const { return std::ranges::any_of(tables, wide); }
};

void append_quant_tables(Bytes& out, const QuantSlots& quant) {
  append_marker(out, marker::dqt);
  const std::size_t length_at = out.size();
  append16(out, 0);
  for (std::size_t slot = 0; slot < quant.tables.size(); ++slot) {
    const QuantTable& table = quant.tables[slot];
    const bool wide = QuantSlots::wide(table);
    out.push_back(static_cast<std::uint8_t>((wide ? 0x10U : 0U) | slot));
    for (const std::uint8_t position : zigzag) {
      if (wide) out.push_back(static_cast<std::uint8_t>(table[position] >> 8U));
      out.push_back(static_cast<std::uint8_t>(table[position]));
    }
  }
  const std::size_t length = out.size() - length_at;
  out[length_at] = static_cast<std::uint8_t>(length >> 8U);
  out[length_at + 1] = static_cast<std::uint8_t>(length);
}

void append_frame(Bytes& out, const Coefficients& coefficients, const QuantSlots& quant, Coding coding) {
  // Baseline allows 8-bit quantisation tables only (T.81, table B.4).
  append_marker(out, coding == Coding::progressive ? marker::sof2
                     : quant.any_wide()            ? marker::sof1
                                                   : marker::sof0);
  const auto& components = coefficients.components();
  append16(out, 8 + 3 * components.size());
  out.push_back(8);
  append16(out, coefficients.height());
  append16(out, coefficients.width());
  out.push_back(static_cast<std::uint8_t>(components.size()));
  for (std::size_t i = 0; i < components.size(); ++i) {
    out.push_back(components[i].id);
    out.push_back(static_cast<std::uint8_t>(components[i].h << 4U | components[i].v));
    out.push_back(quant.slots[i]);
  }
}

using Tables = std::array<HuffmanTable, table_count>;

// Where the decoder is to keep a table of dc_table's and ac_table's numbering, with its class.
constexpr std::uint8_t destination(std::size_t table) {
  return static_cast<std::uint8_t>(table < 2 ? table : ac_class | (table - 2));
}

// Gives up a part of the code space of the table at `index` where that saves more stuffed zeros than it costs
// bits. Without it one byte of 300 is FF; with it, files are 0.08 % smaller.
void save_stuffing(const TokenStore& store, Tables& tables, std::size_t index) {
  const Histogram& histogram = store.histograms()[index];
  const auto symbols = std::accumulate(histogram.begin(), histogram.end(), std::uint64_t{0});
  const auto bits = [&] {
    return coded_bits(tables[index], histogram).value_or(0) + 8 * stuffed_zeros(store, tables);
  };
  HuffmanTable best = tables[index];
  std::uint64_t least = bits();
  for (const unsigned share : {1000, 500, 250, 120}) {
    if (symbols < share) break;
    tables[index] = optimal_table(histogram, static_cast<std::uint32_t>(symbols / share));
    if (const std::uint64_t now = bits(); now < least) {
      least = now;
      best = tables[index];
    }
  }
  tables[index] = std::move(best);
}

// Brings `current`, the tables that the decoder has, to what serves the scan best: one that it has stays when
// a better one would not earn back its own bytes. Appends the new ones.
void update_tables(Bytes& out, const TokenStore& store, Tables& current) {
  std::array<bool, table_count> is_new{};
  std::size_t length = 2;
  for (std::size_t i = 0; i < current.size(); ++i) {
    const Histogram& histogram = store.histograms()[i];
    HuffmanTable best = optimal_table(histogram);
    if (best.symbols.empty()) continue;
    const auto best_bits = coded_bits(best, histogram).value_or(0);
    const auto present_bits = coded_bits(current[i], histogram);
    if (present_bits && *present_bits <= best_bits + 8 * best.segment_bytes()) continue;
    is_new[i] = true;
    length += 1 + best.segment_bytes();
    current[i] = std::move(best);
  }
  if (length == 2) return;
  for (std::size_t i = 0; i < current.size(); ++i)
    if (is_new[i]) save_stuffing(store, current, i);
  append_marker(out, marker::dht);
  append16(out, length);
  for (std::size_t i = 0; i < current.size(); ++i) {
    if (!is_new[i]) continue;
    out.push_back(destination(i));
    out.insert(out.end(), current[i].counts.begin() + 1, current[i].counts.end());
    out.insert(out.end(), current[i].symbols.begin(), current[i].symbols.end());
  }
}

void append_scan_header(Bytes& out, const Coefficients& coefficients, const Scan& scan) {
  append_marker(out, marker::sos);
  append16(out, 6 + 2 * scan.components.size());
  out.push_back(static_cast<std::uint8_t>(scan.components.size()));
  for (const std::uint8_t index : scan.components) {
    const Component& component = coefficients.components()[index];
    const unsigned dc = scan.from == 0 ? dc_table(component.kind) : 0;
    const unsigned ac = scan.to > 0 ? destination(ac_table(component.kind)) & 15U : 0;
    out.push_back(component.id);
    out.push_back(static_cast<std::uint8_t>(dc << 4U | ac));
  }
  out.push_back(scan.from);
  out.push_back(scan.to);
  out.push_back(static_cast<std::uint8_t>(scan.high << 4U | scan.low));
}

bool code_scan(std::span<const Plane> planes, const Scan& scan, Mcus size, TokenStore& store) {
  store.clear();
  if (scan.from > 0) return code_ac(planes[scan.components[0]], scan, store);
  if (scan.to > 0) return code_sequential(planes, scan, size, store);
  return code_dc(planes, scan, size, store);
}

}  // namespace

Result<std::optional<Bytes>> write(const Coefficients& coefficients, Coding coding, Search search,
                                   ByteView head, std::size_t bound) {
  std::vector<Plane> planes;
  for (const Component& component : coefficients.components()) planes.push_back(make_plane(component));
  constexpr std::size_t tables_and_frame = 1024;
  Bytes out;
  out.reserve(tables_and_frame + head.size());
  append_marker(out, marker::soi);
  out.insert(out.end(), head.begin(), head.end());
  const QuantSlots quant(coefficients.components());
  append_quant_tables(out, quant);
  append_frame(out, coefficients, quant, coding);
  const std::vector<Scan> script = coding == Coding::sequential
                                       ? sequential_script(coefficients)
                                       : progressive_script(coefficients, planes, search);
  TokenStore store;
  Tables tables;
  for (const Scan& scan : script) {
    if (!code_scan(planes, scan, mcus(coefficients), store))
      return fail(ErrorCode::unsupported, "the JPEG has coefficients beyond the range of 8-bit samples");
    update_tables(out, store, tables);
    append_scan_header(out, coefficients, scan);
    if (out.size() + coded_bits(store, tables) / 8 > bound) return std::nullopt;
    append_coded(out, store, tables);
  }
  append_marker(out, marker::eoi);
  if (out.size() > bound) return std::nullopt;
  return out;
}

std::uint64_t writing_bytes(std::uint64_t pixels, std::uint64_t coefficients, Coding coding, Search search) {
  // Masks and DC take 10 bytes a block of 64; of noise each coefficient makes a token, and is of the only
  // scan, or of one of a component's.
  const std::uint64_t scan = coding == Coding::sequential ? coefficients : pixels;
  return coefficients * 10 / 64 + scan * sizeof(Token) + script_bytes(search);
}

}  // namespace imgc::jpeg
