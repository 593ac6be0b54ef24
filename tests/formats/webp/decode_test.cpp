#include "formats/webp/decode.h"

#include <doctest/doctest.h>

#include "formats/webp/files.h"
#include "image/convert.h"
#include "image/metric.h"
#include "support/images.h"

namespace imgc::test {

TEST_CASE("webp decode: lossless gives back every pixel, hidden colours included") {
  for (const ColorModel model :
       {ColorModel::gray, ColorModel::gray_alpha, ColorModel::rgb, ColorModel::rgba}) {
    for (const Image& image : {gradient(37, 19, model), noise(40, 40, model), gradient(1, 1, model)}) {
      const auto decoded = webp::decode(lossless_webp(image), Limits{});
      REQUIRE(decoded.has_value());
      CHECK(same_pixels(image, *decoded));
      CHECK(decoded->depth == 8);
    }
  }
}

TEST_CASE("webp decode: lossy keeps alpha exactly and the colours closely") {
  const Image image = gradient(160, 120, ColorModel::rgba);
  const auto decoded = webp::decode(lossy_webp(image, 90), Limits{});
  REQUIRE(decoded.has_value());
  REQUIRE(decoded->model == ColorModel::rgba);
  for (std::size_t i = 3; i < image.pixels.size(); i += 4) REQUIRE(decoded->pixels[i] == image.pixels[i]);
  CHECK(psnr(image, *decoded) > 30);
}

TEST_CASE("webp decode: opaque alpha is not stored") {
  Image image = gradient(20, 20, ColorModel::rgba);
  for (std::size_t i = 3; i < image.pixels.size(); i += 4) image.pixels[i] = 255;
  for (const Bytes& file : {lossless_webp(image), lossy_webp(image, 80)})
    CHECK(webp::decode(file, Limits{})->model == ColorModel::rgb);
}

TEST_CASE("webp decode: a file that is cut anywhere fails, mostly as truncated") {
  for (const Bytes& file : {lossless_webp(gradient(60, 40, ColorModel::rgba)),
                            lossy_webp(gradient(60, 40, ColorModel::rgba), 60)}) {
    // The last byte may be padding.
    for (std::size_t length = 12; length + 1 < file.size(); length += 7) {
      const auto decoded = webp::decode(ByteView(file).first(length), Limits{});
      REQUIRE_FALSE(decoded.has_value());
      CHECK(decoded.error().code == ErrorCode::truncated);
    }
  }
}

TEST_CASE("webp decode: the memory limit holds before anything is allocated") {
  // A VP8L header that claims the largest size, with nothing behind it.
  const Bytes file = riff_of({{"VP8L", {0x2F, 0xFF, 0xFF, 0xFF, 0x0F, 0, 0, 0, 0, 0}}});
  Limits limits;
  limits.memory = 64 << 20U;
  const auto limited = webp::decode(file, limits);
  REQUIRE_FALSE(limited.has_value());
  CHECK(limited.error().code == ErrorCode::limit);
  limits.max_pixels = 1'000'000;
  CHECK(webp::decode(file, limits).error().message.find("--max-pixels") != std::string::npos);
}

TEST_CASE("webp decode: damage is an error, never a crash") {
  for (const Bytes& good : {lossless_webp(gradient(60, 40, ColorModel::rgba)),
                            lossy_webp(gradient(60, 40, ColorModel::rgba), 60)}) {
    for (std::size_t at = 0; at < good.size(); ++at) {
      Bytes bad = good;
      bad[at] ^= static_cast<std::uint8_t>(1U << (at % 8));
      const auto decoded = webp::decode(bad, Limits{.memory = 16 << 20U});
      if (decoded) CHECK(decoded->pixels.size() == decoded->row_bytes() * decoded->height);
    }
  }
}

}  // namespace imgc::test
