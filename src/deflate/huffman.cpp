#include "deflate/huffman.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "deflate/symbols.h"

namespace imgc::deflate {
namespace {

struct Leaf {
  std::uint32_t count;
  std::uint16_t symbol;
};

// Lengths without a limit, by two queues: the leaves by rising count, and the nodes, whose counts rise as
// they are made. Returns the longest.
unsigned huffman_lengths(std::span<const Leaf> leaves, std::span<std::uint8_t> lengths) {
  const std::size_t count = leaves.size();
  std::vector<std::uint64_t> weight(2 * count - 1);
  std::vector<std::uint16_t> parent(2 * count - 1);
  for (std::size_t i = 0; i < count; ++i) weight[i] = leaves[i].count;
  std::size_t leaf = 0;
  std::size_t node = count;
  for (std::size_t made = count; made < weight.size(); ++made) {
    for (int i = 0; i < 2; ++i) {
      const std::size_t least =
          leaf < count && (node >= made || weight[leaf] <= weight[node]) ? leaf++ : node++;
      weight[made] += weight[least];
      parent[least] = static_cast<std::uint16_t>(made);
    }
  }
  std::vector<std::uint16_t> depth(weight.size());
  unsigned longest = 0;
  for (std::size_t i = weight.size() - 1; i-- > 0;) {
    depth[i] = static_cast<std::uint16_t>(depth[parent[i]] + 1);
    if (i >= count) continue;
    lengths[leaves[i].symbol] = static_cast<std::uint8_t>(std::min<unsigned>(depth[i], 255));
    longest = std::max<unsigned>(longest, depth[i]);
  }
  return longest;
}

// Coins of the denominations 2^-1 … 2^-most, one a symbol and denomination, whose face value is the symbol's
// count: the cheapest coins of n - 1 in total say how long each code is. From the smallest denomination up,
// coins are packed in pairs that compete as coins of the next.
void limited_lengths(std::span<const Leaf> leaves, unsigned most, std::span<std::uint8_t> lengths) {
  const std::size_t count = leaves.size();
  std::vector<std::vector<bool>> is_leaf(most);  // by denomination, in the order of value
  std::vector<std::uint64_t> values;
  for (unsigned level = 0; level < most; ++level) {
    std::vector<std::uint64_t> merged;
    std::size_t leaf = 0;
    std::size_t pair = 0;
    while (leaf < count || pair + 1 < values.size()) {
      const bool has_pair = pair + 1 < values.size();
      const std::uint64_t packed = has_pair ? values[pair] + values[pair + 1] : 0;
      const bool take_leaf = leaf < count && (!has_pair || leaves[leaf].count <= packed);
      is_leaf[level].push_back(take_leaf);
      merged.push_back(take_leaf ? leaves[leaf++].count : packed);
      if (!take_leaf) pair += 2;
    }
    values = std::move(merged);
  }
  std::size_t taken = 2 * count - 2;
  for (unsigned level = most; level-- > 0;) {
    const auto leaves_taken = static_cast<std::size_t>(std::count(
        is_leaf[level].begin(), is_leaf[level].begin() + static_cast<std::ptrdiff_t>(taken), true));
    for (std::size_t i = 0; i < leaves_taken; ++i) ++lengths[leaves[i].symbol];
    taken = 2 * (taken - leaves_taken);
  }
}

}  // namespace

void set_code_lengths(std::span<const std::uint32_t> counts, unsigned most, std::span<std::uint8_t> lengths) {
  std::ranges::fill(lengths, std::uint8_t{0});
  std::array<Leaf, literal_symbols> room;
  std::size_t used = 0;
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] != 0) room[used++] = {counts[i], static_cast<std::uint16_t>(i)};
  const std::span leaves = std::span(room).first(used);
  if (used == 0) return;
  if (used == 1) {
    lengths[leaves[0].symbol] = 1;
    return;
  }
  std::ranges::sort(leaves, [](const Leaf& a, const Leaf& b) {
    return a.count != b.count ? a.count < b.count : a.symbol < b.symbol;
  });
  if (huffman_lengths(leaves, lengths) <= most) return;
  std::ranges::fill(lengths, std::uint8_t{0});
  limited_lengths(leaves, most, lengths);
}

void set_codes(std::span<const std::uint8_t> lengths, std::span<std::uint16_t> codes) {
  std::array<unsigned, longest_code + 1> used = {};
  for (const std::uint8_t length : lengths) ++used[length];
  used[0] = 0;
  std::array<unsigned, longest_code + 1> next = {};
  for (unsigned length = 1; length <= longest_code; ++length)
    next[length] = (next[length - 1] + used[length - 1]) << 1U;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] == 0) continue;
    unsigned code = next[lengths[i]]++;
    unsigned reversed = 0;
    for (unsigned bit = 0; bit < lengths[i]; ++bit, code >>= 1U) reversed = reversed << 1U | (code & 1U);
    codes[i] = static_cast<std::uint16_t>(reversed);
  }
}

}  // namespace imgc::deflate
