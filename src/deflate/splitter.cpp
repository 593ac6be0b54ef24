#include "deflate/splitter.h"

#include <algorithm>
#include <limits>

#include "deflate/cost_model.h"

namespace imgc::deflate {
namespace {

// Blocks end at multiples of a chunk: fine enough, and the square of their number is affordable.
struct Chunks {
  std::size_t most;
  std::size_t tokens;  // of one
};
constexpr Chunks chunks_of(Grain grain) {
  return grain == Grain::fine ? Chunks{400, 128} : Chunks{200, 384};
}
// What a header costs, about: fixed fields, and the length of every symbol in use.
constexpr std::uint64_t header_cost = 80 * std::uint64_t{bit_cost};
constexpr std::uint64_t length_cost = 36 * std::uint64_t{bit_cost} / 10;

struct Cut {
  std::size_t tokens = 0;
  std::size_t data = 0;
  Histogram before;  // of all that stands before the cut
};

std::vector<Cut> possible_cuts(std::span<const Token> tokens, ByteView data, std::size_t begin, Chunks by) {
  const std::size_t chunks = std::clamp<std::size_t>(tokens.size() / by.tokens, 1, by.most);
  std::vector<Cut> cuts(chunks + 1);
  Cut at{0, begin, {}};
  cuts[0] = at;
  for (std::size_t i = 1; i <= chunks; ++i) {
    for (const std::size_t end = tokens.size() * i / chunks; at.tokens < end; ++at.tokens) {
      at.before.count(tokens[at.tokens], data[at.data]);
      at.data += length_of(tokens[at.tokens]);
    }
    cuts[i] = at;
  }
  return cuts;
}

template <std::size_t size>
std::uint64_t entropy(const std::array<std::uint32_t, size>& before,
                      const std::array<std::uint32_t, size>& after, std::uint64_t& used) {
  const Log2<bit_cost>& log2 = log2_costs();
  std::uint32_t total = 0;
  std::uint64_t saved = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint32_t count = after[i] - before[i];
    total += count;
    used += count != 0 ? 1 : 0;
    saved += std::uint64_t{count} * log2(count);
  }
  return std::uint64_t{total} * log2(total) - saved;
}

// Extra bits are the same wherever the cuts are.
std::uint64_t block_cost(const Cut& from, const Cut& to) {
  std::uint64_t used = 0;
  const std::uint64_t symbols = entropy(from.before.literals, to.before.literals, used) +
                                entropy(from.before.distances, to.before.distances, used);
  return symbols + header_cost + used * length_cost;
}

Part part_between(const Cut& from, const Cut& to) {
  Part part{to.tokens, to.data, to.before};
  for (std::size_t i = 0; i < literal_symbols; ++i) part.histogram.literals[i] -= from.before.literals[i];
  for (std::size_t i = 0; i < distance_symbols; ++i) part.histogram.distances[i] -= from.before.distances[i];
  part.histogram.literals[end_of_block] = 1;
  return part;
}

}  // namespace

std::vector<Part> split(std::span<const Token> tokens, ByteView data, std::size_t begin, Grain grain) {
  const std::vector<Cut> cuts = possible_cuts(tokens, data, begin, chunks_of(grain));
  const std::size_t chunks = cuts.size() - 1;
  // Blocks over half of the segment are seldom best when there is a choice, and are the dear ones to price.
  const std::size_t longest = chunks > 64 ? std::max<std::size_t>(64, chunks / 2) : chunks;
  std::vector<std::uint64_t> least(chunks + 1, std::numeric_limits<std::uint64_t>::max());
  std::vector<std::size_t> from(chunks + 1);
  least[0] = 0;
  for (std::size_t i = 1; i <= chunks; ++i) {
    for (std::size_t j = i; j-- > 0 && i - j <= longest;) {
      const std::uint64_t cost = least[j] + block_cost(cuts[j], cuts[i]);
      if (cost >= least[i]) continue;
      least[i] = cost;
      from[i] = j;
    }
  }
  std::vector<Part> parts;
  for (std::size_t i = chunks; i > 0; i = from[i]) parts.push_back(part_between(cuts[from[i]], cuts[i]));
  std::ranges::reverse(parts);
  return parts;
}

}  // namespace imgc::deflate
