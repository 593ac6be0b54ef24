#include "formats/png/color_weights.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "formats/png/hash.h"

namespace imgc::png {
namespace {

constexpr unsigned least_slot_bits = 10;
constexpr unsigned most_slot_bits = 18;
// Of the number of a colour's pixels. Over 132 images at 60-80 and 80-95, with 0.7 some screenshots lost what
// is seen, and 0.8 did worse by Butteraugli.
constexpr float power = 0.75F;
// Up to this activity pixels count three times. To count them twice or ten times did about as well.
constexpr std::uint8_t even_up_to = 2;
constexpr std::ptrdiff_t even_counts = 3;

struct Slot {
  std::uint32_t color = 0;  // a Color's bytes
  float weight = -1;        // below zero while the slot is free
};

// A hash table with open addressing. When more colours come than it may hold, their lowest bits are given up.
class Histogram {
 public:
  Histogram() : slots_(std::size_t{1} << slot_bits_) {}

  void add(Color color, float weight) {
    if (lost_bits_ > 0)
      for (std::uint8_t& sample : color) sample = coarse(sample);
    const auto bytes = std::bit_cast<std::uint32_t>(color);
    Slot* slot = &slot_of(bytes);
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

  [[nodiscard]] std::vector<WeightedColor> colors() const {
    std::vector<WeightedColor> colors;
    colors.reserve(used_);
    for (const Slot& slot : slots_)
      if (slot.weight >= 0)
        colors.push_back({std::bit_cast<Color>(slot.color), std::pow(slot.weight, power)});
    return colors;
  }

 private:
  // The middle of those that become one; both ends stay what they are.
  [[nodiscard]] std::uint8_t coarse(std::uint8_t sample) const {
    if (sample == 0 || sample == opaque) return sample;
    return static_cast<std::uint8_t>((sample >> lost_bits_ << lost_bits_) | 1U << (lost_bits_ - 1));
  }

  Slot& slot_of(std::uint32_t color) {
    std::size_t at = hash(color, slot_bits_);
    while (slots_[at].weight >= 0 && slots_[at].color != color) at = (at + 1) & (slots_.size() - 1);
    return slots_[at];
  }

  void make_room() {
    if (slot_bits_ < most_slot_bits)
      ++slot_bits_;
    else
      ++lost_bits_;
    std::vector<Slot> old(std::size_t{1} << slot_bits_);
    old.swap(slots_);
    used_ = 0;
    for (const Slot& slot : old)
      if (slot.weight >= 0) add(std::bit_cast<Color>(slot.color), slot.weight);
  }

  unsigned slot_bits_ = least_slot_bits;
  unsigned lost_bits_ = 0;
  std::size_t used_ = 0;
  std::vector<Slot> slots_;
};

std::uint64_t most_slots(std::uint64_t pixels) {
  return std::clamp(4 * pixels, std::uint64_t{1} << least_slot_bits, std::uint64_t{1} << most_slot_bits);
}

}  // namespace

std::vector<WeightedColor> weigh_colors(const Image& image, std::span<const std::uint8_t> activity) {
  Histogram histogram;
  const std::uint8_t* place = activity.data();
  const std::uint8_t* end = image.pixels.data() + image.pixels.size();
  for (const std::uint8_t* pixel = image.pixels.data(); pixel != end;) {
    const std::uint8_t* other = pixel + 4;
    while (other != end && std::memcmp(other, pixel, 4) == 0) other += 4;
    const std::ptrdiff_t count = (other - pixel) / 4;
    if (pixel[3] > 0) {
      const auto even = std::count_if(place, place + count, [](auto each) { return each <= even_up_to; });
      histogram.add({pixel[0], pixel[1], pixel[2], pixel[3]},
                    static_cast<float>(count + (even_counts - 1) * even));
    }
    place += count;
    pixel = other;
  }
  return histogram.colors();
}

std::uint64_t most_weighed(std::uint64_t pixels) {
  return most_slots(pixels) / 2;
}

std::uint64_t weighing_bytes(std::uint64_t pixels) {
  // The table with its copy while it grows.
  return most_slots(pixels) * 2 * sizeof(Slot);
}

}  // namespace imgc::png
