#include "formats/png/palette_refinement.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <doctest/doctest.h>

#include "formats/png/activity.h"
#include "formats/png/make.h"
#include "formats/png/nearest_color.h"
#include "image/convert.h"
#include "support/images.h"

namespace imgc::png {
namespace {

double mean_error(const Image& image, const std::vector<Color>& palette) {
  NearestColor nearest(palette);
  double sum = 0;
  const std::size_t pixels = image.pixels.size() / 4;
  for (std::size_t i = 0; i < pixels; ++i) {
    const std::uint8_t* pixel = image.pixels.data() + 4 * i;
    sum += static_cast<double>(
        nearest.find(perceptual_of({pixel[0], pixel[1], pixel[2], pixel[3]}), 0).unlikeness);
  }
  return sum / static_cast<double>(pixels);
}

}  // namespace

TEST_CASE("refining brings the palette nearer to the image") {
  const Image image = to_rgba8(test::gradient(120, 90, ColorModel::rgb));
  std::vector<Color> palette = test::some_colors(32, false);
  const double before = mean_error(image, palette);
  refine_palette(weigh_colors(image, find_activity(image)), palette);
  CHECK(mean_error(image, palette) < 0.8 * before);
  for (const Color& color : palette) CHECK(color[3] == 255);
}

TEST_CASE("entries that nothing needs go to where the palette is far from the image") {
  const Image image = to_rgba8(test::gradient(120, 90, ColorModel::rgb));
  const std::vector<Color> few = test::some_colors(8, false);
  std::vector<Color> with_idle = few;
  with_idle.resize(32, few.back());
  std::vector<Color> palette = few;
  refine_palette(weigh_colors(image, find_activity(image)), palette);
  refine_palette(weigh_colors(image, find_activity(image)), with_idle);
  CHECK(mean_error(image, with_idle) < 0.35 * mean_error(image, palette));
}

TEST_CASE("opaque entries stay so though what is nearly opaque is near them, and the others come no nearer") {
  Image image = test::noise(60, 60, ColorModel::rgba, 8, 6);
  for (std::size_t i = 3; i < image.pixels.size(); i += 4)
    image.pixels[i] = i % 12 == 3 ? 255 : std::clamp<std::uint8_t>(image.pixels[i], 230, 250);
  std::vector<Color> palette = test::some_colors(16, true);
  for (Color& color : palette) color[3] = std::clamp<std::uint8_t>(color[3], 1, 254);
  palette[3][3] = palette[7][3] = 255;
  refine_palette(weigh_colors(image, find_activity(image)), palette);
  std::size_t count = 0;
  for (const Color& color : palette) {
    count += color[3] == opaque ? 1 : 0;
    CHECK((color[3] == opaque || color[3] <= 250));
  }
  CHECK(count >= 2);
  CHECK(count < 16);
}

TEST_CASE("an entry that is opaque and no opaque colour's becomes as translucent as its colours") {
  Image image{60, 60, ColorModel::rgba, 8, {}};
  for (std::uint32_t i = 0; i < 60 * 60; ++i) {
    const auto gray = static_cast<std::uint8_t>(i % 128);
    if (i < 60 * 30)
      image.pixels.insert(image.pixels.end(), {gray, gray, gray, 255});
    else
      image.pixels.insert(image.pixels.end(), {255, 255, 255, 224});
  }
  std::vector<Color> palette(8, Color{60, 60, 60, 255});
  palette[1] = {224, 224, 224, 255};
  refine_palette(weigh_colors(image, find_activity(image)), palette);
  CHECK(std::ranges::count(palette, Color{255, 255, 255, 224}) == 1);
  CHECK(std::ranges::count_if(palette, [](const Color& color) { return color[3] == opaque; }) == 7);
}

TEST_CASE("a colour that is far from every entry gets its own, however rare") {
  Image image{128, 128, ColorModel::rgba, 8, {}};
  for (std::uint32_t y = 0; y < 128; ++y)
    for (std::uint32_t x = 0; x < 128; ++x) {
      const auto step = static_cast<std::uint8_t>(2 * x);
      if (x == 64 && y == 64)
        image.pixels.insert(image.pixels.end(), {255, 0, 0, 255});
      else
        image.pixels.insert(image.pixels.end(), {step, step, step, 255});
    }
  std::vector<Color> palette;
  for (std::uint8_t i = 0; i < 16; ++i) {
    const auto gray = static_cast<std::uint8_t>(8 + 16 * i);
    palette.push_back({gray, gray, gray, 255});
  }
  refine_palette(weigh_colors(image, find_activity(image)), palette);
  CHECK(std::ranges::count(palette, Color{255, 0, 0, 255}) == 1);
}

TEST_CASE("refining keeps a clear entry, and copes with more colours than it has room for") {
  Image image = test::noise(700, 700, ColorModel::rgba, 8, 5);
  for (std::size_t i = 3; i < image.pixels.size() / 2; i += 4) image.pixels[i] = 0;
  std::vector<Color> palette = test::some_colors(16, true);
  palette[4] = {0, 0, 0, 0};
  const double before = mean_error(image, palette);
  refine_palette(weigh_colors(image, find_activity(image)), palette);
  CHECK(palette[4] == Color{0, 0, 0, 0});
  CHECK(mean_error(image, palette) < before);
}

}  // namespace imgc::png
