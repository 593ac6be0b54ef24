#include "formats/png/lean.h"

#include <filesystem>
#include <limits>

#include <doctest/doctest.h>

#include "formats/png/make.h"
#include "formats/png/png.h"
#include "image/convert.h"
#include "image/metadata_policy.h"
#include "support/images.h"

namespace imgc {
namespace {

using test::png_of;
using test::unbounded;

Attempt lean(ByteView file, std::size_t bound = unbounded, const Limits& limits = {}) {
  const Result<Probe> probe = png_format.probe(file, limits);
  REQUIRE(probe);
  const Result<Metadata> metadata = png_format.metadata(file, limits);
  REQUIRE(metadata);
  const Subject subject(file, *probe, apply(MetadataPolicy{}, *metadata), limits);
  const Result<Lineup> lineup = png_format.lean_lineup(*probe, {});
  if (!lineup) return tl::unexpected(lineup.error());
  REQUIRE(lineup->recipes.size() == 1);
  return lineup->recipes[0].run(subject, bound);
}

// The file that comes out, after comparing its pixels in two ways.
Bytes made_lean(ByteView file) {
  Attempt attempt = lean(file);
  if (!attempt) FAIL(attempt.error().message);
  Bytes bytes = std::get<Candidate>(*std::move(attempt)).bytes;
  CHECK(same_pixels(*png_format.decode(file, {}), *png_format.decode(bytes, {})));
  CHECK(*png_format.same_picture(file, bytes, {}));
  return bytes;
}

// Taller than a few bands of any layout.
constexpr std::uint32_t tall = 3000;
constexpr std::uint32_t width = 300;

Image flat(ColorModel model, unsigned depth = 8) {
  Image image{width, tall, model, depth, {}};
  image.pixels.resize(image.row_bytes() * tall);
  if (has_alpha(model))
    for (std::size_t i = 0; i < image.pixels.size(); i += image.pixel_bytes())
      for (std::size_t k = 1; k <= depth / 8; ++k) image.pixels[i + image.pixel_bytes() - k] = 0xFF;
  return image;
}

}  // namespace

TEST_CASE("lean: what all bands agree on is taken, and one pixel in the last band is enough to keep it") {
  Image image = flat(ColorModel::rgba);
  CHECK(test::color_of(made_lean(png_of(image))) == 0);
  CHECK(test::depth_of(made_lean(png_of(image))) == 1);
  std::uint8_t* last = &image.pixels[image.pixels.size() - 4];
  last[0] = 1;
  CHECK(test::color_of(made_lean(png_of(image))) == 3);  // two colours
  last[0] = 0;
  last[3] = 254;
  CHECK(test::color_of(made_lean(png_of(image))) == 3);

  Image many = test::gradient(width, tall, ColorModel::rgba);
  for (std::size_t i = 3; i < many.pixels.size(); i += 4) many.pixels[i] = 255;
  CHECK(test::color_of(made_lean(png_of(many))) == 2);
  many.pixels.back() = 254;
  CHECK(test::color_of(made_lean(png_of(many))) == 6);
  Image gray = test::gradient(width, tall, ColorModel::gray);
  CHECK(test::color_of(made_lean(png_of(gray))) == 0);
}

TEST_CASE("lean: colours are counted over all bands, up to 256 of them") {
  for (const unsigned colors : {2U, 3U, 9U, 17U, 256U, 257U}) {
    CAPTURE(colors);
    Image image = flat(ColorModel::rgb);
    for (std::uint32_t y = 0; y < tall; ++y) {
      const std::uint32_t index = y * colors / tall;
      for (std::uint32_t x = 0; x < width; ++x) {
        image.row(y)[3 * x] = static_cast<std::uint8_t>(index);
        image.row(y)[3 * x + 1] = static_cast<std::uint8_t>(index / 256 + 100);
      }
    }
    const Bytes file = made_lean(png_of(image));
    CHECK(test::color_of(file) == (colors > 256 ? 2 : 3));
    if (colors <= 256)
      CHECK(test::depth_of(file) == (colors <= 2 ? 1 : colors <= 4 ? 2 : colors <= 16 ? 4 : 8));
  }
}

TEST_CASE("lean: 16 bits are narrowed only when every sample of every band allows it") {
  Image image = flat(ColorModel::rgb, 16);
  for (std::size_t i = 0; i + 1 < image.pixels.size(); i += 2)
    image.pixels[i] = image.pixels[i + 1] = static_cast<std::uint8_t>(i * 7 / 600 + i % 13);
  CHECK(test::depth_of(made_lean(png_of(image))) <= 8);
  image.pixels.back() ^= 1U;
  CHECK(test::depth_of(made_lean(png_of(image))) == 16);
}

TEST_CASE("lean: a tRNS key needs one hidden colour that no visible pixel has, in any band") {
  for (const unsigned depth : {8U, 16U}) {
    CAPTURE(depth);
    // More than 256 colours, so that the key can't be looked up in a palette.
    constexpr std::uint32_t a_few_bands = 700;  // of this layout
    Image image = test::gradient(width, a_few_bands, ColorModel::rgba, depth);
    const std::size_t pixel = image.pixel_bytes();
    const std::size_t alpha = pixel - depth / 8;
    for (std::size_t i = 0; i < image.pixels.size(); i += pixel)
      for (std::size_t k = alpha; k < pixel; ++k) image.pixels[i + k] = 0xFF;
    // Much green and little of the rest, which the gradient never has.
    const auto set = [&](std::size_t i, std::uint8_t color, std::uint8_t opacity) {
      for (std::size_t k = 0; k < pixel; ++k) {
        const auto other = static_cast<std::uint8_t>(255 - color);
        image.pixels[i + k] = k >= alpha ? opacity : k / (depth / 8) == 1 ? color : other;
      }
    };
    set(0, 0xF7, 0);
    CHECK(test::color_of(made_lean(png_of(image))) == 2);
    const std::size_t last = image.pixels.size() - pixel;
    set(last, 0xF7, 0);
    CHECK(test::color_of(made_lean(png_of(image))) == 2);
    set(last, 0xF7, 0xFF);
    CHECK(test::color_of(made_lean(png_of(image))) == 6);
    set(last, 0xF6, 0);
    CHECK(test::color_of(made_lean(png_of(image))) == 6);
    set(last, 0xF7, 1);
    CHECK(test::color_of(made_lean(png_of(image))) == 6);
  }
}

TEST_CASE("lean: every layout at every width keeps its pixels") {
  for (const ColorModel model : {ColorModel::gray, ColorModel::gray_alpha, ColorModel::rgb, ColorModel::rgba})
    for (const unsigned depth : {8U, 16U})
      for (const std::uint32_t wide : {1U, 2U, 7U, 9U, 33U}) {
        static_cast<void>(made_lean(png_of(test::gradient(wide, 21, model, depth))));
        static_cast<void>(made_lean(png_of(test::noise(wide, 5, model, depth))));
      }
  // One row that is longer than a band.
  static_cast<void>(made_lean(png_of(test::noise(200'000, 3, ColorModel::rgb))));
  for (const unsigned depth : {1U, 2U, 4U})
    static_cast<void>(
        made_lean(png_of(test::ihdr(9, 2, depth, 0), {}, Bytes(2 * (1 + (9 * depth + 7) / 8)))));
}

TEST_CASE("lean: a result of exactly the bound is returned, and a larger one declined") {
  const Bytes file = png_of(test::gradient(width, tall, ColorModel::rgb));
  const Bytes whole = made_lean(file);
  const auto run = [&](std::size_t bound) { return lean(file, bound).value(); };
  CHECK(std::get<Candidate>(run(whole.size())).bytes == whole);
  CHECK(std::holds_alternative<Declined>(run(whole.size() - 1)));
  CHECK(std::holds_alternative<Declined>(run(0)));
}

TEST_CASE("lean: metadata and imgc's own mark go out as the usual way has them") {
  const Image image = test::gradient(40, 30, ColorModel::rgb);
  const Bytes gamma = {0, 0, 0xB1, 0x8F};
  const Bytes file = png_of(image, {{"imGC", {70}}, {"gAMA", gamma}, {"tEXt", test::text_bytes("a\0b")}});
  const Bytes out = made_lean(file);
  CHECK(png_format.probe(out, {})->quality == 70);
  const Result<Metadata> metadata = png_format.metadata(out, {});
  REQUIRE(metadata->items.size() == 1);
  CHECK(metadata->items[0].name == "gAMA");
}

TEST_CASE("lean: damage anywhere is an error, before a file comes out") {
  const Bytes good = png_of(test::gradient(width, tall, ColorModel::rgb));
  for (const std::size_t from_end : {20U, 1000U}) {
    Bytes bad = good;
    bad[bad.size() - from_end] ^= 1U;
    CHECK(lean(bad).error().code == ErrorCode::malformed);
    CHECK_FALSE(png_format.same_picture(good, bad, {}));
  }
  const Bytes missing_rows = png_of(test::ihdr(20, 20, 8, 2), {}, Bytes(std::size_t{19} * 61));
  CHECK(lean(missing_rows).error().code == ErrorCode::malformed);
  const Bytes stray_index = png_of(test::ihdr(2, 1, 8, 3), {{"PLTE", {1, 2, 3, 4, 5, 6}}}, Bytes{0, 0, 2});
  CHECK(lean(stray_index).error().code == ErrorCode::malformed);
}

TEST_CASE("lean: the memory limit is checked before anything is allocated, and binds") {
  Limits limits;
  limits.memory = std::uint64_t{1} << 20U;
  const Bytes file = png_of(test::gradient(width, tall, ColorModel::rgb));
  const Attempt little = lean(file, file.size(), limits);
  REQUIRE_FALSE(little);
  CHECK(little.error().code == ErrorCode::out_of_memory);
  CHECK(little.error().message.find("--memory-limit") != std::string::npos);
  // A row of 2 GB, in a file that could hold it.
  const Bytes wide =
      png_of({{"IHDR", test::ihdr(268'000'000, 1, 16, 6)}, {"IDAT", Bytes(3 << 20U)}, {"IEND", {}}});
  limits.memory = std::uint64_t{64} << 20U;
  CHECK(lean(wide, wide.size(), limits).error().code == ErrorCode::out_of_memory);
}

TEST_CASE("lean: an interlaced image is refused before it starts") {
  const Attempt attempt = lean(test::interlaced_png_of(test::gradient(19, 23, ColorModel::rgb)));
  REQUIRE_FALSE(attempt);
  CHECK(attempt.error().code == ErrorCode::out_of_memory);
  CHECK(attempt.error().message.find("interlaced") != std::string::npos);
}

TEST_CASE("same_picture: layouts don't matter, any bit of any row does") {
  const Image image = test::gradient(width, 500, ColorModel::rgb);
  Image same{image.width, image.height, ColorModel::rgba, 8, {}};
  same.pixels = to_rgba8(image).pixels;
  CHECK(*png_format.same_picture(png_of(image), png_of(same), {}));
  const Image small = test::gradient(19, 23, ColorModel::rgb);
  CHECK(*png_format.same_picture(png_of(small), test::interlaced_png_of(small), {}));
  for (const std::size_t at : {std::size_t{0}, same.pixels.size() / 2, same.pixels.size() - 1}) {
    Image other = same;
    other.pixels[at] ^= 1U;
    CHECK_FALSE(*png_format.same_picture(png_of(image), png_of(other), {}));
  }
  const Image shorter = test::gradient(width, 499, ColorModel::rgb);
  CHECK_FALSE(*png_format.same_picture(png_of(image), png_of(shorter), {}));
  Image deep = test::gradient(9, 9, ColorModel::gray, 16);
  Image deeper = deep;
  deeper.pixels[0] ^= 1U;
  CHECK_FALSE(*png_format.same_picture(png_of(deep), png_of(deeper), {}));
}

TEST_CASE("lean: PngSuite survives, all but the interlaced files") {
  const auto corpus = test::shared_corpus();
  if (!corpus || !std::filesystem::is_directory(*corpus / "pngsuite")) return;
  std::size_t whole = 0;
  std::size_t interlaced = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*corpus / "pngsuite")) {
    if (entry.path().extension() != ".png") continue;
    const Bytes file = test::read_file(entry.path());
    const Result<Probe> probe = png_format.probe(file, {});
    if (!probe || !png_format.decode(file, {})) continue;
    CAPTURE(entry.path());
    if (probe->interlaced) {
      CHECK_FALSE(lean(file));
      ++interlaced;
      continue;
    }
    static_cast<void>(made_lean(file));
    ++whole;
  }
  CHECK(whole > 30);
  CHECK(interlaced > 20);
}

}  // namespace imgc
