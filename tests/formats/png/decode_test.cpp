#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "formats/png/make.h"
#include "formats/png/png.h"
#include "image/exif.h"
#include "support/images.h"

namespace imgc {
namespace {

using test::png_of;
using test::PngChunk;

Image decoded(const Bytes& file) {
  Result<Image> image = png_format.decode(file, {});
  REQUIRE(image);
  const Result<Probe> probe = png_format.probe(file, {});
  REQUIRE(probe);
  CHECK(probe->width == image->width);
  CHECK(probe->height == image->height);
  CHECK(probe->model == image->model);
  CHECK(probe->decoded_bytes() == image->pixels.size());
  return *std::move(image);
}

Probe probed(const Bytes& file) {
  const Result<Probe> probe = png_format.probe(file, {});
  REQUIRE(probe);
  return *probe;
}

}  // namespace

TEST_CASE("every model comes out of a PNG as it went in, 16 bits included") {
  for (const ColorModel model : {ColorModel::gray, ColorModel::gray_alpha, ColorModel::rgb, ColorModel::rgba})
    for (const unsigned depth : {8U, 16U}) {
      const Image image = test::noise(13, 7, model, depth);
      const Image again = decoded(png_of(image));
      CHECK(again.model == model);
      CHECK(again.depth == depth);
      CHECK(again.pixels == image.pixels);
    }
}

TEST_CASE("gray of 1, 2 and 4 bits is scaled to 8") {
  CHECK(decoded(png_of(test::ihdr(8, 1, 1, 0), {}, Bytes{0, 0b10100000})).pixels ==
        Bytes{255, 0, 255, 0, 0, 0, 0, 0});
  CHECK(decoded(png_of(test::ihdr(4, 1, 2, 0), {}, Bytes{0, 0b00011011})).pixels == Bytes{0, 85, 170, 255});
  CHECK(decoded(png_of(test::ihdr(2, 1, 4, 0), {}, Bytes{0, 0x1E})).pixels == Bytes{0x11, 0xEE});
}

TEST_CASE("a palette of any depth is expanded, with the alpha of tRNS") {
  const Bytes colors = {10, 20, 30, 40, 50, 60};
  for (const unsigned depth : {1U, 2U, 4U, 8U}) {
    const auto packed = static_cast<std::uint8_t>(1U << (8U - depth));  // the first pixel is 1
    Bytes raw = {0, packed};
    if (depth == 8) raw = {0, 1, 0};
    const Bytes opaque = png_of(test::ihdr(2, 1, depth, 3), {{"PLTE", colors}}, raw);
    CHECK(decoded(opaque).pixels == Bytes{40, 50, 60, 10, 20, 30});
    const Bytes clear = png_of(test::ihdr(2, 1, depth, 3), {{"PLTE", colors}, {"tRNS", {7}}}, raw);
    CHECK(decoded(clear).pixels == Bytes{40, 50, 60, 255, 10, 20, 30, 7});
  }
}

TEST_CASE("a tRNS key becomes alpha, compared at full depth") {
  const Bytes rgb =
      png_of(test::ihdr(2, 1, 8, 2), {{"tRNS", {0, 1, 0, 2, 0, 3}}}, Bytes{0, 1, 2, 3, 1, 2, 4});
  CHECK(decoded(rgb).pixels == Bytes{1, 2, 3, 0, 1, 2, 4, 255});
  const Bytes low = png_of(test::ihdr(8, 1, 1, 0), {{"tRNS", {0, 1}}}, Bytes{0, 0x80});
  CHECK(decoded(low).pixels == Bytes{255, 0, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255});
  // Only the first of these differs from the key in its low byte.
  const Image deep = decoded(png_of(test::ihdr(2, 1, 16, 0), {{"tRNS", {5, 6}}}, Bytes{0, 5, 7, 5, 6}));
  REQUIRE(deep.depth == 16);
  CHECK(deep.pixels[2] == 0xFF);
  CHECK(deep.pixels[6] == 0);
}

TEST_CASE("interlaced pixels are put in order, at every small size") {
  for (std::uint32_t width = 1; width <= 9; ++width)
    for (std::uint32_t height = 1; height <= 9; ++height) {
      const Image image = test::noise(width, height, ColorModel::rgb);
      CHECK(decoded(test::interlaced_png_of(image)).pixels == image.pixels);
    }
}

TEST_CASE("gAMA and its like never change samples") {
  const Image image = test::gradient(9, 9, ColorModel::rgb);
  CHECK(decoded(png_of(image, {{"gAMA", {0, 0, 1, 0}}, {"sRGB", {0}}})).pixels == image.pixels);
}

TEST_CASE("a palette beside RGB samples is only a hint") {
  const Image image = test::gradient(9, 9, ColorModel::rgb);
  CHECK(decoded(png_of(image, {{"PLTE", {1, 2, 3}}})).pixels == image.pixels);
}

TEST_CASE("a probe tells of alpha, interlacing and orientation") {
  const Image rgb = test::gradient(9, 9, ColorModel::rgb);
  CHECK(probed(test::interlaced_png_of(rgb)).encoding == "rgb, interlaced");
  const Probe indexed =
      probed(png_of(test::ihdr(2, 1, 4, 3), {{"PLTE", {1, 2, 3}}, {"tRNS", {7}}}, Bytes{0, 0}));
  CHECK(indexed.encoding == "indexed");
  CHECK(indexed.depth == 4);
  CHECK(indexed.model == ColorModel::rgba);
  const Bytes exif = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0};
  CHECK(probed(png_of(rgb, {{"eXIf", exif}})).orientation == 6);
  CHECK_FALSE(probed(png_of(rgb)).lossy);
}

TEST_CASE(
    "orientation is that of the first eXIf whose check sum is right, before the pixels or behind them") {
  const Image rgb = test::gradient(9, 9, ColorModel::rgb);
  const PngChunk six = {"eXIf", minimal_exif(6)};
  const PngChunk eight = {"eXIf", minimal_exif(8)};
  CHECK(probed(png_of(rgb, {}, {six, eight})).orientation == 6);
  CHECK(probed(png_of(rgb, {eight}, {six})).orientation == 8);
  CHECK(probed(png_of(rgb, {eight, six})).orientation == 8);
  Bytes damaged = png_of(rgb, {}, {six, eight});
  const auto at = std::search(damaged.begin(), damaged.end(), six.data.begin(), six.data.end());
  REQUIRE(at != damaged.end());
  *at ^= 1;
  CHECK(probed(damaged).orientation == 8);
  // Of a file that is not there yet to its end, nobody knows.
  Bytes start = png_of(rgb, {}, {six});
  start.resize(start.size() - 40);
  CHECK(probed(start).orientation == 1);
}

TEST_CASE("an animated PNG says so and how many frames it has") {
  const Probe probe =
      probed(png_of(test::gradient(9, 9, ColorModel::rgb), {{"acTL", {0, 0, 0, 3, 0, 0, 0, 0}}}));
  CHECK(probe.frames == 3);
  CHECK(probe.animated);
  CHECK_FALSE(probe.untouchable);
  CHECK(probe.encoding == "rgb, animated");
  CHECK(png_format.lineup(probe, {}));
}

TEST_CASE("segments cover the file, with what follows IEND") {
  Bytes file = png_of(test::gradient(9, 9, ColorModel::rgb), {{"gAMA", {0, 0, 0xB1, 0x8F}}});
  file.insert(file.end(), 10, 'x');
  CHECK(test::chunk_names(file) == std::vector<std::string>{"IHDR", "gAMA", "IDAT", "IEND", "other data"});
  std::uint64_t at = 8;
  for (const Segment& segment : png_format.segments(file)) {
    CHECK(segment.offset == at);
    at += segment.bytes;
  }
  CHECK(at == file.size());
}

}  // namespace imgc
