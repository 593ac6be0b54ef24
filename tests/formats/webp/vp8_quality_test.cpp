#include "formats/webp/vp8_quality.h"

#include <doctest/doctest.h>

#include "formats/webp/files.h"
#include "support/images.h"

namespace imgc::test {
namespace {

std::vector<Image> subjects() {
  return {gradient(1, 1, ColorModel::rgb),     gradient(17, 33, ColorModel::rgba),
          gradient(300, 200, ColorModel::rgb), noise(128, 128, ColorModel::rgb),
          noise(64, 257, ColorModel::rgba),    blocks(256, 256, 5),
          blocks(200, 100, 300, true),         gradient(16, 700, ColorModel::gray)};
}

int estimate(const Bytes& file) {
  const auto quantisers = webp::read_quantisers(payload(file));
  REQUIRE(quantisers.has_value());
  return webp::estimate_quality(*quantisers);
}

}  // namespace

TEST_CASE("vp8 quality: the estimate is within 1 of the quality that a file was made with") {
  for (const Image& image : subjects()) {
    for (const int quality : {5, 20, 30, 45, 60, 70, 75, 80, 85, 90, 95, 100}) {
      INFO(image.width, "x", image.height, " at ", quality);
      CHECK(std::abs(estimate(lossy_webp(image, quality)) - quality) <= 1);
    }
  }
}

TEST_CASE("vp8 quality: the effort does not change the estimate by more than 1") {
  const Image image = gradient(200, 150, ColorModel::rgb);
  for (const Effort effort : {Effort::fast, Effort::normal, Effort::high, Effort::max})
    CHECK(std::abs(estimate(lossy_webp(image, 72, effort)) - 72) <= 1);
}

TEST_CASE("vp8 quality: a header that is cut off gives nothing, at any length") {
  const Bytes frame = payload(lossy_webp(noise(64, 64, ColorModel::rgb), 60));
  const auto whole = webp::read_quantisers(frame);
  REQUIRE(whole.has_value());
  bool seen = false;
  for (std::size_t length = 0; length < webp::vp8_quantiser_bytes; ++length) {
    const auto part = webp::read_quantisers(ByteView(frame).first(length));
    // Once enough is there, more changes nothing.
    CHECK(part.has_value() >= seen);
    seen = part.has_value();
    if (part) CHECK(webp::estimate_quality(*part) == webp::estimate_quality(*whole));
  }
  CHECK(seen);
}

TEST_CASE("vp8 quality: any bytes give a quality from 1 to 100 or nothing") {
  const Image random = noise(100, 100, ColorModel::gray);
  for (std::size_t at = 0; at + 100 <= random.pixels.size(); at += 37) {
    const auto quantisers = webp::read_quantisers(ByteView(random.pixels).subspan(at, 100));
    if (!quantisers) continue;
    const int quality = webp::estimate_quality(*quantisers);
    CHECK(quality >= 1);
    CHECK(quality <= 100);
  }
}

}  // namespace imgc::test
