#include "image/thumbnail.h"

#include <algorithm>
#include <cstdint>

#include <doctest/doctest.h>

namespace imgc {
namespace {

Image gray(std::uint32_t width, std::uint32_t height, const Bytes& pixels) {
  return Image{width, height, ColorModel::gray, 8, pixels};
}

}  // namespace

TEST_CASE("thumbnail: the factor leaves about as many pixels as asked, and is never below the least") {
  CHECK(Thumbnail::factor_for(1000, 1000, 10'000, 2) == 10);
  CHECK(Thumbnail::factor_for(1001, 1000, 10'000, 2) == 11);
  CHECK(Thumbnail::factor_for(20, 20, 10'000, 2) == 2);
  CHECK(Thumbnail::factor_for(100'000, 100'000, 10'000, 2) == 1000);
}

TEST_CASE("thumbnail: each pixel is the mean of a square, rounded, and what is left over is not in it") {
  Thumbnail thumbnail(5, 3, 2);
  thumbnail.add(gray(5, 3,
                     {10, 20, 0, 0, 99,  //
                      30, 41, 0, 1, 99,  //
                      99, 99, 99, 99, 99}));
  CHECK(thumbnail.result().width == 2);
  CHECK(thumbnail.result().height == 1);
  CHECK(thumbnail.result().pixels == Bytes{25, 0});
}

TEST_CASE("thumbnail: a picture in parts gives the same as at once") {
  Image whole{24, 30, ColorModel::rgb, 8, {}};
  for (std::uint32_t i = 0; i < 24 * 30 * 3; ++i)
    whole.pixels.push_back(static_cast<std::uint8_t>(i * i % 251));
  Thumbnail at_once(24, 30, 4);
  at_once.add(whole);
  Thumbnail in_parts(24, 30, 4);
  for (std::uint32_t y = 0; y < whole.height; y += 7) {
    Image part{24, std::min(7U, whole.height - y), ColorModel::rgb, 8, {}};
    part.pixels.assign(whole.row(y), whole.row(y) + part.height * whole.row_bytes());
    in_parts.add(part);
  }
  CHECK(in_parts.result().pixels == at_once.result().pixels);
  CHECK(at_once.result().pixels.size() == 6 * 7 * 3);
}

TEST_CASE("thumbnail: clear pixels are gray whatever their colour, and deep samples come in 8 bits") {
  Thumbnail clear(2, 2, 2);
  clear.add(Image{2, 2, ColorModel::gray_alpha, 8, {255, 0, 0, 0, 9, 0, 77, 0}});
  CHECK(clear.result().model == ColorModel::gray);
  CHECK(clear.result().pixels == Bytes{128});
  Thumbnail deep(2, 2, 2);
  deep.add(Image{2, 2, ColorModel::gray, 16, {200, 200, 200, 200, 200, 200, 200, 200}});
  CHECK(deep.result().pixels == Bytes{200});
}

TEST_CASE("thumbnail: a picture narrower than the factor leaves nothing") {
  Thumbnail thumbnail(1, 9, 2);
  thumbnail.add(gray(1, 9, Bytes(9, 5)));
  CHECK(thumbnail.result().pixels.empty());
}

}  // namespace imgc
