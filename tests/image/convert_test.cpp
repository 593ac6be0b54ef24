#include "image/convert.h"

#include <cstring>

#include <doctest/doctest.h>

#include "support/images.h"

namespace imgc {
namespace {

Image pixels(ColorModel model, Bytes samples) {
  const auto width = static_cast<std::uint32_t>(samples.size() / channel_count(model));
  return Image{width, 1, model, 8, std::move(samples)};
}

Image pixels16(ColorModel model, const std::vector<std::uint16_t>& samples) {
  Image image{static_cast<std::uint32_t>(samples.size() / channel_count(model)), 1, model, 16, {}};
  image.pixels.resize(samples.size() * 2);
  std::memcpy(image.pixels.data(), samples.data(), image.pixels.size());
  return image;
}

}  // namespace

TEST_CASE("convert: the same picture in another layout has the same pixels") {
  const Image gray = pixels(ColorModel::gray, {0, 128, 255});
  CHECK(same_pixels(gray, pixels(ColorModel::rgb, {0, 0, 0, 128, 128, 128, 255, 255, 255})));
  CHECK(same_pixels(gray, pixels(ColorModel::gray_alpha, {0, 255, 128, 255, 255, 255})));
  CHECK(same_pixels(gray, pixels16(ColorModel::gray, {0, 128 * 257, 65535})));
  CHECK(same_pixels(to_rgba8(gray), gray));
}

TEST_CASE("convert: one bit in any channel is a difference, hidden colour included") {
  const Image rgba = pixels(ColorModel::rgba, {10, 20, 30, 0});
  CHECK_FALSE(same_pixels(rgba, pixels(ColorModel::rgba, {10, 20, 31, 0})));
  CHECK_FALSE(same_pixels(rgba, pixels(ColorModel::rgb, {10, 20, 30})));
  CHECK_FALSE(same_pixels(pixels(ColorModel::gray, {128}), pixels16(ColorModel::gray, {128 * 257 + 1})));
  CHECK_FALSE(same_pixels(pixels(ColorModel::rgba, {1, 2, 3, 4}), pixels(ColorModel::cmyk, {1, 2, 3, 4})));
  CHECK_FALSE(same_pixels(pixels(ColorModel::gray, {1, 2}), pixels(ColorModel::gray, {1})));
}

TEST_CASE("convert: 16 bits round to the nearest of 8, exactly where both bytes are equal") {
  for (unsigned value = 0; value < 65536; value += 7) {
    const Image out = to_8bit(pixels16(ColorModel::gray, {static_cast<std::uint16_t>(value)}));
    const auto nearest = static_cast<unsigned>((value * 255.0) / 65535.0 + 0.5);
    REQUIRE(out.pixels[0] == nearest);
  }
  for (unsigned value = 0; value < 256; ++value)
    CHECK(to_8bit(pixels16(ColorModel::gray, {static_cast<std::uint16_t>(value * 257)})).pixels[0] == value);
}

TEST_CASE("convert: transparency is found in 8 and in 16 bits, and an opaque alpha channel is none") {
  CHECK_FALSE(has_transparency(pixels(ColorModel::rgba, {1, 2, 3, 255})));
  CHECK(has_transparency(pixels(ColorModel::rgba, {1, 2, 3, 254})));
  CHECK(has_transparency(pixels16(ColorModel::gray_alpha, {1, 65534})));
  CHECK_FALSE(has_transparency(pixels16(ColorModel::gray_alpha, {1, 65535})));
  CHECK_FALSE(has_transparency(test::noise(3, 3, ColorModel::rgb)));
}

TEST_CASE("convert: the lowest alpha is found in 8 and in 16 bits") {
  CHECK(lowest_alpha(pixels(ColorModel::rgba, {1, 2, 3, 200, 0, 0, 0, 7})) == 7);
  CHECK(lowest_alpha(pixels16(ColorModel::gray_alpha, {1, 128 * 257})) == 128);
  CHECK(lowest_alpha(pixels(ColorModel::rgb, {1, 2, 3})) == 255);
}

TEST_CASE("convert: flattening lays the colours on the background by their alpha") {
  const Image image = pixels(ColorModel::rgba, {200, 100, 0, 255, 200, 100, 0, 0, 200, 100, 0, 128});
  const Image flat = flatten(image, Rgb{0, 0, 255});
  CHECK(flat.model == ColorModel::rgb);
  CHECK(flat.pixels == Bytes{200, 100, 0, 0, 0, 255, 100, 50, 127});
  CHECK(flatten(pixels(ColorModel::gray_alpha, {100, 255}), Rgb{255, 255, 255}).model == ColorModel::gray);
  CHECK(flatten(pixels(ColorModel::gray_alpha, {100, 255}), Rgb{255, 0, 0}).model == ColorModel::rgb);
}

}  // namespace imgc
