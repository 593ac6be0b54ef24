#include "formats/png/activity.h"

#include <vector>

#include <doctest/doctest.h>

#include "support/images.h"

namespace imgc::png {
TEST_CASE("activity is nothing in flat colour and even slopes, and much at an edge") {
  const Image even = test::slope(256, 8);
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
  Image fading = test::slope(32, 2);
  fading.pixels[4 * 16 + 3] = 0;
  CHECK(find_activity(fading)[16] > 0);
}

}  // namespace imgc::png
