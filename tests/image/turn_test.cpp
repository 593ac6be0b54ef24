#include "image/turn.h"

#include <array>
#include <cstring>

#include <doctest/doctest.h>

#include "support/images.h"

namespace imgc {
namespace {

// Two rows of three: 0 1 2 / 3 4 5.
Image six_pixels() {
  return {3, 2, ColorModel::gray, 8, {0, 1, 2, 3, 4, 5}};
}

}  // namespace

TEST_CASE("turn: each orientation is undone as EXIF draws it") {
  const std::array<Bytes, 8> upright = {{{0, 1, 2, 3, 4, 5},
                                         {2, 1, 0, 5, 4, 3},
                                         {5, 4, 3, 2, 1, 0},
                                         {3, 4, 5, 0, 1, 2},
                                         {0, 3, 1, 4, 2, 5},
                                         {3, 0, 4, 1, 5, 2},
                                         {5, 2, 4, 1, 3, 0},
                                         {2, 5, 1, 4, 0, 3}}};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    CAPTURE(orientation);
    const Image out = turned(six_pixels(), turn_of_orientation(orientation));
    CHECK(out.pixels == upright[static_cast<std::size_t>(orientation - 1)]);
    CHECK(out.width == (orientation > 4 ? 2 : 3));
    CHECK(orientation_of(turn_of_orientation(orientation)) == orientation);
  }
}

TEST_CASE("turn: what is out of range turns nothing") {
  CHECK(turn_of_orientation(0).is_none());
  CHECK(turn_of_orientation(9).is_none());
  CHECK(rotation(0).is_none());
}

TEST_CASE("turn: two turns in one show what the one after the other does") {
  for (int first = 1; first <= 8; ++first)
    for (int second = 1; second <= 8; ++second) {
      CAPTURE(first);
      CAPTURE(second);
      const Turn a = turn_of_orientation(first);
      const Turn b = turn_of_orientation(second);
      CHECK(turned(six_pixels(), then(a, b)).pixels == turned(turned(six_pixels(), a), b).pixels);
    }
}

TEST_CASE("turn: four quarters make a whole, at every size of pixel and beyond one tile") {
  for (const ColorModel model : {ColorModel::gray, ColorModel::gray_alpha, ColorModel::rgb, ColorModel::rgba})
    for (const unsigned depth : {8U, 16U}) {
      const Image image = test::noise(71, 37, model, depth);
      Image out = image;
      for (int quarter = 0; quarter < 4; ++quarter) out = turned(out, rotation(90));
      CHECK(out.pixels == image.pixels);
      const Image quarter = turned(image, rotation(90));
      CHECK(std::memcmp(quarter.row(5) + (37 - 1 - 11) * image.pixel_bytes(),
                        image.row(11) + 5 * image.pixel_bytes(), image.pixel_bytes()) == 0);
    }
}

}  // namespace imgc
