#include "formats/png/color_weights.h"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "formats/png/activity.h"
#include "support/images.h"

namespace imgc::png {
TEST_CASE("each colour is weighed once, by less than its share, and clear ones are not") {
  Image image{100, 1, ColorModel::rgba, 8, {}};
  for (int i = 0; i < 100; ++i)
    image.pixels.insert(image.pixels.end(), {static_cast<std::uint8_t>(i < 80   ? 1
                                                                       : i < 90 ? 2
                                                                                : 3),
                                             0, 0, static_cast<std::uint8_t>(i < 90 ? 255 : 0)});
  std::vector<WeightedColor> colors = weigh_colors(image, find_activity(image));
  std::ranges::sort(colors, {}, &WeightedColor::color);
  REQUIRE(colors.size() == 2);
  CHECK(colors[0].color == Color{1, 0, 0, 255});
  CHECK(colors[1].color == Color{2, 0, 0, 255});
  CHECK(colors[0].weight > 2 * colors[1].weight);
  CHECK(colors[0].weight < 8 * colors[1].weight);
}

TEST_CASE("a colour weighs more by pixels in even places") {
  Image image{64, 64, ColorModel::rgba, 8, {}};
  for (std::size_t i = 0; i < 64 * 64; ++i) {
    // The upper half flat, the lower half one other colour among many.
    const auto own = static_cast<std::uint8_t>(i % 2 == 0 ? 200 : 50 + (i * 7) % 100);
    if (i < 64 * 32)
      image.pixels.insert(image.pixels.end(), {20, 0, 0, 255});
    else
      image.pixels.insert(image.pixels.end(), {own, 0, 0, 255});
  }
  const std::vector<WeightedColor> colors = weigh_colors(image, find_activity(image));
  const auto weight = [&](std::uint8_t red) {
    return std::ranges::find(colors, Color{red, 0, 0, 255}, &WeightedColor::color)->weight;
  };
  // Of twice as many pixels alone it would weigh less than twice as much.
  CHECK(weight(20) > 2.5F * weight(200));
}

TEST_CASE("very many colours are weighed by their upper bits") {
  const Image image = test::noise(700, 700, ColorModel::rgba, 8, 5);
  const std::vector<WeightedColor> colors = weigh_colors(image, find_activity(image));
  CHECK(colors.size() > 1000);
  CHECK(colors.size() <= most_weighed(700 * 700));
}

}  // namespace imgc::png
