#include "formats/png/remap.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "formats/png/activity.h"
#include "formats/png/hash.h"
#include "formats/png/nearest_color.h"
#include "formats/png/perceptual_color.h"

namespace imgc::png {
namespace {

constexpr float smooth_up_to = 0.7F;
// An error passed on never moves a pixel by more, or colours that the palette lacks would pile it up.
constexpr float most_error = 24;
// An error below this is none. Otherwise errors would fade over flat ground until they are denormal, which
// takes processors a hundred times longer to add.
constexpr PerceptualColor nothing = PerceptualColor{} + 1e-3F;
// A colour other than the nearest may be this much more unlike, or twice as much where that is more.
constexpr float tolerance = 9;

// What an index costs in bits, about, where DEFLATE will code it as part of a match or a run.
constexpr float in_long_run = 0.3F;
constexpr float in_run = 0.8F;
constexpr float in_match = 0.2F;
constexpr float as_before = 1.2F;
constexpr float as_above = 1;
constexpr float repeated = 2.2F;

// What followed the same neighbours when they last stood together. Different neighbours may share a slot.
template <class Value>
class Memory {
 public:
  Value& operator[](std::uint32_t key) { return values_[hash(key, bits)]; }

 private:
  static constexpr unsigned bits = 14;
  std::vector<Value> values_ = std::vector<Value>(std::size_t{1} << bits);
};

// The neighbours that have their index already; those beyond the edge count as the nearest within.
struct Neighbours {
  std::uint8_t left = 0;
  std::uint8_t left2 = 0;
  std::uint8_t left3 = 0;
  std::uint8_t above = 0;
  std::uint8_t above_left = 0;
  std::uint8_t above_right = 0;
};

class Remapper {
 public:
  Remapper(const Image& image, std::span<const std::uint8_t> activity, std::span<const Color> palette,
           const RemapSettings& settings)
      : image_(image),
        activity_(activity),
        worth_(settings.bit_worth),
        nearest_(palette),
        looks_(nearest_.looks()),
        uses_(palette.size(), 1),
        literal_(palette.size()),
        errors_(image.width + 2),
        next_errors_(image.width + 2),
        indexes_(activity.size()) {
    for (std::size_t i = 0; i < palette.size(); ++i)
      if (palette[i][3] == 0) clear_ = static_cast<int>(i);
    for (std::size_t i = 0; i < dither_.size(); ++i) {
      const float busy =
          (activity_unit * static_cast<float>(i) - smooth_up_to) / (settings.busy_from - smooth_up_to);
      dither_[i] = std::lerp(settings.smooth_dither, settings.busy_dither, std::clamp(busy, 0.0F, 1.0F));
    }
  }

  Bytes run() {
    for (std::uint32_t y = 0; y < image_.height; ++y) {
      price_literals(std::size_t{y} * image_.width);
      do_row(y);
      errors_.swap(next_errors_);
      std::ranges::fill(next_errors_, PerceptualColor{});
    }
    return std::move(indexes_);
  }

 private:
  // By how often each index was used so far.
  void price_literals(std::size_t done) {
    const auto total = static_cast<float>(done + uses_.size());
    for (std::size_t i = 0; i < uses_.size(); ++i)
      literal_[i] = std::clamp(std::log2(total / static_cast<float>(uses_[i])), 1.0F, 10.0F) + 2;
  }

  void do_row(std::uint32_t y) {
    const std::size_t width = image_.width;
    const std::size_t start = y * width;
    std::uint8_t* row = indexes_.data() + start;
    const std::uint8_t* above = y == 0 ? nullptr : row - width;
    const std::uint8_t* pixel = image_.pixels.data() + 4 * start;
    std::uint8_t index = above == nullptr ? std::uint8_t{0} : above[0];
    for (std::size_t x = 0; x < width; ++x, pixel += 4) {
      const Color color = {pixel[0], pixel[1], pixel[2], pixel[3]};
      if (color[3] == 0 && clear_ >= 0) {
        index = row[x] = static_cast<std::uint8_t>(clear_);
        continue;
      }
      const PerceptualColor wanted = with_error(color, errors_[x + 1], dither_[activity_[start + x]]);
      const NearestColor::Found found = nearest_.find(wanted, index);
      index = row[x] = choose(wanted, found, neighbours(row, above, x), start + x);
      pass_on(wanted - looks_[index], x);
    }
  }

  static PerceptualColor with_error(const Color& color, const PerceptualColor& error, float share) {
    const PerceptualColor most = PerceptualColor{} + most_error;
    PerceptualColor moved = error * share;
    moved = moved > most ? most : moved < -most ? -most : moved;
    PerceptualColor wanted = perceptual_of(color) + moved;
    wanted[3] = is_opaque(color) ? 255.0F : std::clamp(wanted[3], 0.0F, 255.0F);
    return wanted;
  }

  void pass_on(PerceptualColor error, std::size_t x) {
    error = error < nothing && error > -nothing ? PerceptualColor{} : error;
    errors_[x + 2] += error * (7.0F / 16);
    next_errors_[x] += error * (3.0F / 16);
    next_errors_[x + 1] += error * (5.0F / 16);
    next_errors_[x + 2] += error * (1.0F / 16);
  }

  [[nodiscard]] Neighbours neighbours(const std::uint8_t* row, const std::uint8_t* above,
                                      std::size_t x) const {
    Neighbours of;
    if (above != nullptr) {
      of.above = above[x];
      of.above_left = above[x == 0 ? 0 : x - 1];
      of.above_right = above[x + 1 == image_.width ? x : x + 1];
    }
    of.left = x > 0 ? row[x - 1] : of.above;
    of.left2 = x > 1 ? row[x - 2] : of.left;
    of.left3 = x > 2 ? row[x - 3] : of.left2;
    return of;
  }

  std::uint8_t choose(const PerceptualColor& wanted, const NearestColor::Found& nearest, const Neighbours& by,
                      std::size_t at) {
    std::uint32_t& follower = followers_[by.left | by.left2 << 8U | by.left3 << 16U];
    std::uint8_t& corner =
        corners_[by.left | by.above << 8U | static_cast<std::uint32_t>(by.above_right) << 16U |
                 static_cast<std::uint32_t>(by.above_left) << 24U];
    const std::uint8_t predicted = indexes_[follower];
    const float when_predicted = streak_ >= 3 ? in_match : as_before;
    const float when_left = by.left != by.left2 ? repeated : by.left2 != by.left3 ? in_run : in_long_run;
    const float when_above = by.left == by.above_left ? as_above : repeated;
    const auto bits = [&](std::uint8_t index) {
      float least = literal_[index];
      if (index == by.left) least = std::min(least, when_left);
      if (index == predicted) least = std::min(least, when_predicted);
      if (index == corner) least = std::min(least, as_before);
      if (index == by.above) least = std::min(least, when_above);
      return least;
    };

    std::uint8_t best = nearest.index;
    // In a run, no other colour is cheaper by what a bit is worth, and none is nearer.
    const bool runs_on = best == by.left && by.left == by.left2;
    if (!runs_on) {
      float cost = nearest.unlikeness + worth_ * bits(best);
      const float most = nearest.unlikeness + std::max(nearest.unlikeness, tolerance);
      for (const std::uint8_t other : {by.left, by.above, predicted, corner, by.above_left, by.above_right}) {
        if (other == best || other == nearest.index || !nearest_.suits(wanted, other)) continue;
        const float unlike = unlikeness(wanted, looks_[other]);
        if (unlike > most) continue;
        if (const float total = unlike + worth_ * bits(other); total < cost) {
          cost = total;
          best = other;
        }
      }
    }
    streak_ = best == predicted ? streak_ + 1 : 0;
    follower = static_cast<std::uint32_t>(at);
    corner = best;
    ++uses_[best];
    return best;
  }

  const Image& image_;
  std::span<const std::uint8_t> activity_;
  float worth_;
  NearestColor nearest_;
  const std::vector<PerceptualColor>& looks_;
  int clear_ = -1;
  std::array<float, 256> dither_ = {};  // by activity
  std::vector<std::uint32_t> uses_;
  std::vector<float> literal_;
  std::vector<PerceptualColor> errors_;  // of this row, and of the next; one more to each side
  std::vector<PerceptualColor> next_errors_;
  Memory<std::uint32_t> followers_;  // where what followed stands
  Memory<std::uint8_t> corners_;
  unsigned streak_ = 0;  // how many indexes in a row were as predicted
  Bytes indexes_;
};

}  // namespace

Bytes remap(const Image& image, std::span<const std::uint8_t> activity, std::span<const Color> palette,
            const RemapSettings& settings) {
  return Remapper(image, activity, palette, settings).run();
}

}  // namespace imgc::png
