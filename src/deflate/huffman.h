// Code lengths and canonical codes (RFC 1951, section 3.2.2).
#pragma once

#include <cstdint>
#include <span>

namespace imgc::deflate {

// The code lengths, none above `most`, that make the symbols shortest in total (package-merge; Larmore and
// Hirschberg, "A fast algorithm for optimal length-limited Huffman codes", 1990). Unused symbols get 0, a
// single used one gets 1.
void set_code_lengths(std::span<const std::uint32_t> counts, unsigned most, std::span<std::uint8_t> lengths);

// The codes that go with the lengths, their bits reversed, as they are written.
void set_codes(std::span<const std::uint8_t> lengths, std::span<std::uint16_t> codes);

}  // namespace imgc::deflate
