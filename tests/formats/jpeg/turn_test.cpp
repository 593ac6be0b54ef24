#include "formats/jpeg/turn.h"

#include <cstdlib>

#include <doctest/doctest.h>

#include "formats/jpeg/samples.h"
#include "support/images.h"

namespace imgc::jpeg {
namespace {

int largest_difference(const Image& a, const Image& b) {
  REQUIRE(a.pixels.size() == b.pixels.size());
  int most = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i)
    most = std::max(most, std::abs(int{a.pixels[i]} - int{b.pixels[i]}));
  return most;
}

Turn inverse(Turn turn) {
  for (int orientation = 1; orientation <= 8; ++orientation)
    if (then(turn, turn_of_orientation(orientation)).is_none()) return turn_of_orientation(orientation);
  return {};
}

Bytes turn_whole(const Bytes& jpeg, Turn turn) {
  const auto out = turn_file(jpeg, turn, {});
  REQUIRE(out);
  REQUIRE(*out);
  return **out;
}

}  // namespace

// libjpeg's inverse transform rounds rows and columns apart, so that a turned file may decode a step
// otherwise.
TEST_CASE("jpeg turn: whole MCUs turn every way, and show what turned pixels show") {
  const test::JpegSample samples[] = {
      {.width = 96, .height = 64, .h = 2, .v = 2},
      {.width = 96, .height = 64, .h = 2, .v = 1, .progressive = true},
      {.width = 96, .height = 64, .h = 1, .v = 1, .restart_interval = 3},
      {.width = 72, .height = 56, .colors = test::JpegColors::gray, .h = 1, .v = 1},
      {.width = 64, .height = 32, .colors = test::JpegColors::rgb, .h = 1, .v = 1},
      {.width = 64, .height = 32, .colors = test::JpegColors::cmyk, .h = 1, .v = 1},
      {.width = 64, .height = 32, .colors = test::JpegColors::ycck, .h = 2, .v = 2},
  };
  for (const test::JpegSample& sample : samples) {
    const Bytes original = test::make_jpeg(sample);
    for (int orientation = 2; orientation <= 8; ++orientation) {
      CAPTURE(orientation);
      CAPTURE(int{static_cast<std::uint8_t>(sample.colors)});
      const Turn turn = turn_of_orientation(orientation);
      const Bytes out = turn_whole(original, turn);
      const Image shown = test::decoded(out);
      const Image wanted = turned(test::decoded(original), turn);
      CHECK(shown.width == wanted.width);
      CHECK(shown.model == wanted.model);
      CHECK(largest_difference(shown, wanted) <= 4);
      CHECK(test::coefficients_of(turn_whole(out, inverse(turn))) == test::coefficients_of(original));
    }
  }
}

TEST_CASE("jpeg turn: a partial block may only stay at the right and at the bottom") {
  const auto can = [](std::uint32_t width, std::uint32_t height, int orientation) {
    const Bytes jpeg = test::make_jpeg({.width = width, .height = height, .h = 2, .v = 2});
    const auto out = turn_file(jpeg, turn_of_orientation(orientation), {});
    REQUIRE(out);
    return out->has_value();
  };
  CHECK(can(83, 61, 5));  // rows and columns exchanged
  CHECK_FALSE(can(83, 64, 2));
  CHECK(can(83, 64, 4));
  CHECK(can(83, 64, 6));  // clockwise: the bottom comes to the left
  CHECK_FALSE(can(83, 64, 8));
  CHECK(can(96, 61, 8));
  CHECK_FALSE(can(96, 61, 3));
  CHECK_FALSE(can(88, 64, 2));  // whole blocks of luma, half a block of chroma
}

}  // namespace imgc::jpeg
