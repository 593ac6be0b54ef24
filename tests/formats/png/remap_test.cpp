#include "formats/png/remap.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "formats/png/activity.h"
#include "formats/png/look.h"
#include "formats/png/nearest_color.h"
#include "formats/png/refine.h"
#include "image/convert.h"
#include "support/images.h"

namespace imgc::png {
namespace {

// Colours spread by a linear congruence; `translucent` gives them alpha too.
std::vector<Color> some_colors(std::size_t count, bool translucent, std::uint32_t state = 7) {
  std::vector<Color> colors;
  const auto next = [&] {
    state = state * 1664525 + 1013904223;
    return static_cast<std::uint8_t>(state >> 24U);
  };
  while (colors.size() < count) {
    Color color = {next(), next(), next(), 255};
    if (translucent) color[3] = next();
    colors.push_back(color);
  }
  return colors;
}

std::vector<Color> grays(unsigned count) {
  std::vector<Color> colors;
  for (unsigned i = 0; i < count; ++i) {
    const auto value = static_cast<std::uint8_t>(i * 255 / (count - 1));
    colors.push_back({value, value, value, 255});
  }
  return colors;
}

// From black to white, from left to right.
Image slope(std::uint32_t width, std::uint32_t height) {
  Image image{width, height, ColorModel::rgba, 8, {}};
  for (std::uint32_t y = 0; y < height; ++y)
    for (std::uint32_t x = 0; x < width; ++x) {
      const auto value = static_cast<std::uint8_t>(x * 255 / (width - 1));
      image.pixels.insert(image.pixels.end(), {value, value, value, 255});
    }
  return image;
}

double mean_error(const Image& image, const std::vector<Color>& palette) {
  NearestColor nearest(palette);
  double sum = 0;
  const std::size_t pixels = image.pixels.size() / 4;
  for (std::size_t i = 0; i < pixels; ++i) {
    const std::uint8_t* pixel = image.pixels.data() + 4 * i;
    sum += static_cast<double>(nearest.find(look_of({pixel[0], pixel[1], pixel[2], pixel[3]}), 0).unlikeness);
  }
  return sum / static_cast<double>(pixels);
}

}  // namespace

TEST_CASE("a look tells its colour") {
  for (const bool translucent : {false, true})
    for (const Color& color : some_colors(2000, translucent)) {
      const Color again = color_of(look_of(color));
      CHECK(again[3] == color[3]);
      // Premultiplied samples of faint colours tell less.
      const int tolerated = color[3] == 0 ? 255 : 1 + 255 / color[3] / 64;
      for (std::size_t i = 0; i < 3; ++i) CHECK(std::abs(again[i] - color[i]) <= tolerated);
    }
}

TEST_CASE("unlikeness is the worse of black and white") {
  const Look black = look_of({0, 0, 0, 255});
  const Look white = look_of({255, 255, 255, 255});
  const Look clear = look_of({0, 0, 0, 0});
  CHECK(unlikeness(black, black) == 0);
  CHECK(unlikeness(black, white) == doctest::Approx(255 * 255));
  CHECK(unlikeness(black, clear) == doctest::Approx(255 * 255));
  CHECK(unlikeness(white, clear) == doctest::Approx(255 * 255));
}

TEST_CASE("the nearest colour is the one that a search of all finds, whatever the guess") {
  for (const bool translucent : {false, true})
    for (const std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{37}, std::size_t{256}}) {
      CAPTURE(translucent);
      CAPTURE(count);
      const std::vector<Color> palette = some_colors(count, translucent);
      NearestColor nearest(palette);
      std::uint32_t guess = 0;
      bool exact = true;
      for (const Color& color : some_colors(3000, translucent, 99)) {
        Look look = look_of(color);
        // Beyond what a colour can be, as an error that was passed on makes it.
        look[0] += static_cast<float>(guess % 40) - 20;
        guess = (guess * 31 + 17) % static_cast<std::uint32_t>(count);
        float least = std::numeric_limits<float>::max();
        for (const Color& entry : palette) least = std::min(least, unlikeness(look, look_of(entry)));
        const NearestColor::Found found = nearest.find(look, static_cast<std::uint8_t>(guess));
        exact = exact && found.unlikeness == least &&
                unlikeness(look, look_of(palette[found.index])) == found.unlikeness;
      }
      CHECK(exact);
    }
}

TEST_CASE("activity is nothing in flat colour and even slopes, and much at an edge") {
  const Image even = slope(256, 8);
  for (const std::uint8_t value : find_activity(even)) CHECK(value == 0);
  Image edge{16, 4, ColorModel::rgba, 8, {}};
  for (std::uint32_t i = 0; i < 64; ++i) {
    const std::uint8_t value = i % 16 < 8 ? 0 : 200;
    edge.pixels.insert(edge.pixels.end(), {value, value, value, 255});
  }
  const std::vector<std::uint8_t> activity = find_activity(edge);
  CHECK(activity[0] == 0);
  CHECK(activity[7] == 255);
  CHECK(activity[9] == 255);  // a neighbour of an edge pixel
  CHECK(activity[10] == 0);
  CHECK(smooth_share(activity) == 0);
  // Transparency is seen as well.
  Image fading = slope(32, 2);
  fading.pixels[4 * 16 + 3] = 0;
  CHECK(find_activity(fading)[16] > 0);
}

TEST_CASE("refining brings the palette nearer to the image") {
  const Image image = to_rgba8(test::gradient(120, 90, ColorModel::rgb));
  std::vector<Color> palette = some_colors(32, false);
  const double before = mean_error(image, palette);
  refine_palette(image, find_activity(image), palette);
  CHECK(mean_error(image, palette) < 0.8 * before);
  for (const Color& color : palette) CHECK(color[3] == 255);
}

TEST_CASE("refining keeps a clear entry, and copes with more colours than it has room for") {
  Image image = test::noise(700, 700, ColorModel::rgba, 8, 5);
  for (std::size_t i = 3; i < image.pixels.size() / 2; i += 4) image.pixels[i] = 0;
  std::vector<Color> palette = some_colors(16, true);
  palette[4] = {0, 0, 0, 0};
  const double before = mean_error(image, palette);
  refine_palette(image, find_activity(image), palette);
  CHECK(palette[4] == Color{0, 0, 0, 0});
  CHECK(mean_error(image, palette) < before);
}

TEST_CASE("a picture whose colours the palette has is taken as it is") {
  const std::vector<Color> palette = grays(256);
  const Image image = slope(256, 20);
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
  Image image = slope(64, 8);
  for (std::size_t i = 0; i < 64 * 8; i += 3) image.pixels[4 * i + 3] = 0;
  const Bytes indexes = remap(image, find_activity(image), palette, {});
  for (std::size_t i = 0; i < indexes.size(); ++i) CHECK((indexes[i] == 8) == (i % 3 == 0));
}

TEST_CASE("the more a bit is worth, the fewer the changes of index, and never a colour too unlike") {
  const Image image = to_rgba8(test::gradient(200, 200, ColorModel::rgb));
  std::vector<Color> palette = some_colors(64, false);
  refine_palette(image, find_activity(image), palette);
  const auto changes = [&](float worth) {
    const Bytes indexes = remap(image, find_activity(image), palette,
                                {.bit_worth = worth, .smooth_dither = 0, .busy_dither = 0});
    NearestColor nearest(palette);
    std::size_t count = 0;
    for (std::size_t i = 0; i < indexes.size(); ++i) {
      const std::uint8_t* pixel = image.pixels.data() + 4 * i;
      const Look look = look_of({pixel[0], pixel[1], pixel[2], pixel[3]});
      const float least = nearest.find(look, 0).unlikeness;
      CHECK(unlikeness(look, look_of(palette[indexes[i]])) <= least + std::max(least, 9.0F));
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
