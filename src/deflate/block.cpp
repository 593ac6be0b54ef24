#include "deflate/block.h"

#include <algorithm>
#include <array>

#include "deflate/huffman.h"

namespace imgc::deflate {
namespace {

constexpr unsigned type_bits = 3;
constexpr std::size_t longest_stored = 0xFFFF;

CodeLengths fixed_lengths() {
  CodeLengths lengths;
  for (std::size_t i = 0; i < lengths.literals.size(); ++i)
    lengths.literals[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
  lengths.distances.fill(5);
  return lengths;
}

std::uint64_t coded_bits(const Histogram& histogram, const CodeLengths& lengths) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < histogram.literals.size(); ++i) {
    const unsigned extra = i < first_length ? 0 : length_codes.extra[i - first_length];
    bits += std::uint64_t{histogram.literals[i]} * (lengths.literals[i] + extra);
  }
  for (std::size_t i = 0; i < histogram.distances.size(); ++i)
    bits += std::uint64_t{histogram.distances[i]} * (lengths.distances[i] + distance_codes.extra[i]);
  return bits;
}

// At worst seven bits to the next byte, and a length for every piece.
std::uint64_t stored_bits(std::size_t size) {
  const std::size_t pieces = std::max<std::size_t>(1, (size + longest_stored - 1) / longest_stored);
  return 8 * std::uint64_t{size} + pieces * (type_bits + 7 + 32);
}

// Neighbours that are used about equally often get the same count, and so the same length: runs of lengths
// make the header shorter by more than the codes grow. Gives `tolerance` and a quarter between the ends of a
// stretch.
void smooth(std::span<std::uint32_t> counts, std::uint32_t tolerance) {
  constexpr std::size_t least_stretch = 4;
  for (std::size_t begin = 0; begin < counts.size();) {
    if (counts[begin] == 0) {
      ++begin;
      continue;
    }
    std::uint32_t least = counts[begin];
    std::uint32_t most = least;
    std::uint64_t sum = 0;
    std::size_t end = begin;
    for (; end < counts.size() && counts[end] != 0; ++end) {
      const std::uint32_t low = std::min(least, counts[end]);
      const std::uint32_t high = std::max(most, counts[end]);
      if (high - low > tolerance + low / 4) break;
      least = low;
      most = high;
      sum += counts[end];
    }
    const std::size_t length = end - begin;
    if (length >= least_stretch) {
      const auto mean = static_cast<std::uint32_t>(std::max<std::uint64_t>(1, (sum + length / 2) / length));
      std::fill_n(counts.begin() + static_cast<std::ptrdiff_t>(begin), length, mean);
    }
    begin = end;
  }
}

}  // namespace

Block::Block(const Histogram& histogram, std::size_t size) : lengths_(fixed_lengths()) {
  bits_ = type_bits + coded_bits(histogram, lengths_);
  consider_dynamic(histogram, histogram);
  for (const std::uint32_t tolerance : {2U, 6U}) {
    Histogram smoothed = histogram;
    smooth(smoothed.literals, tolerance);
    smooth(smoothed.distances, tolerance);
    if (smoothed.literals != histogram.literals || smoothed.distances != histogram.distances)
      consider_dynamic(histogram, smoothed);
  }
  if (const std::uint64_t stored = stored_bits(size); stored < bits_) {
    kind_ = Kind::stored;
    bits_ = stored;
  }
}

void Block::consider_dynamic(const Histogram& histogram, const Histogram& smoothed) {
  CodeLengths lengths;
  set_code_lengths(smoothed.literals, longest_code, std::span(lengths.literals).first(literal_symbols));
  set_code_lengths(smoothed.distances, longest_code, std::span(lengths.distances).first(distance_symbols));
  // One distance code must be said even where none is used (section 3.2.7).
  if (std::ranges::all_of(lengths.distances, [](auto length) { return length == 0; }))
    lengths.distances[0] = 1;
  const Header header(lengths);
  const std::uint64_t bits = type_bits + header.bits() + coded_bits(histogram, lengths);
  if (bits >= bits_) return;
  kind_ = Kind::dynamic;
  lengths_ = lengths;
  header_ = header;
  bits_ = bits;
}

void Block::write(std::span<const Token> tokens, ByteView data, bool is_last, BitWriter& out) const {
  if (kind_ != Kind::stored) {
    out.put(is_last ? 1 : 0, 1);
    out.put(static_cast<std::uint32_t>(kind_), 2);
    if (kind_ == Kind::dynamic) header_->write(out);
    write_tokens(tokens, data, out);
    return;
  }
  do {
    const ByteView piece = data.first(std::min(data.size(), longest_stored));
    data = data.subspan(piece.size());
    out.put(is_last && data.empty() ? 1 : 0, 1);
    out.put(static_cast<std::uint32_t>(kind_), 2);
    out.align();
    out.put(static_cast<std::uint32_t>(piece.size()), 16);
    out.put(static_cast<std::uint32_t>(piece.size()) ^ 0xFFFFU, 16);
    out.put_bytes(piece);
  } while (!data.empty());
}

void Block::write_tokens(std::span<const Token> tokens, ByteView data, BitWriter& out) const {
  std::array<std::uint16_t, literal_symbols + 2> literals = {};
  std::array<std::uint16_t, distance_symbols + 2> distances = {};
  set_codes(lengths_.literals, literals);
  set_codes(lengths_.distances, distances);
  std::size_t at = 0;
  for (const Token token : tokens) {
    if (token == literal_token) {
      out.put(literals[data[at]], lengths_.literals[data[at]]);
    } else {
      const unsigned code = length_codes.of[length_of(token)];
      out.put(literals[first_length + code], lengths_.literals[first_length + code]);
      out.put(static_cast<std::uint32_t>(length_of(token)) - length_codes.base[code],
              length_codes.extra[code]);
      const unsigned symbol = distance_symbol(distance_of(token));
      out.put(distances[symbol], lengths_.distances[symbol]);
      out.put(static_cast<std::uint32_t>(distance_of(token)) - distance_codes.base[symbol],
              distance_codes.extra[symbol]);
    }
    at += length_of(token);
  }
  out.put(literals[end_of_block], lengths_.literals[end_of_block]);
}

}  // namespace imgc::deflate
