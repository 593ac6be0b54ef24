#include "formats/png/activity.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>

namespace imgc::png {
namespace {

using IntRow = std::vector<std::int32_t>;

constexpr int fine = 16;  // to a step of luma
constexpr int fine_in_unit = 4;
static_assert(fine_in_unit == fine * activity_unit);

void luma_row(const Image& image, std::uint32_t y, IntRow& out) {
  const std::uint8_t* pixel = image.pixels.data() + std::size_t{y} * image.width * 4;
  for (std::size_t x = 0; x < image.width; ++x, pixel += 4) {
    const int alpha = pixel[3];
    const int luma = 77 * pixel[0] + 151 * pixel[1] + 28 * pixel[2];  // of 256
    out[x] = luma * alpha / 255 * fine / 256 + (255 - alpha) * fine / 2;
  }
}

int bend(int before, int here, int after) {
  return std::abs(before + after - 2 * here);
}

// Of the row between two others, which at an edge are the row itself; each with the neighbours left and
// right.
void bend_row(const IntRow& above, const IntRow& here, const IntRow& below, IntRow& bends,
              std::uint8_t* out) {
  const std::size_t width = here.size();
  for (std::size_t x = 0; x < width; ++x) {
    const bool at_edge = x == 0 || x + 1 == width;
    const int along = at_edge ? 0 : bend(here[x - 1], here[x], here[x + 1]);
    bends[x] = std::max(along, bend(above[x], here[x], below[x])) / fine_in_unit;
  }
  for (std::size_t x = 0; x < width; ++x) {
    const int left = bends[x == 0 ? 0 : x - 1];
    const int right = bends[x + 1 == width ? x : x + 1];
    out[x] = static_cast<std::uint8_t>(std::min(255, std::max({left, bends[x], right})));
  }
}

}  // namespace

std::vector<std::uint8_t> find_activity(const Image& image) {
  const std::size_t width = image.width;
  const std::size_t height = image.height;
  std::vector<std::uint8_t> activity(width * height);
  std::array<IntRow, 3> lumas = {IntRow(width), IntRow(width), IntRow(width)};
  IntRow bends(width);
  luma_row(image, 0, lumas[0]);
  for (std::size_t y = 0; y < height; ++y) {
    if (y + 1 < height) luma_row(image, static_cast<std::uint32_t>(y + 1), lumas[(y + 1) % 3]);
    const IntRow& here = lumas[y % 3];
    const bool at_edge = y == 0 || y + 1 == height;
    bend_row(at_edge ? here : lumas[(y + 2) % 3], here, at_edge ? here : lumas[(y + 1) % 3], bends,
             activity.data() + y * width);
  }
  std::vector<std::uint8_t> above(activity.begin(), activity.begin() + static_cast<std::ptrdiff_t>(width));
  for (std::size_t y = 0; y < height; ++y) {
    std::uint8_t* row = activity.data() + y * width;
    const std::uint8_t* below = y + 1 == height ? row : row + width;
    for (std::size_t x = 0; x < width; ++x) {
      const std::uint8_t here = row[x];
      row[x] = std::max({above[x], here, below[x]});
      above[x] = here;
    }
  }
  return activity;
}

double smooth_share(const std::vector<std::uint8_t>& activity) {
  constexpr auto most = static_cast<std::uint8_t>(2 / activity_unit);
  const auto smooth =
      std::ranges::count_if(activity, [](std::uint8_t value) { return value > 0 && value <= most; });
  return activity.empty() ? 0 : static_cast<double>(smooth) / static_cast<double>(activity.size());
}

}  // namespace imgc::png
