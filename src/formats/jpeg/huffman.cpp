#include "formats/jpeg/huffman.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

namespace imgc::jpeg {
namespace {

constexpr std::size_t longest_code = 16;

struct Leaf {
  std::uint32_t weight;
  int symbol;  // -1 for the code that is all ones, which is not to be used
};

// Ascending by weight. The unused code comes first among equals, so that it is among the longest, and higher
// symbols before lower ones.
bool is_before(const Leaf& a, const Leaf& b) {
  if (a.weight == b.weight && (a.symbol < 0) != (b.symbol < 0)) return a.symbol < 0;
  return std::pair(a.weight, -a.symbol) < std::pair(b.weight, -b.symbol);
}

// The lengths in a Huffman tree over weights in ascending order, by the method of two queues.
std::vector<unsigned> tree_depths(const std::vector<Leaf>& leaves) {
  const std::size_t count = leaves.size();
  std::vector<std::uint64_t> weights(2 * count - 1);
  std::vector<std::size_t> parent(2 * count - 1, 0);
  for (std::size_t i = 0; i < count; ++i) weights[i] = leaves[i].weight;
  std::size_t leaf = 0;
  std::size_t inner = count;
  for (std::size_t made = count; made < weights.size(); ++made) {
    for (int child = 0; child < 2; ++child) {
      const bool take_leaf = leaf < count && (inner >= made || weights[leaf] <= weights[inner]);
      const std::size_t taken = take_leaf ? leaf++ : inner++;
      weights[made] += weights[taken];
      parent[taken] = made;
    }
  }
  std::vector<unsigned> depths(weights.size(), 0);
  for (std::size_t i = weights.size() - 1; i-- > 0;) depths[i] = depths[parent[i]] + 1;
  depths.resize(count);
  return depths;
}

// How many codes have each length, none above 16: pairs of too long codes move up (T.81, figure K.3).
std::vector<unsigned> limited_counts(const std::vector<unsigned>& depths) {
  const std::size_t deepest = std::max<std::size_t>(*std::ranges::max_element(depths), longest_code);
  std::vector<unsigned> counts(deepest + 1, 0);
  for (const unsigned depth : depths) ++counts[depth];
  for (std::size_t length = deepest; length > longest_code; --length) {
    while (counts[length] > 0) {
      std::size_t shorter = length - 2;
      while (counts[shorter] == 0) --shorter;
      counts[length] -= 2;
      ++counts[length - 1];
      counts[shorter + 1] += 2;
      --counts[shorter];
    }
  }
  return counts;
}

// Bits 0-15 the code, above them its length; for the bits without a symbol both are 0.
using Codes = std::vector<std::uint32_t>;

void assign_codes(const HuffmanTable& table, std::span<std::uint32_t> codes) {
  std::uint32_t code = 0;
  std::size_t next = 0;
  for (std::uint32_t length = 1; length <= longest_code; ++length, code <<= 1U)
    for (unsigned i = 0; i < table.counts[length]; ++i) codes[table.symbols[next++]] = length << 16U | code++;
}

Codes codes_of(const std::array<HuffmanTable, table_count>& tables) {
  Codes codes(std::size_t{256} * (table_count + 1), 0);
  for (unsigned table = 0; table < table_count; ++table)
    assign_codes(tables[table], std::span(codes).subspan(std::size_t{256} * table, 256));
  return codes;
}

// Of the four bytes of a word those that are FF: of no other do the lower seven bits carry into a set eighth.
unsigned full_bytes(std::uint32_t word) {
  const std::uint32_t carried = (word & 0x7F7F7F7FU) + 0x01010101U;
  return static_cast<unsigned>(std::popcount(carried & word & 0x80808080U));
}

// Collects bits and writes them 32 at a time, with a 0 after every FF.
class BitWriter {
 public:
  // A token adds up to 32 bits.
  static constexpr std::size_t most_bytes_a_token = 8;

  std::uint8_t* put(std::uint8_t* out, std::uint32_t bits, unsigned count) {
    pending_ = pending_ << count | bits;
    count_ += count;
    if (count_ < 32) return out;
    count_ -= 32;
    return put_word(out, static_cast<std::uint32_t>(pending_ >> count_));
  }

  // Fills the last byte up with ones.
  std::uint8_t* finish(std::uint8_t* out) {
    const unsigned padding = (8 - count_ % 8) % 8;
    pending_ = pending_ << padding | ((1U << padding) - 1);
    for (count_ += padding; count_ > 0; count_ -= 8)
      out = put_byte(out, static_cast<std::uint8_t>(pending_ >> (count_ - 8)));
    return out;
  }

 private:
  static std::uint8_t* put_byte(std::uint8_t* out, std::uint8_t byte) {
    *out++ = byte;
    if (byte == 0xFF) *out++ = 0;
    return out;
  }

  static std::uint8_t* put_word(std::uint8_t* out, std::uint32_t word) {
    const bool has_ff = ((~word - 0x01010101U) & word & 0x80808080U) != 0;
    if (has_ff) {
      for (const unsigned shift : {24U, 16U, 8U, 0U})
        out = put_byte(out, static_cast<std::uint8_t>(word >> shift));
      return out;
    }
    for (const unsigned shift : {24U, 16U, 8U, 0U}) *out++ = static_cast<std::uint8_t>(word >> shift);
    return out;
  }

  std::uint64_t pending_ = 0;
  unsigned count_ = 0;
};

}  // namespace

HuffmanTable optimal_table(const Histogram& histogram, std::uint32_t unused_weight) {
  std::vector<Leaf> leaves = {{unused_weight, -1}};
  for (std::size_t symbol = 0; symbol < histogram.size(); ++symbol)
    if (histogram[symbol] > 0) leaves.push_back({histogram[symbol], static_cast<int>(symbol)});
  HuffmanTable table;
  if (leaves.size() == 1) return table;
  std::ranges::sort(leaves, is_before);
  const std::vector<unsigned> depths = tree_depths(leaves);
  std::vector<unsigned> counts = limited_counts(depths);
  const auto unused = static_cast<std::size_t>(std::ranges::find(leaves, -1, &Leaf::symbol) - leaves.begin());
  std::size_t unused_length = std::min<std::size_t>(depths[unused], longest_code);
  while (counts[unused_length] == 0) ++unused_length;
  --counts[unused_length];
  for (std::size_t length = 1; length <= longest_code; ++length)
    table.counts[length] = static_cast<std::uint8_t>(counts[length]);
  for (std::size_t i = leaves.size(); i-- > 0;)
    if (i != unused) table.symbols.push_back(static_cast<std::uint8_t>(leaves[i].symbol));
  return table;
}

std::optional<std::uint64_t> coded_bits(const HuffmanTable& table, const Histogram& histogram) {
  std::uint64_t bits = 0;
  std::uint64_t coded = 0;
  std::size_t next = 0;
  for (std::size_t length = 1; length <= longest_code; ++length) {
    for (unsigned i = 0; i < table.counts[length]; ++i) {
      const std::uint32_t count = histogram[table.symbols[next++]];
      coded += count;
      bits += count * std::uint64_t{length};
    }
  }
  if (coded != std::accumulate(histogram.begin(), histogram.end(), std::uint64_t{0})) return std::nullopt;
  return bits;
}

std::uint64_t coded_bits(const TokenStore& store, const std::array<HuffmanTable, table_count>& tables) {
  std::uint64_t bits = store.extra_bits();
  for (std::size_t i = 0; i < tables.size(); ++i)
    bits += coded_bits(tables[i], store.histograms()[i]).value_or(0);
  return bits;
}

void TokenStore::clear() {
  histograms_ = {};
  extra_bits_ = 0;
  used_ = 0;
  next_ = end_ = nullptr;
}

void TokenStore::next_chunk(std::size_t tokens) {
  constexpr std::size_t chunk_tokens = std::size_t{1} << 16U;
  if (used_ > 0) chunks_[used_ - 1].size = static_cast<std::size_t>(next_ - chunks_[used_ - 1].tokens.get());
  if (used_ == chunks_.size()) chunks_.emplace_back();
  Chunk& chunk = chunks_[used_++];
  if (chunk.room < tokens) {
    chunk.room = std::max(chunk_tokens, tokens);
    chunk.tokens = std::make_unique_for_overwrite<Token[]>(chunk.room);
  }
  next_ = chunk.tokens.get();
  end_ = next_ + chunk.room;
}

std::uint64_t stuffed_zeros(const TokenStore& store, const std::array<HuffmanTable, table_count>& tables) {
  constexpr std::size_t sample = 4096;
  std::uint64_t all = 0;
  std::uint64_t seen = 0;
  const Codes codes = codes_of(tables);
  std::uint64_t pending = 0;
  unsigned count = 0;
  std::uint64_t zeros = 0;
  store.for_each_stretch([&](std::span<const Token> tokens) {
    all += tokens.size();
    seen += std::min(tokens.size(), sample);
    for (const Token token : tokens.first(std::min(tokens.size(), sample))) {
      const std::uint32_t code = codes[token >> 21U];
      const unsigned extra = token >> 16U & 31U;
      const unsigned length = (code >> 16U) + extra;
      pending = pending << length | (code & 0xFFFFU) << extra | (token & 0xFFFFU);
      count += length;
      if (count < 32) continue;
      count -= 32;
      zeros += full_bytes(static_cast<std::uint32_t>(pending >> count));
    }
  });
  return seen == 0 ? 0 : zeros * all / seen;
}

void append_coded(Bytes& out, const TokenStore& store, const std::array<HuffmanTable, table_count>& tables) {
  const Codes codes = codes_of(tables);
  const std::uint64_t bits = coded_bits(store, tables);
  constexpr std::size_t batch = 1024;
  constexpr std::size_t batch_bytes = batch * BitWriter::most_bytes_a_token;
  std::size_t size = out.size();
  // Random bytes need a stuffed zero in every 256.
  out.resize(size + bits / 8 + bits / 1024 + batch_bytes);
  BitWriter writer;
  store.for_each_stretch([&](std::span<const Token> left) {
    while (!left.empty()) {
      if (out.size() - size < batch_bytes) out.resize(out.size() + out.size() / 4 + batch_bytes);
      std::uint8_t* at = out.data() + size;
      const std::size_t count = std::min(batch, left.size());
      for (const Token token : left.first(count)) {
        const std::uint32_t code = codes[token >> 21U];
        const unsigned extra = token >> 16U & 31U;
        at = writer.put(at, (code & 0xFFFFU) << extra | (token & 0xFFFFU), (code >> 16U) + extra);
      }
      size = static_cast<std::size_t>(at - out.data());
      left = left.subspan(count);
    }
  });
  out.resize(size + batch_bytes);
  size = static_cast<std::size_t>(writer.finish(out.data() + size) - out.data());
  out.resize(size);
}

}  // namespace imgc::jpeg
