#include "formats/png/near_lossless.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <doctest/doctest.h>

#include "formats/png/encode.h"
#include "formats/png/filter.h"
#include "formats/png/reduce.h"
#include "image/convert.h"
#include "image/metric.h"
#include "support/images.h"

namespace imgc::png {
namespace {

constexpr Metadata nothing_known;

// Noise on a slope, with pixels that are clear, half clear, white and black.
Image picture() {
  Image image = to_rgba8(test::noise(61, 47, ColorModel::rgb));
  for (std::uint32_t y = 0; y < image.height; ++y) {
    for (std::uint32_t x = 0; x < image.width; ++x) {
      std::uint8_t* pixel = image.row(y) + std::size_t{x} * 4;
      for (unsigned c = 0; c < 3; ++c) pixel[c] = static_cast<std::uint8_t>(pixel[c] / 8U + 2U * x + y);
      if (x % 7 == 3 && y % 5 == 1) pixel[3] = static_cast<std::uint8_t>(x % 2 * 128);
      if (x > 50) pixel[0] = pixel[1] = pixel[2] = static_cast<std::uint8_t>(y % 2 * 255);
    }
  }
  return image;
}

std::size_t bytes(const Image& image, Strategy filter) {
  return estimate(direct_raster(image, take_census(image), Gamut::any), {}, filter, Sampling::thorough);
}

}  // namespace

TEST_CASE("near-lossless: no sample is off by more than the tolerance, alpha is kept, and it is smaller") {
  const Image original = picture();
  for (const Strategy filter : {Strategy::average, Strategy::paeth}) {
    const Image made = round_residues(original, filter, {3, 2});
    unsigned moved = 0;
    for (std::size_t i = 0; i < original.pixels.size(); i += 4) {
      CHECK(made.pixels[i + 3] == original.pixels[i + 3]);
      if (original.pixels[i + 3] == 0) continue;
      for (std::size_t c = 0; c < 3; ++c) {
        const int off = std::abs(int{made.pixels[i + c]} - int{original.pixels[i + c]});
        CHECK(off <= (c == 1 ? 2 : 3));
        moved += off > 0 ? 1 : 0;
      }
    }
    CHECK(moved > original.pixels.size() / 4);
    CHECK(bytes(made, filter) < bytes(original, filter) * 3 / 4);
  }
  CHECK(round_residues(original, Strategy::paeth, {0, 0}).pixels.size() == original.pixels.size());
}

TEST_CASE("near-lossless: nothing allowed changes nothing that is seen") {
  Image original = picture();
  const Image made = round_residues(original, Strategy::average, {0, 0});
  CHECK(psnr(original, made) == 100);
}

TEST_CASE("near-lossless: the score that is asked for is kept, and a lower one makes it smaller") {
  const Bytes file = test::read_file(test::testdata("images/png/photo-like.png"));
  const Image original = to_rgba8(*format_named("png")->decode(file, {}));
  const ScoreReference reference({original, nothing_known});
  for (const Strategy filter : {Strategy::average, Strategy::paeth}) {
    std::size_t before = bytes(original, filter);
    for (const double least : {96.0, 90.0, 80.0}) {
      const auto made = near_lossless(original, nothing_known, filter, least, reference);
      REQUIRE(made);
      REQUIRE(*made);
      CHECK(*reference.score({**made, nothing_known}) >= least);
      const std::size_t now = bytes(**made, filter);
      CHECK(now < before);
      before = now;
    }
    const auto none = near_lossless(original, nothing_known, filter, 99.99, reference);
    REQUIRE(none);
    CHECK_FALSE(*none);
  }
}

TEST_CASE("near-lossless: gray stays gray") {
  const Image original = to_rgba8(test::noise(40, 40, ColorModel::gray));
  const ScoreReference reference({original, nothing_known});
  const auto made = near_lossless(original, nothing_known, Strategy::paeth, 60, reference);
  REQUIRE(made);
  REQUIRE(*made);
  CHECK((*made)->pixels != original.pixels);
  CHECK(take_census(**made).gray);
}

}  // namespace imgc::png
