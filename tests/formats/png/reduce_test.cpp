#include "formats/png/reduce.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <random>

#include <doctest/doctest.h>

#include "formats/png/decode.h"
#include "formats/png/encode.h"
#include "image/convert.h"
#include "support/for_each.h"
#include "support/images.h"

namespace imgc::png {
namespace {

constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

Image rgba_of(std::uint32_t width, std::uint32_t height, const std::vector<Color>& colors) {
  Image image{width, height, ColorModel::rgba, 8, {}};
  for (std::uint32_t i = 0; i < width * height; ++i) {
    const Color& color = colors[i % colors.size()];
    image.pixels.insert(image.pixels.end(), color.begin(), color.end());
  }
  return image;
}

std::vector<Color> grays(unsigned count, unsigned step) {
  std::vector<Color> colors;
  for (unsigned i = 0; i < count; ++i) {
    const auto value = static_cast<std::uint8_t>(i * step);
    colors.push_back({value, value, value, 255});
  }
  return colors;
}

// The raster shows what the image shows.
void check_same(const Image& image, const Raster& raster) {
  const std::optional<Bytes> file = encode(raster, {}, {Strategy::none, 1}, unbounded);
  REQUIRE(file);
  const Result<Image> again = decode(*file, {});
  REQUIRE(again);
  CHECK(same_pixels(image, *again));
}

Raster direct(const Image& image, Gamut gamut = Gamut::any) {
  const std::optional<Image> narrow = narrow_exactly(image);
  const Image& from = narrow ? *narrow : image;
  Raster raster = direct_raster(from, take_census(from), gamut);
  check_same(image, raster);
  return raster;
}

std::optional<Raster> indexed(const Image& image, Gamut gamut = Gamut::any) {
  const std::optional<IndexedPicture> picture = index_colors(image, take_census(image), gamut);
  if (!picture) return std::nullopt;
  const Raster raster = indexed_raster(*picture, order_palette(*picture, PaletteOrder::first_use));
  check_same(image, raster);
  return raster;
}

}  // namespace

TEST_CASE("16 bits become 8 only when both bytes of every sample are equal") {
  Image image = test::gradient(5, 5, ColorModel::rgb, 16);
  CHECK_FALSE(narrow_exactly(image));
  CHECK(direct(image).depth == 16);
  for (std::size_t i = 0; i < image.pixels.size(); i += 2) image.pixels[i] = image.pixels[i + 1];
  CHECK(direct(image).depth == 8);
  image.pixels.back() ^= 1U;
  CHECK_FALSE(narrow_exactly(image));
}

TEST_CASE("equal channels become gray, with alpha or without, at both depths") {
  for (const unsigned depth : {8U, 16U})
    for (const ColorModel model : {ColorModel::gray, ColorModel::gray_alpha}) {
      const Image gray = test::noise(17, 9, model, depth);
      Image wide{17, 9, ColorModel::rgba, depth, {}};
      wide.pixels.resize(wide.row_bytes() * wide.height);
      for (std::uint32_t y = 0; y < 9; ++y) rgba_row(gray, y, wide.row(y));
      CHECK(direct(wide).color == (model == ColorModel::gray ? ColorType::gray : ColorType::gray_alpha));
      wide.pixels[0] ^= 0x40U;
      CHECK(direct(wide).color == (model == ColorModel::gray ? ColorType::rgb : ColorType::rgba));
    }
}

TEST_CASE("gray takes as few bits as hold its levels") {
  CHECK(direct(rgba_of(9, 3, grays(2, 255))).depth == 1);
  CHECK(direct(rgba_of(9, 3, grays(4, 85))).depth == 2);
  CHECK(direct(rgba_of(9, 3, grays(16, 17))).depth == 4);
  CHECK(direct(rgba_of(9, 3, grays(3, 100))).depth == 8);
}

TEST_CASE("opaque alpha goes, other alpha stays") {
  Image image = test::noise(16, 16, ColorModel::rgba);
  CHECK(direct(image).color == ColorType::rgba);
  for (std::size_t i = 3; i < image.pixels.size(); i += 4) image.pixels[i] = 255;
  CHECK(direct(image).color == ColorType::rgb);
}

TEST_CASE("a tRNS key stands for binary alpha when the hidden colour is one and no other pixel has it") {
  const Color clear = {9, 8, 7, 0};
  const Raster keyed = direct(rgba_of(7, 7, {clear, {1, 2, 3, 255}, {4, 5, 6, 255}}));
  CHECK(keyed.color == ColorType::rgb);
  CHECK(keyed.transparency == Bytes{0, 9, 0, 8, 0, 7});
  CHECK(direct(rgba_of(7, 7, {clear, {9, 8, 7, 255}})).color == ColorType::rgba);
  CHECK(direct(rgba_of(7, 7, {clear, {9, 8, 6, 0}, {1, 2, 3, 255}})).color == ColorType::rgba);
  CHECK(direct(rgba_of(7, 7, {clear, {1, 2, 3, 254}})).color == ColorType::rgba);
  const Raster low = direct(rgba_of(7, 7, {{255, 255, 255, 0}, {0, 0, 0, 255}}));
  CHECK(low.depth == 1);
  CHECK(low.transparency == Bytes{0, 1});
}

TEST_CASE("a 16-bit tRNS key is compared at full depth") {
  Image image = test::noise(9, 9, ColorModel::rgba, 16);
  for (std::size_t i = 0; i < image.pixels.size(); i += 8) {
    const bool clear = i % 16 == 0;
    const std::uint16_t alpha = clear ? 0 : 0xFFFF;
    std::memcpy(&image.pixels[i + 6], &alpha, 2);
    if (clear) std::memset(&image.pixels[i], 0x12, 6);
  }
  // An opaque pixel that a comparison of the high bytes alone would take for the key.
  const std::uint16_t near = 0x1213;
  for (std::size_t c = 0; c < 3; ++c) std::memcpy(&image.pixels[8 + 2 * c], &near, 2);
  const Raster raster = direct(image);
  CHECK(raster.color == ColorType::rgb);
  CHECK(raster.transparency == Bytes{0x12, 0x12, 0x12, 0x12, 0x12, 0x12});
}

TEST_CASE("colour hidden under zero alpha is kept") {
  const Image image = rgba_of(8, 8, {{200, 100, 50, 0}, {1, 2, 3, 0}, {4, 5, 6, 128}});
  CHECK(direct(image).color == ColorType::rgba);
  const std::optional<Raster> palette = indexed(image);
  REQUIRE(palette);
  CHECK(palette->palette.size() == 9);
}

TEST_CASE("up to 256 colours make a palette, in as few bits as it needs, and 257 do not") {
  for (const auto& [count, depth] :
       {std::pair{1U, 1U}, {2U, 1U}, {3U, 2U}, {4U, 2U}, {5U, 4U}, {16U, 4U}, {17U, 8U}, {256U, 8U}}) {
    std::vector<Color> colors;
    for (unsigned i = 0; i < count; ++i)
      colors.push_back({static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i * 7), 3,
                        static_cast<std::uint8_t>(i % 3 == 0 ? 255 : i)});
    const std::optional<Raster> raster = indexed(rgba_of(37, 29, colors));
    REQUIRE(raster);
    CHECK(raster->depth == depth);
    CHECK(raster->palette.size() == std::size_t{3} * count);
    // Translucent entries stand first, so tRNS lists no opaque one.
    for (const std::uint8_t alpha : raster->transparency) CHECK(alpha != 255);
    colors.push_back({0, 0, 9, 9});
    if (count == 256) CHECK_FALSE(indexed(rgba_of(37, 29, colors)));
  }
}

TEST_CASE("the gamut forbids to cross between gray and colour") {
  const Image gray = rgba_of(9, 9, grays(16, 17));
  CHECK(direct(gray, Gamut::color_only).color == ColorType::rgb);
  CHECK(direct(gray, Gamut::gray_only).color == ColorType::gray);
  CHECK(indexed(gray, Gamut::color_only));
  CHECK_FALSE(indexed(gray, Gamut::gray_only));
}

TEST_CASE("every filter strategy decodes to the same pixels, for every layout") {
  std::vector<Raster> rasters;
  for (const ColorModel model : {ColorModel::gray, ColorModel::gray_alpha, ColorModel::rgb, ColorModel::rgba})
    for (const unsigned depth : {8U, 16U})
      for (const std::uint32_t width : {1U, 2U, 31U})
        for (const Image& image :
             {test::noise(width, 11, model, depth), test::gradient(width, 40, model, depth)})
          rasters.push_back(direct_raster(image, take_census(image), Gamut::any));
  for (const unsigned colors : {2U, 4U, 16U, 200U}) {
    const Image image = test::blocks(67, 45, colors, true);
    rasters.push_back(*indexed(image));
  }
  for (const Raster& raster : rasters) {
    const Result<Image> plain = decode(*encode(raster, {}, {Strategy::none, 1}, unbounded), {});
    REQUIRE(plain);
    for (unsigned s = 1; s <= static_cast<unsigned>(Strategy::matches); ++s) {
      const Coding coding{static_cast<Strategy>(s), 6};
      CAPTURE(name(coding.strategy));
      const Result<Image> image = decode(*encode(raster, {}, coding, unbounded), {});
      REQUIRE(image);
      CHECK(image->pixels == plain->pixels);
    }
  }
}

TEST_CASE("a strategy that chooses is not worse than the worst filter") {
  const Image image = test::gradient(200, 200, ColorModel::rgb);
  const Raster raster = direct_raster(image, take_census(image), Gamut::any);
  const auto size = [&](Strategy strategy) { return encode(raster, {}, {strategy, 9}, unbounded)->size(); };
  const std::size_t none = size(Strategy::none);
  for (const Strategy strategy : {Strategy::minsum, Strategy::entropy, Strategy::bigrams, Strategy::matches})
    CHECK(size(strategy) < none);
}

TEST_CASE("rows longer than DEFLATE's window decode to the same pixels under the row-wise choice") {
  const Image image = test::gradient(12'000, 5, ColorModel::rgba);
  const Raster raster = direct_raster(image, take_census(image), Gamut::any);
  REQUIRE(raster.row_bytes() > 32'768);
  const Result<Image> plain = decode(*encode(raster, {}, {Strategy::none, 1}, unbounded), {});
  const Result<Image> chosen = decode(*encode(raster, {}, {Strategy::matches, 1}, unbounded), {});
  REQUIRE(plain);
  REQUIRE(chosen);
  CHECK(chosen->pixels == plain->pixels);
}

// The costs that one part has taught must not keep the choice from the filter that suits the next.
TEST_CASE("the row-wise choice follows an image from part to part") {
  Image image = test::gradient(300, 600, ColorModel::rgb);
  const std::size_t part = image.pixels.size() / 3;
  std::mt19937 random(11);
  // Above, a row of noise that repeats; below, what it was.
  Bytes noise(image.row_bytes());
  for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(random());
  for (std::size_t i = 0; i < part; ++i) image.pixels[i] = noise[i % noise.size()];
  const Raster raster = direct_raster(image, take_census(image), Gamut::any);
  const auto size = [&](Strategy strategy) { return encode(raster, {}, {strategy, 12}, unbounded)->size(); };
  std::size_t least = unbounded;
  for (const Strategy strategy :
       {Strategy::none, Strategy::sub, Strategy::up, Strategy::average, Strategy::paeth})
    least = std::min(least, size(strategy));
  CHECK(size(Strategy::matches) < least + least / 10);
}

TEST_CASE("rows filtered in part are the same rows") {
  const Image image = test::gradient(30, 20, ColorModel::rgb);
  const Raster raster = direct_raster(image, take_census(image), Gamut::any);
  for (const Strategy strategy : {Strategy::up, Strategy::paeth, Strategy::minsum, Strategy::entropy}) {
    const Bytes whole = filter_rows(raster, strategy, 0, 20);
    const Bytes part = filter_rows(raster, strategy, 7, 12);
    constexpr std::ptrdiff_t row = 91;
    CHECK(part == Bytes(whole.begin() + 7 * row, whole.begin() + 12 * row));
  }
}

TEST_CASE("the size bound includes the bound itself") {
  for (const std::uint32_t side : {1U, 8U, 100U}) {
    const Image image = test::noise(side, side, ColorModel::rgb);
    const Raster raster = direct_raster(image, take_census(image), Gamut::any);
    for (const int level : {1, 6, 9, 10, 12}) {
      const std::size_t size = encode(raster, {}, {Strategy::none, level}, unbounded)->size();
      const std::optional<Bytes> exact = encode(raster, {}, {Strategy::none, level}, size);
      REQUIRE(exact);
      CHECK(exact->size() == size);
      CHECK_FALSE(encode(raster, {}, {Strategy::none, level}, size - 1));
    }
  }
  const Image image = test::noise(8, 8, ColorModel::rgb);
  CHECK_FALSE(encode(direct_raster(image, take_census(image), Gamut::any), {}, {}, 0));
}

TEST_CASE("an estimate of a large raster is near its size") {
  const Image image = test::gradient(1200, 1000, ColorModel::rgb);
  const Raster raster = direct_raster(image, take_census(image), Gamut::any);
  const auto real = static_cast<double>(encode(raster, {}, {Strategy::sub, 8}, unbounded)->size());
  const auto guess = static_cast<double>(estimate(raster, {}, Strategy::sub, Sampling::thorough));
  CHECK(guess > real * 0.5);
  CHECK(guess < real * 2);
}

namespace {

// Large enough for several bands, of `colors` in turns down the rows.
Image tall(const std::vector<Color>& colors) {
  constexpr std::uint32_t width = 1500;
  constexpr std::uint32_t height = 1600;
  Image image{width, height, ColorModel::rgba, 8, {}};
  for (std::uint32_t y = 0; y < height; ++y)
    for (std::uint32_t x = 0; x < width; ++x) {
      const Color& color = colors[y * colors.size() / height];
      image.pixels.insert(image.pixels.end(), color.begin(), color.end());
    }
  return image;
}

void put(Image& image, std::uint32_t x, std::uint32_t y, const Color& color) {
  std::ranges::copy(color, image.row(y) + std::size_t{4} * x);
}

}  // namespace

TEST_CASE("a large image's census is that of all its bands") {
  std::vector<Color> colors = grays(200, 1);
  std::ranges::reverse(colors);
  Image image = tall(colors);
  const Census census = take_census(image, test::the_last_first);
  CHECK(census.gray);
  CHECK(census.opaque);
  CHECK(census.colors == colors);  // in the order of first use
  put(image, 1, 1599, {1, 2, 3, 255});
  CHECK_FALSE(take_census(image).gray);
  CHECK(take_census(image).opaque);
  CHECK(take_census(image).colors.size() == 201);
}

TEST_CASE("a tRNS key is a colour that shows in no band") {
  const Color hidden = {9, 8, 7, 0};
  const Color shown = {9, 8, 7, 255};
  for (const bool many : {false, true}) {
    CAPTURE(many);
    Image image = tall({{50, 50, 50, 255}});
    for (unsigned i = 0; many && i < 300; ++i)
      put(image, i, 3,
          {static_cast<std::uint8_t>(i % 256), static_cast<std::uint8_t>(100 + i / 256), 0, 255});
    put(image, 5, 1500, hidden);
    const std::array<std::uint16_t, 3> key = {9, 8, 7};
    CHECK(take_census(image).key == key);
    CHECK(take_census(image).colors.empty() == many);
    put(image, 5, 0, hidden);
    CHECK(take_census(image).key == key);
    put(image, 6, 0, shown);
    CHECK_FALSE(take_census(image).key);
    put(image, 6, 0, {9, 8, 6, 0});  // a second hidden colour, in another band than the first
    CHECK_FALSE(take_census(image).key);
    put(image, 6, 0, {50, 50, 50, 254});
    CHECK_FALSE(take_census(image).key);
  }
}

TEST_CASE("rasters and palette orders are the same however the bands are gone about") {
  const Image image = test::blocks(1400, 1700, 60, true);
  const Census census = take_census(image);
  const auto all_of = [&](const ForEach& for_each) {
    std::vector<Raster> rasters = {direct_raster(image, census, Gamut::any, for_each)};
    const auto picture = index_colors(image, census, Gamut::any, {}, for_each);
    constexpr std::array orders = {PaletteOrder::first_use, PaletteOrder::popularity, PaletteOrder::zeng,
                                   PaletteOrder::battiato, PaletteOrder::linear};
    for (const Sequence& sequence : order_palette(*picture, orders, for_each))
      rasters.push_back(indexed_raster(*picture, sequence, for_each));
    return rasters;
  };
  const std::vector<Raster> forward = all_of(one_after_the_other);
  const std::vector<Raster> backward = all_of(test::the_last_first);
  REQUIRE(forward.size() == backward.size());
  CHECK(forward.size() > 3);
  for (std::size_t i = 0; i < forward.size(); ++i) {
    CHECK(forward[i].rows == backward[i].rows);
    CHECK(forward[i].palette == backward[i].palette);
    CHECK(estimate(forward[i], {}, Strategy::sub, Sampling::thorough) ==
          estimate(forward[i], {}, Strategy::sub, Sampling::thorough, test::the_last_first));
  }
  check_same(image, forward.front());
  check_same(image, forward.back());
}

}  // namespace imgc::png
