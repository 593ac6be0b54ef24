#include "formats/png/palette_order.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include <doctest/doctest.h>

#include "formats/png/decode.h"
#include "formats/png/encode.h"
#include "formats/png/reduce.h"
#include "image/convert.h"
#include "support/images.h"

namespace imgc::png {
namespace {

constexpr std::array every_order = {PaletteOrder::first_use, PaletteOrder::popularity, PaletteOrder::luma,
                                    PaletteOrder::source,    PaletteOrder::nearest,    PaletteOrder::zeng,
                                    PaletteOrder::battiato,  PaletteOrder::linear};

Color gray(std::uint8_t level, std::uint8_t alpha = 255) {
  return {level, level, level, alpha};
}

// One row that shows grays of these levels.
IndexedPicture row_of(const std::vector<std::uint8_t>& levels, std::vector<Color> source = {}) {
  std::vector<Color> colors;
  for (unsigned level = 0; level < 256; ++level) colors.push_back(gray(static_cast<std::uint8_t>(level)));
  return {static_cast<std::uint32_t>(levels.size()), 1, levels, colors, std::move(source)};
}

std::vector<Color> ordered(const IndexedPicture& picture, PaletteOrder order) {
  std::vector<Color> colors;
  for (const std::uint8_t index : order_palette(picture, order)) colors.push_back(picture.colors()[index]);
  return colors;
}

std::vector<unsigned> ordered_levels(const IndexedPicture& picture, PaletteOrder order) {
  std::vector<unsigned> levels;
  for (const Color& color : ordered(picture, order)) levels.push_back(color[0]);
  return levels;
}

// Of a chain, either direction.
std::vector<unsigned> from_lower_end(std::vector<unsigned> levels) {
  if (levels.front() > levels.back()) std::ranges::reverse(levels);
  return levels;
}

IndexedPicture picture_of(const Image& image, std::vector<Color> source = {}) {
  std::optional<IndexedPicture> picture =
      index_colors(image, take_census(image), Gamut::any, std::move(source));
  REQUIRE(picture);
  return *std::move(picture);
}

std::vector<IndexedPicture> pictures() {
  std::vector<IndexedPicture> all;
  for (const unsigned colors : {1U, 2U, 3U, 17U, 256U})
    for (const bool alpha : {false, true}) all.push_back(picture_of(test::blocks(61, 47, colors, alpha)));
  all.push_back(picture_of(test::noise(40, 40, ColorModel::gray)));
  all.push_back(picture_of(test::gradient(64, 1, ColorModel::gray_alpha)));
  all.push_back(picture_of(test::gradient(1, 64, ColorModel::rgba)));
  return all;
}

// What PaletteOrder::linear makes small.
std::uint64_t total_difference(const IndexedPicture& picture, const Sequence& sequence) {
  const Raster raster = indexed_raster(picture, sequence);
  REQUIRE(raster.depth == 8);
  std::uint64_t total = 0;
  const auto add = [&](std::uint8_t a, std::uint8_t b) { total += a < b ? b - a : a - b; };
  for (std::uint32_t y = 0; y < raster.height; ++y)
    for (std::uint32_t x = 0; x < raster.width; ++x) {
      if (x > 0) add(raster.row(y)[x], raster.row(y)[x - 1]);
      if (y > 0) add(raster.row(y)[x], raster.row(y - 1)[x]);
    }
  return total;
}

}  // namespace

TEST_CASE("every palette order has every colour once, translucent ones first") {
  for (const IndexedPicture& picture : pictures())
    for (const PaletteOrder order : every_order) {
      CAPTURE(static_cast<unsigned>(order));
      const Sequence sequence = order_palette(picture, order);
      Sequence sorted = sequence;
      std::ranges::sort(sorted);
      Sequence all(picture.colors().size());
      std::iota(all.begin(), all.end(), std::uint8_t{0});
      CHECK(sorted == all);
      const auto is_opaque = [&](std::uint8_t i) { return picture.colors()[i][3] == 255; };
      CHECK(std::ranges::is_partitioned(sequence, [&](std::uint8_t i) { return !is_opaque(i); }));
    }
}

TEST_CASE("in every palette order the picture is the same, and its own pixels give that order again") {
  const Image image = test::blocks(80, 50, 40, true);
  const IndexedPicture picture = picture_of(image);
  for (const PaletteOrder order : every_order) {
    CAPTURE(static_cast<unsigned>(order));
    const Raster raster = indexed_raster(picture, order_palette(picture, order));
    const std::optional<Bytes> file =
        encode(raster, {}, {Strategy::none, 1}, std::numeric_limits<std::size_t>::max());
    REQUIRE(file);
    const Result<Image> again = decode(*file, {});
    REQUIRE(again);
    CHECK(same_pixels(image, *again));
    CHECK(ordered(picture_of(*again, ordered(picture, order)), order) == ordered(picture, order));
  }
}

TEST_CASE("a palette order depends on the colours, not on the indexes that they come with") {
  const std::vector<Color> colors = {{9, 0, 0, 255}, {0, 9, 0, 255}, {0, 0, 9, 99}, {9, 9, 0, 255}};
  const std::vector<Color> reversed(colors.rbegin(), colors.rend());
  const Bytes indexes = {0, 1, 2, 3, 3, 2, 0, 1, 1};
  Bytes mirrored;
  for (const std::uint8_t index : indexes) mirrored.push_back(static_cast<std::uint8_t>(3 - index));
  const IndexedPicture one(3, 3, indexes, colors);
  const IndexedPicture other(3, 3, mirrored, reversed);
  for (const PaletteOrder order : every_order) CHECK(ordered(one, order) == ordered(other, order));
}

TEST_CASE("unused colours are dropped and equal ones merged") {
  const std::vector<Color> colors = {gray(1), gray(2), gray(1), gray(3, 9)};
  const IndexedPicture picture(3, 1, {0, 2, 3}, colors);
  CHECK(picture.uses() == std::vector<std::uint64_t>{2, 1});
  const Raster raster = indexed_raster(picture, order_palette(picture, PaletteOrder::popularity));
  CHECK(raster.palette == Bytes{3, 3, 3, 1, 1, 1});
  CHECK(raster.transparency == Bytes{9});
  CHECK(raster.depth == 1);
  CHECK(raster.rows == Bytes{0b11000000});
}

TEST_CASE("simple palette orders") {
  const IndexedPicture picture = row_of({30, 10, 10, 20, 20, 20, 40});
  CHECK(ordered_levels(picture, PaletteOrder::first_use) == std::vector<unsigned>{30, 10, 20, 40});
  // Equally used colours stand by value.
  CHECK(ordered_levels(picture, PaletteOrder::popularity) == std::vector<unsigned>{20, 10, 30, 40});
  CHECK(ordered_levels(picture, PaletteOrder::luma) == std::vector<unsigned>{10, 20, 30, 40});
  const std::vector<Color> colors = {{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}};
  CHECK(ordered(IndexedPicture(3, 1, {0, 1, 2}, colors), PaletteOrder::luma) ==
        std::vector<Color>{colors[2], colors[0], colors[1]});
}

TEST_CASE("the source's palette order is kept, and colours that it lacks come last") {
  const IndexedPicture picture = row_of({1, 2, 3, 4}, {gray(3), gray(9), gray(1), gray(2), gray(1)});
  CHECK(ordered_levels(picture, PaletteOrder::source) == std::vector<unsigned>{3, 1, 2, 4});
}

TEST_CASE("nearest neighbours start at the darkest colour and go on to the one most like it") {
  const Color black = {0, 0, 0, 255};
  const Color maroon = {90, 0, 0, 255};
  const Color red = {200, 0, 0, 255};
  const Color navy = {0, 0, 120, 255};
  const Color blue = {0, 0, 255, 255};
  const IndexedPicture picture(5, 1, {0, 1, 2, 3, 4}, std::vector{red, blue, maroon, black, navy});
  CHECK(ordered(picture, PaletteOrder::nearest) == std::vector<Color>{black, navy, blue, maroon, red});
}

TEST_CASE("orders by co-occurrence find the ramp that a picture walks, whatever its colours are") {
  // Each colour only ever stands beside the one before and the one after it.
  const std::vector<std::uint8_t> ramp = {7, 200, 3, 90, 150, 41, 8, 77};
  std::vector<std::uint8_t> walk;
  for (std::size_t turn = 0; turn < 6; ++turn)
    for (std::size_t i = 0; i + 1 < ramp.size(); ++i)
      walk.push_back(ramp[turn % 2 == 0 ? i : ramp.size() - 1 - i]);
  const IndexedPicture picture = row_of(walk);
  const std::vector<unsigned> expected(ramp.begin(), ramp.end());
  for (const PaletteOrder order : {PaletteOrder::zeng, PaletteOrder::battiato, PaletteOrder::linear})
    CHECK(from_lower_end(ordered_levels(picture, order)) == expected);
}

TEST_CASE("zeng puts a colour at the end that it has more to do with") {
  // 1 and 2 are the heaviest pair; 3 stands beside 1 more often than beside 2, and 4 the other way round.
  const IndexedPicture picture = row_of({1, 2, 1, 2, 1, 2, 1, 3, 1, 3, 1, 3, 2, 4, 2, 4, 2, 2, 4, 1});
  CHECK(from_lower_end(ordered_levels(picture, PaletteOrder::zeng)) == std::vector<unsigned>{3, 1, 2, 4});
}

TEST_CASE("battiato joins the heaviest pairs first and closes no ring") {
  // 1-2 and 3-4 are the heaviest, 2-3 joins them, and 4-1 would close the ring.
  const IndexedPicture picture = row_of({1, 2, 1, 2, 1, 2, 3, 2, 3, 4, 3, 4, 3, 4, 1});
  CHECK(from_lower_end(ordered_levels(picture, PaletteOrder::battiato)) == std::vector<unsigned>{1, 2, 3, 4});
}

TEST_CASE("in the linear order neighbouring pixels differ least, and no single move betters it") {
  for (const Image& image : {test::noise(30, 30, ColorModel::gray), test::blocks(90, 70, 60, false)}) {
    const IndexedPicture picture = picture_of(image);
    const Sequence linear = order_palette(picture, PaletteOrder::linear);
    const std::uint64_t least = total_difference(picture, linear);
    for (const PaletteOrder order : every_order)
      CHECK(least <= total_difference(picture, order_palette(picture, order)));
    for (std::size_t from = 0; from < linear.size(); from += 5)
      for (std::size_t to = 0; to < linear.size(); to += 3) {
        Sequence moved = linear;
        moved.erase(moved.begin() + static_cast<std::ptrdiff_t>(from));
        moved.insert(moved.begin() + static_cast<std::ptrdiff_t>(to), linear[from]);
        CHECK(least <= total_difference(picture, moved));
      }
  }
}

TEST_CASE("several orders at once are the same as one by one, without repeats") {
  const IndexedPicture picture = picture_of(test::blocks(50, 50, 30, true));
  std::vector<Sequence> expected;
  for (const PaletteOrder order : every_order) {
    const Sequence sequence = order_palette(picture, order);
    if (std::ranges::find(expected, sequence) == expected.end()) expected.push_back(sequence);
  }
  CHECK(order_palette(picture, every_order) == expected);
  const std::array twice = {PaletteOrder::luma, PaletteOrder::luma};
  CHECK(order_palette(picture, twice).size() == 1);
}

}  // namespace imgc::png
