#include "formats/jpeg/forward.h"

#include <array>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <vector>

#include <doctest/doctest.h>

#include "formats/jpeg/samples.h"
#include "support/images.h"

namespace imgc::jpeg {
namespace {

Coefficients transformed(const Image& image, Subsampling subsampling) {
  auto coefficients = forward_transform(image, subsampling);
  REQUIRE(coefficients);
  return *std::move(coefficients);
}

// T.81, A.3.3, as it stands there.
double standard_coefficient(const std::vector<double>& samples, std::size_t v, std::size_t u) {
  double sum = 0;
  for (std::size_t y = 0; y < 8; ++y)
    for (std::size_t x = 0; x < 8; ++x)
      sum += samples[y * 8 + x] * std::cos(static_cast<double>((2 * x + 1) * u) * std::numbers::pi / 16) *
             std::cos(static_cast<double>((2 * y + 1) * v) * std::numbers::pi / 16);
  const auto scale = [](std::size_t i) { return i == 0 ? std::numbers::sqrt2 / 2 : 1.0; };
  return sum * scale(u) * scale(v) / 4;
}

// Two colours in turn, pixel by pixel, of equal luma.
Image speckled(std::uint32_t side) {
  Image image = test::gradient(side, side, ColorModel::rgb);
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
    const bool odd = (i / 3 + i / 3 / side) % 2 == 1;
    image.pixels[i] = odd ? 200 : 0;
    image.pixels[i + 1] = odd ? 0 : 102;
    image.pixels[i + 2] = 30;
  }
  return image;
}

}  // namespace

TEST_CASE("gray blocks become the standard's coefficients, to the nearest integer") {
  const Image image = test::noise(24, 16, ColorModel::gray);
  const Coefficients made = transformed(image, {2, 2});
  REQUIRE(made.components().size() == 1);
  const Component& component = made.components()[0];
  CHECK(component.blocks_wide == 3);
  CHECK(component.blocks_high == 2);
  std::vector<double> samples;
  for (std::size_t y = 8; y < 16; ++y)
    for (std::size_t x = 16; x < 24; ++x)
      samples.push_back(image.row(static_cast<std::uint32_t>(y))[x] - 128.0);
  for (std::size_t v = 0; v < 8; ++v)
    for (std::size_t u = 0; u < 8; ++u)
      CHECK(std::abs(component.rows[1][2][v * 8 + u] - standard_coefficient(samples, v, u)) < 0.51);
}

TEST_CASE("the blocks of each component are those that libjpeg has") {
  for (const Subsampling subsampling : {Subsampling{1, 1}, Subsampling{2, 1}, Subsampling{2, 2}}) {
    for (const auto& [width, height] :
         std::vector<std::array<std::uint32_t, 2>>{{1, 1}, {83, 61}, {17, 32}, {9, 8}}) {
      const Coefficients made = transformed(test::gradient(width, height, ColorModel::rgb), subsampling);
      const Coefficients expected =
          test::read_coefficients(test::make_jpeg({.width = width,
                                                   .height = height,
                                                   .h = static_cast<int>(subsampling.across),
                                                   .v = static_cast<int>(subsampling.down)}));
      for (std::size_t i = 0; i < 3; ++i) {
        CHECK(made.components()[i].blocks_wide == expected.components()[i].blocks_wide);
        CHECK(made.components()[i].blocks_high == expected.components()[i].blocks_high);
        CHECK(made.components()[i].h == expected.components()[i].h);
        CHECK(made.channel(i).subsampling == expected.channel(i).subsampling);
      }
    }
  }
}

TEST_CASE("coefficients are within two of libjpeg's at quality 100") {
  const Coefficients made = transformed(test::gradient(83, 61, ColorModel::rgb), {1, 1});
  const Coefficients theirs =
      test::read_coefficients(test::make_jpeg({.width = 83, .height = 61, .h = 1, .v = 1, .quality = 100}));
  int largest = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const Component& component = made.components()[i];
    for (std::uint32_t y = 0; y < component.blocks_high; ++y)
      for (std::uint32_t x = 0; x < component.blocks_wide; ++x)
        for (std::size_t k = 0; k < 64; ++k)
          largest =
              std::max(largest, std::abs(component.rows[y][x][k] - theirs.components()[i].rows[y][x][k]));
  }
  CHECK(largest <= 2);
}

TEST_CASE("16-bit samples keep their fraction, and opaque alpha is left out") {
  Image deep = test::gradient(8, 8, ColorModel::gray, 16);
  for (std::size_t i = 0; i < deep.pixels.size(); ++i) deep.pixels[i] = i % 2 == 0 ? 0x60 : 0x80;
  // In the machine's byte order, which is little-endian here: 0x8060 / 257 = 127.87.
  CHECK(transformed(deep, {1, 1}).components()[0].rows[0][0][0] == -1);
  const Image rgb = test::gradient(20, 20, ColorModel::rgb);
  Image rgba = test::gradient(20, 20, ColorModel::rgba);
  for (std::size_t i = 0; i < 400; ++i)
    for (std::size_t c = 0; c < 3; ++c) rgba.pixels[4 * i + c] = rgb.pixels[3 * i + c];
  const Coefficients with = transformed(rgba, {2, 2});
  const Coefficients without = transformed(rgb, {2, 2});
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(std::equal(&with.components()[i].rows[0][0][0], &with.components()[i].rows[0][0][64],
                     &without.components()[i].rows[0][0][0]));
}

TEST_CASE("chroma detail is what sharing chroma would lose") {
  CHECK(chroma_detail(test::noise(40, 40, ColorModel::gray)) == 0);
  Image flat = test::gradient(41, 37, ColorModel::rgb);
  for (std::size_t i = 0; i < flat.pixels.size(); ++i)
    flat.pixels[i] = static_cast<std::uint8_t>(40 * (i % 3));
  CHECK(chroma_detail(flat) < 1e-6);
  CHECK(chroma_detail(speckled(40)) > 1000);
}

}  // namespace imgc::jpeg
