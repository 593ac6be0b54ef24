// Which colour of a palette is nearest.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "formats/png/palette.h"
#include "formats/png/perceptual_color.h"

namespace imgc::png {

// Exact. What is opaque has only opaque colours to choose from, where there are such. Space is cut into
// boxes, and a box that is asked about is given the colours that can be the nearest of any point in it, which
// are few.
class NearestColor {
 public:
  struct Found {
    std::uint8_t index = 0;
    float unlikeness = 0;
  };

  // `palette` has 1 to 256 colours.
  explicit NearestColor(std::span<const Color> palette);

  [[nodiscard]] const std::vector<PerceptualColor>& looks() const { return looks_; }
  // Whether this colour is one that `look` has to choose from.
  [[nodiscard]] bool suits(const PerceptualColor& look, std::size_t index) const {
    return !has_opaque_ || look[3] < opaque || looks_[index][3] >= opaque;
  }
  // `guess` is a colour that is likely the nearest; it changes how long the answer takes, not the answer.
  Found find(const PerceptualColor& look, std::uint8_t guess);

 private:
  struct Box {
    std::uint32_t name = 0;  // 0 when free
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };

  [[nodiscard]] std::size_t place(std::uint32_t name) const;
  std::size_t add_box(std::uint32_t name, const PerceptualColor& middle, bool is_opaque);
  void make_room();

  std::vector<PerceptualColor> looks_;
  std::array<std::array<float, 256>, 4> by_axis_ = {};  // the same
  bool has_opaque_ = false;
  std::vector<float> own_;  // up to this unlikeness, no other colour is nearer
  std::vector<Box> boxes_;  // a hash table with open addressing
  std::vector<std::uint8_t> members_;
  std::size_t used_ = 0;
};

}  // namespace imgc::png
