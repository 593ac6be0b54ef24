#include "image/turn.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

namespace imgc {
namespace {

// By orientation - 1.
constexpr std::array<Turn, 8> turns = {{
    {},
    {false, true, false},
    {false, true, true},
    {false, false, true},
    {true, false, false},
    {true, true, false},
    {true, true, true},
    {true, false, true},
}};

// A square of this many pixels a side stays in the cache while it is read by rows and written by columns.
constexpr std::uint32_t tile = 32;

template <std::size_t pixel_bytes>
void turn_tile(const Image& in, Turn turn, std::uint32_t x0, std::uint32_t y0, Image& out) {
  const std::uint32_t x1 = std::min(out.width, x0 + tile);
  const std::uint32_t y1 = std::min(out.height, y0 + tile);
  for (std::uint32_t y = y0; y < y1; ++y) {
    std::uint8_t* to = out.row(y) + std::size_t{x0} * pixel_bytes;
    const std::uint32_t v = turn.mirrored_y ? out.height - 1 - y : y;
    for (std::uint32_t x = x0; x < x1; ++x, to += pixel_bytes) {
      const std::uint32_t u = turn.mirrored_x ? out.width - 1 - x : x;
      const std::uint8_t* from = turn.transposed ? in.row(u) + std::size_t{v} * pixel_bytes
                                                 : in.row(v) + std::size_t{u} * pixel_bytes;
      std::memcpy(to, from, pixel_bytes);
    }
  }
}

template <std::size_t pixel_bytes>
void turn_all(const Image& in, Turn turn, Image& out) {
  for (std::uint32_t y = 0; y < out.height; y += tile)
    for (std::uint32_t x = 0; x < out.width; x += tile) turn_tile<pixel_bytes>(in, turn, x, y, out);
}

}  // namespace

Turn turn_of_orientation(int orientation) {
  return orientation >= 1 && orientation <= 8 ? turns[static_cast<std::size_t>(orientation - 1)] : Turn{};
}

int orientation_of(Turn turn) {
  return static_cast<int>(std::ranges::find(turns, turn) - turns.begin()) + 1;
}

Turn rotation(unsigned degrees) {
  constexpr std::array<int, 4> orientations = {1, 6, 3, 8};
  return turn_of_orientation(orientations[degrees / 90 % 4]);
}

Turn then(Turn first, Turn second) {
  Turn both = first;
  if (second.transposed) {
    both.transposed = !both.transposed;
    std::swap(both.mirrored_x, both.mirrored_y);
  }
  both.mirrored_x = both.mirrored_x != second.mirrored_x;
  both.mirrored_y = both.mirrored_y != second.mirrored_y;
  return both;
}

Image turned(const Image& image, Turn turn) {
  Image out{turn.transposed ? image.height : image.width,
            turn.transposed ? image.width : image.height,
            image.model,
            image.depth,
            {}};
  out.pixels.resize(image.pixels.size());
  switch (image.pixel_bytes()) {
    case 1:
      turn_all<1>(image, turn, out);
      break;
    case 2:
      turn_all<2>(image, turn, out);
      break;
    case 3:
      turn_all<3>(image, turn, out);
      break;
    case 4:
      turn_all<4>(image, turn, out);
      break;
    case 6:
      turn_all<6>(image, turn, out);
      break;
    default:
      turn_all<8>(image, turn, out);
      break;
  }
  return out;
}

}  // namespace imgc
