#include "formats/png/remap.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <doctest/doctest.h>

#include "formats/png/activity.h"
#include "formats/png/make.h"
#include "formats/png/nearest_color.h"
#include "formats/png/palette_refinement.h"
#include "image/convert.h"
#include "support/images.h"

namespace imgc::png {
namespace {

std::vector<Color> grays(unsigned count) {
  std::vector<Color> colors;
  for (unsigned i = 0; i < count; ++i) {
    const auto value = static_cast<std::uint8_t>(i * 255 / (count - 1));
    colors.push_back({value, value, value, 255});
  }
  return colors;
}

}  // namespace

TEST_CASE("a picture whose colours the palette has is taken as it is") {
  const std::vector<Color> palette = grays(256);
  const Image image = test::slope(256, 20);
  const Bytes indexes = remap(image, find_activity(image), palette, {.bit_worth = 0});
  for (std::size_t i = 0; i < indexes.size(); ++i) CHECK(indexes[i] == i % 256);
}

TEST_CASE("with dither, the mean of an area is that of the image") {
  const std::vector<Color> palette = grays(16);  // 17 apart
  Image flat{64, 64, ColorModel::rgba, 8, {}};
  for (int i = 0; i < 64 * 64; ++i) flat.pixels.insert(flat.pixels.end(), {80, 80, 80, 255});
  const auto mean = [&](float dither) {
    const Bytes indexes =
        remap(flat, find_activity(flat), palette, {.bit_worth = 0, .smooth_dither = dither});
    double sum = 0;
    for (const std::uint8_t index : indexes) sum += palette[index][0];
    return sum / static_cast<double>(indexes.size());
  };
  CHECK(mean(1) == doctest::Approx(80).epsilon(0.01));
  CHECK(mean(0) == 85);
}

TEST_CASE("clear pixels take the clear entry") {
  std::vector<Color> palette = grays(8);
  palette.push_back({0, 0, 0, 0});
  Image image = test::slope(64, 8);
  for (std::size_t i = 0; i < 64 * 8; i += 3) image.pixels[4 * i + 3] = 0;
  const Bytes indexes = remap(image, find_activity(image), palette, {});
  for (std::size_t i = 0; i < indexes.size(); ++i) CHECK((indexes[i] == 8) == (i % 3 == 0));
}

TEST_CASE("opaque pixels take opaque entries, though one that is not quite would be nearer and cheaper") {
  std::vector<Color> palette = grays(8);
  for (Color color : grays(64)) {
    color[3] = 254;
    palette.push_back(color);
  }
  const Image image = test::slope(64, 8);
  for (const std::uint8_t index : remap(image, find_activity(image), palette, {})) CHECK(index < 8);
}

TEST_CASE("the more a bit is worth, the fewer the changes of index, and never a colour too unlike") {
  const Image image = to_rgba8(test::gradient(200, 200, ColorModel::rgb));
  std::vector<Color> palette = test::some_colors(64, false);
  refine_palette(weigh_colors(image, find_activity(image)), palette);
  const auto changes = [&](float worth) {
    const Bytes indexes = remap(image, find_activity(image), palette,
                                {.bit_worth = worth, .smooth_dither = 0, .busy_dither = 0});
    NearestColor nearest(palette);
    std::size_t count = 0;
    for (std::size_t i = 0; i < indexes.size(); ++i) {
      const std::uint8_t* pixel = image.pixels.data() + 4 * i;
      const PerceptualColor look = perceptual_of({pixel[0], pixel[1], pixel[2], pixel[3]});
      const float least = nearest.find(look, 0).unlikeness;
      CHECK(unlikeness(look, perceptual_of(palette[indexes[i]])) <= least + std::max(least, 9.0F));
      count += i > 0 && indexes[i] != indexes[i - 1] ? 1 : 0;
    }
    return count;
  };
  const std::size_t free = changes(0);
  const std::size_t usual = changes(2);
  CHECK(usual < free);
  CHECK(changes(8) <= usual);
}

}  // namespace imgc::png
