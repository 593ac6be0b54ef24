#include "deflate/header.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "deflate/huffman.h"

namespace imgc::deflate {
namespace {

constexpr unsigned longest_length_code = 7;
constexpr unsigned repeat = 16;       // the last length, 3 to 6 times
constexpr unsigned short_zeros = 17;  // 3 to 10
constexpr unsigned long_zeros = 18;   // 11 to 138
// In which the lengths of the code lengths' code stand.
constexpr std::array<std::uint8_t, 19> order = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                11, 4,  12, 3, 13, 2, 14, 1, 15};
constexpr unsigned rounds = 4;

struct RunKind {
  unsigned symbol;
  unsigned least;
  unsigned most;
  unsigned extra_bits;
};
constexpr RunKind repeats = {repeat, 3, 6, 2};
constexpr RunKind few_zeros = {short_zeros, 3, 10, 3};
constexpr RunKind many_zeros = {long_zeros, 11, 138, 7};

unsigned extra_bits(unsigned symbol) {
  if (symbol == repeat) return repeats.extra_bits;
  if (symbol == short_zeros) return few_zeros.extra_bits;
  return symbol == long_zeros ? many_zeros.extra_bits : 0;
}

constexpr std::size_t most_lengths = literal_symbols + distance_symbols;

// Which of the places that a long run of zeros may end at has the least cost, the nearest of equals. The run
// begins further and further to the left, so each place comes and goes once.
class NearestCheapest {
 public:
  void clear() { head_ = tail_ = 0; }
  void add(std::size_t place, std::span<const std::uint32_t> cost) {
    while (tail_ > head_ && cost[place] <= cost[places_[tail_ - 1]]) --tail_;
    places_[tail_++] = static_cast<std::uint16_t>(place);
  }
  // None may lie beyond `last`.
  std::size_t find(std::size_t last) {
    while (places_[head_] > last) ++head_;
    return places_[head_];
  }

 private:
  std::array<std::uint16_t, most_lengths + 1> places_;
  std::size_t head_ = 0;
  std::size_t tail_ = 0;
};

unsigned used_count(std::span<const std::uint8_t> lengths, unsigned least) {
  auto count = static_cast<unsigned>(lengths.size());
  while (count > least && lengths[count - 1] == 0) --count;
  return count;
}

}  // namespace

Header::Header(const CodeLengths& lengths)
    : literal_count_(used_count(std::span(lengths.literals).first(literal_symbols), first_length)),
      distance_count_(used_count(std::span(lengths.distances).first(distance_symbols), 1)) {
  std::array<std::uint8_t, literal_symbols + distance_symbols> all;
  const auto end = std::copy_n(lengths.literals.begin(), literal_count_, all.begin());
  std::copy_n(lengths.distances.begin(), distance_count_, end);
  const std::span said = std::span(all).first(literal_count_ + distance_count_);
  Prices prices;
  prices.fill(4);
  std::fill(prices.begin() + repeat, prices.end(), 3U);
  for (unsigned round = 0; round < rounds; ++round) {
    const Prices last = std::exchange(prices, consider(choose_runs(said, prices)));
    if (prices == last) break;
  }
}

// A shortest path from the end, as in the parser.
std::vector<Header::Run> Header::choose_runs(std::span<const std::uint8_t> lengths, const Prices& prices) {
  std::array<std::uint32_t, most_lengths + 1> cost;
  std::array<std::uint16_t, most_lengths + 1> equal;  // how many from here on are the same
  std::array<Run, most_lengths> step;
  NearestCheapest ends;  // of long runs of zeros
  cost[lengths.size()] = 0;
  equal[lengths.size()] = 0;
  for (std::size_t i = lengths.size(); i-- > 0;) {
    const bool continues = i + 1 < lengths.size() && lengths[i + 1] == lengths[i];
    equal[i] = static_cast<std::uint16_t>(continues ? equal[i + 1] + 1 : 1);
    cost[i] = cost[i + 1] + prices[lengths[i]];
    step[i] = {lengths[i], 0, 1};
    const auto try_run = [&](const RunKind& kind, unsigned count) {
      const std::uint32_t price = prices[kind.symbol] + kind.extra_bits;
      if (cost[i + count] + price >= cost[i]) return;
      cost[i] = cost[i + count] + price;
      step[i] = {static_cast<std::uint8_t>(kind.symbol), static_cast<std::uint8_t>(count - kind.least),
                 static_cast<std::uint8_t>(count)};
    };
    const auto try_runs = [&](const RunKind& kind) {
      for (unsigned count = kind.least; count <= std::min<unsigned>(kind.most, equal[i]); ++count)
        try_run(kind, count);
    };
    if (lengths[i] == 0) {
      try_runs(few_zeros);
      if (equal[i] == 1) ends.clear();
      if (equal[i] >= many_zeros.least) {
        ends.add(i + many_zeros.least, cost);
        try_run(many_zeros, static_cast<unsigned>(ends.find(i + many_zeros.most) - i));
      }
    }
    if (i > 0 && lengths[i - 1] == lengths[i]) try_runs(repeats);
  }
  std::vector<Run> runs;
  for (std::size_t i = 0; i < lengths.size(); i += step[i].covers) runs.push_back(step[i]);
  return runs;
}

Header::Prices Header::consider(std::vector<Run> runs) {
  std::array<std::uint32_t, symbols> counts = {};
  std::uint32_t bits = 14;  // the three counts
  for (const Run& run : runs) {
    ++counts[run.symbol];
    bits += extra_bits(run.symbol);
  }
  std::array<std::uint8_t, symbols> lengths;
  set_code_lengths(counts, longest_length_code, lengths);
  // Some decoders want a complete code even where one symbol would do.
  if (std::ranges::count(lengths, 0) == symbols - 1) lengths[lengths[0] == 0 ? 0 : 1] = 1;
  unsigned length_count = symbols;
  while (length_count > 4 && lengths[order[length_count - 1]] == 0) --length_count;
  bits += 3 * length_count;
  Prices prices;
  for (unsigned i = 0; i < symbols; ++i) {
    bits += counts[i] * lengths[i];
    prices[i] = lengths[i] == 0 ? longest_length_code : lengths[i];
  }
  if (bits < bits_) {
    bits_ = bits;
    length_count_ = length_count;
    code_lengths_ = lengths;
    runs_ = std::move(runs);
  }
  return prices;
}

void Header::write(BitWriter& out) const {
  out.put(literal_count_ - first_length, 5);
  out.put(distance_count_ - 1, 5);
  out.put(length_count_ - 4, 4);
  for (unsigned i = 0; i < length_count_; ++i) out.put(code_lengths_[order[i]], 3);
  std::array<std::uint16_t, symbols> codes = {};
  set_codes(code_lengths_, codes);
  for (const Run& run : runs_) {
    out.put(codes[run.symbol], code_lengths_[run.symbol]);
    out.put(run.extra, extra_bits(run.symbol));
  }
}

}  // namespace imgc::deflate
