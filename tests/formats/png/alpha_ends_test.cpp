#include "formats/png/alpha_ends.h"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

namespace imgc::png {
namespace {

Image image_of(const std::vector<Color>& pixels) {
  Image image{static_cast<std::uint32_t>(pixels.size()), 1, ColorModel::rgba, 8, {}};
  for (const Color& pixel : pixels) image.pixels.insert(image.pixels.end(), pixel.begin(), pixel.end());
  return image;
}

}  // namespace

TEST_CASE("which ends of alpha an image has") {
  const AlphaEnds none = find_ends(image_of({{1, 2, 3, 1}, {1, 2, 3, 254}}));
  CHECK_FALSE(none.clear);
  CHECK_FALSE(none.opaque);
  const AlphaEnds both = find_ends(image_of({{1, 2, 3, 0}, {1, 2, 3, 100}, {1, 2, 3, 255}}));
  CHECK(both.clear);
  CHECK(both.opaque);
}

TEST_CASE("an entry near an end of alpha that a palette lacks is moved there, or one is added") {
  using Palette = std::vector<Color>;
  const auto given = [](AlphaEnds ends, Palette palette) {
    give_ends(ends, palette);
    return palette;
  };
  const Palette between = {{10, 20, 30, 90}, {40, 50, 60, 3}, {70, 80, 90, 250}};
  CHECK(given({false, false}, between) == between);
  CHECK(given({true, true}, between) == Palette{{10, 20, 30, 90}, {0, 0, 0, 0}, {70, 80, 90, 255}});
  const Palette has_both = {{1, 1, 1, 0}, {2, 2, 2, 255}, {3, 3, 3, 254}, {4, 4, 4, 1}};
  CHECK(given({true, true}, has_both) == has_both);
  CHECK(given({true, true}, {{1, 1, 1, 255}}) == Palette{{1, 1, 1, 255}, {0, 0, 0, 0}});
  const Palette full(256, {1, 1, 1, 255});
  CHECK(given({true, true}, full).size() == 256);
  CHECK(std::ranges::count(given({true, true}, full), Color{0, 0, 0, 0}) == 1);
}

TEST_CASE("pixels at an end of alpha are given an entry that is there too, the others keep theirs") {
  const Image image = image_of({{9, 9, 9, 0}, {200, 0, 0, 255}, {0, 0, 200, 255}, {0, 0, 200, 240}});
  std::vector<Color> palette = {{0, 0, 210, 255}, {190, 0, 0, 255}, {0, 0, 200, 244}, {9, 9, 9, 2}};
  Bytes indexes = {3, 1, 2, 2};
  keep_ends(image, palette, indexes);
  CHECK(palette == std::vector<Color>{{0, 0, 210, 255}, {190, 0, 0, 255}, {0, 0, 200, 244}, {0, 0, 0, 0}});
  CHECK(indexes == Bytes{3, 1, 0, 2});
}

TEST_CASE(
    "a translucent entry that many opaque pixels look like gets an opaque twin, while that takes no more "
    "bits") {
  std::vector<Color> pixels(40, {250, 240, 243, 200});
  pixels.resize(60, {250, 240, 243, 255});
  pixels.resize(70, {0, 0, 0, 255});
  const Image image = image_of(pixels);
  const auto kept = [&](std::vector<Color> palette) {
    Bytes indexes(pixels.size(), 0);
    std::fill(indexes.begin() + 60, indexes.end(), std::uint8_t{1});
    keep_ends(image, palette, indexes);
    CHECK(indexes[0] == 0);
    CHECK(palette[indexes[50]][3] == 255);
    return palette;
  };
  const std::vector<Color> three = {{250, 240, 243, 220}, {0, 0, 0, 255}, {90, 90, 90, 255}};
  std::vector<Color> with_twin = three;
  with_twin.push_back({250, 240, 243, 255});
  CHECK(kept(three) == with_twin);
  std::vector<Color> four = three;
  four.push_back({90, 0, 0, 255});
  CHECK(kept(four) == four);  // a fifth would double the bits of an index
  std::vector<Color> near = three;
  near[2] = {250, 240, 242, 255};
  CHECK(kept(near) == near);  // which serves as well
}

TEST_CASE("an entry most of whose pixels are opaque becomes so") {
  const Image image = image_of({{0, 0, 200, 255}, {0, 0, 201, 255}, {0, 0, 200, 240}, {90, 0, 0, 255}});
  std::vector<Color> palette = {{0, 0, 200, 250}, {90, 0, 0, 255}};
  Bytes indexes = {0, 0, 0, 1};
  keep_ends(image, palette, indexes);
  CHECK(palette[0] == Color{0, 0, 200, 255});
  CHECK(indexes == Bytes{0, 0, 0, 1});
}

}  // namespace imgc::png
