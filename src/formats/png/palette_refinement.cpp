#include "formats/png/palette_refinement.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <utility>

#include "formats/png/activity.h"
#include "formats/png/hash.h"
#include "formats/png/nearest_color.h"
#include "formats/png/perceptual_color.h"

namespace imgc::png {
namespace {

constexpr int passes = 3;
constexpr unsigned least_slot_bits = 10;
constexpr unsigned most_slot_bits = 18;

struct WeightedColor {
  std::uint32_t color = 0;  // a Color's bytes
  float weight = -1;        // below zero while the slot is free
};

// The colours of an image and what each weighs: a hash table with open addressing. When more colours come
// than it may hold, their lowest bits are given up.
class Histogram {
 public:
  Histogram() : slots_(std::size_t{1} << slot_bits_) {}

  void add(Color color, float weight) {
    if (color[3] == 0) color = {};
    if (lost_bits_ > 0)
      for (std::uint8_t& sample : color) sample = coarse(sample);
    const auto bytes = std::bit_cast<std::uint32_t>(color);
    WeightedColor* slot = &slot_of(bytes);
    if (slot->weight < 0) {
      if (2 * used_ >= slots_.size()) {
        make_room();
        add(color, weight);
        return;
      }
      *slot = {bytes, 0};
      ++used_;
    }
    slot->weight += weight;
  }

  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const WeightedColor& slot : slots_)
      if (slot.weight >= 0) visit(slot);
  }

 private:
  // The middle of those that become one; both ends stay what they are.
  [[nodiscard]] std::uint8_t coarse(std::uint8_t sample) const {
    if (sample == 0 || sample == 255) return sample;
    return static_cast<std::uint8_t>((sample >> lost_bits_ << lost_bits_) | 1U << (lost_bits_ - 1));
  }

  WeightedColor& slot_of(std::uint32_t color) {
    std::size_t at = hash(color, slot_bits_);
    while (slots_[at].weight >= 0 && slots_[at].color != color) at = (at + 1) & (slots_.size() - 1);
    return slots_[at];
  }

  void make_room() {
    if (slot_bits_ < most_slot_bits)
      ++slot_bits_;
    else
      ++lost_bits_;
    std::vector<WeightedColor> old(std::size_t{1} << slot_bits_);
    old.swap(slots_);
    used_ = 0;
    for (const WeightedColor& slot : old)
      if (slot.weight >= 0) add(std::bit_cast<Color>(slot.color), slot.weight);
  }

  unsigned slot_bits_ = least_slot_bits;
  unsigned lost_bits_ = 0;
  std::size_t used_ = 0;
  std::vector<WeightedColor> slots_;
};

struct Sum {
  std::array<double, 4> look = {};
  double weight = 0;
};

}  // namespace

void refine_palette(const Image& image, std::span<const std::uint8_t> activity, std::vector<Color>& palette) {
  std::array<float, 256> weights{};
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = 1 / (1 + 0.1F * activity_unit * static_cast<float>(i));
  Histogram histogram;
  for (std::size_t i = 0; i < activity.size();) {
    const std::uint8_t* pixel = image.pixels.data() + 4 * i;
    float weight = 0;
    do weight += weights[activity[i++]];
    while (i < activity.size() && std::memcmp(image.pixels.data() + 4 * i, pixel, 4) == 0);
    histogram.add({pixel[0], pixel[1], pixel[2], pixel[3]}, weight);
  }
  std::vector<std::pair<PerceptualColor, float>> points;
  histogram.for_each([&](const WeightedColor& color) {
    points.emplace_back(perceptual_of(std::bit_cast<Color>(color.color)), std::pow(color.weight, 0.8F));
  });

  std::vector<std::uint8_t> entries(points.size());  // of the palette, each point's nearest at the last pass
  for (int pass = 0; pass < passes; ++pass) {
    NearestColor nearest(palette);
    std::vector<Sum> sums(palette.size());
    for (std::size_t point = 0; point < points.size(); ++point) {
      const auto& [look, weight] = points[point];
      const std::uint8_t entry = entries[point] = nearest.find(look, entries[point]).index;
      for (int i = 0; i < 4; ++i) sums[entry].look[static_cast<std::size_t>(i)] += look[i] * weight;
      sums[entry].weight += weight;
    }
    for (std::size_t i = 0; i < palette.size(); ++i) {
      if (sums[i].weight <= 0 || palette[i][3] == 0) continue;
      PerceptualColor mean{};
      for (int j = 0; j < 4; ++j)
        mean[j] = static_cast<float>(sums[i].look[static_cast<std::size_t>(j)] / sums[i].weight);
      const bool opaque = palette[i][3] == 255;
      palette[i] = color_of(mean);
      // Opaque pixels must stay so though a few that are not quite share their entry.
      if (opaque && mean[3] > 254) palette[i][3] = 255;
    }
  }
}

std::uint64_t refining_bytes(std::uint64_t pixels) {
  const std::uint64_t slots =
      std::clamp(4 * pixels, std::uint64_t{1} << least_slot_bits, std::uint64_t{1} << most_slot_bits);
  // The table and its copy while it grows, the points, and the boxes of nearest colours.
  return slots * (2 * sizeof(WeightedColor) + sizeof(std::pair<PerceptualColor, float>) / 2 + 65);
}

}  // namespace imgc::png
