// Where one block should end and the next, with other codes, begin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "imgc/bytes.h"

#include "deflate/symbols.h"

namespace imgc::deflate {

struct Part {
  std::size_t tokens_end = 0;  // index of the first token behind it
  std::size_t data_end = 0;    // position of the first byte behind it
  Histogram histogram;         // with one end of block
};

// How finely the places of cuts are chosen. Fine takes up to four times as long.
enum class Grain : std::uint8_t { coarse, fine };

// Cuts the tokens of the data from `begin` on so that entropy and headers are least in total.
std::vector<Part> split(std::span<const Token> tokens, ByteView data, std::size_t begin, Grain grain);

}  // namespace imgc::deflate
