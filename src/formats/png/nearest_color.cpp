#include "formats/png/nearest_color.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "formats/png/hash.h"

namespace imgc::png {
namespace {

constexpr float side = 3;        // of a box, in luma and in both colour differences
constexpr float alpha_side = 8;  // and in alpha; opaque looks have boxes of their own, flat in alpha
constexpr float origin = -256;   // below any coordinate

// From the middle of a box to its farthest corner, which is where alpha goes against luma. Somewhat more, for
// what rounding takes.
float radius(bool is_opaque) {
  const PerceptualColor corner{side / 2, side / 2, side / 2, is_opaque ? 0 : -alpha_side / 2};
  return std::sqrt(unlikeness(corner, PerceptualColor{})) * 1.001F;
}

std::uint32_t cell(float coordinate, float cell_side) {
  return static_cast<std::uint32_t>(std::clamp((coordinate - origin) * (1 / cell_side), 0.0F, 254.0F));
}

float middle_of(std::uint32_t cell, float cell_side) {
  return origin + (static_cast<float>(cell) + 0.5F) * cell_side;
}

}  // namespace

NearestColor::NearestColor(std::span<const Color> palette) : boxes_(256) {
  looks_.reserve(palette.size());
  for (const Color& color : palette) {
    looks_.push_back(perceptual_of(color));
    has_opaque_ = has_opaque_ || color[3] == opaque;
  }
  for (const PerceptualColor& look : looks_) {
    float nearest = std::numeric_limits<float>::max();
    for (const PerceptualColor& other : looks_)
      if (&other != &look) nearest = std::min(nearest, unlikeness(look, other));
    own_.push_back(nearest / 4);  // half the distance, squared
  }
  for (std::size_t i = 0; i < looks_.size(); ++i)
    for (int axis = 0; axis < 4; ++axis) by_axis_[static_cast<std::size_t>(axis)][i] = looks_[i][axis];
}

NearestColor::Found NearestColor::find(const PerceptualColor& look, std::uint8_t guess) {
  const bool is_opaque = look[3] >= opaque;
  const float likely = unlikeness(look, looks_[guess]);
  if (likely < own_[guess] && suits(look, guess)) return {guess, likely};
  const std::uint32_t luma = cell(look[0], side);
  const std::uint32_t blue = cell(look[1], side);
  const std::uint32_t red = cell(look[2], side);
  const std::uint32_t alpha = is_opaque ? opaque : cell(look[3], alpha_side);
  const std::uint32_t name = 1 + (luma | blue << 8U | red << 16U | alpha << 24U);
  std::size_t at = place(name);
  if (boxes_[at].name == 0) {
    const PerceptualColor middle{middle_of(luma, side), middle_of(blue, side), middle_of(red, side),
                                 is_opaque ? static_cast<float>(opaque) : middle_of(alpha, alpha_side)};
    at = add_box(name, middle, is_opaque);
  }
  const Box& box = boxes_[at];
  Found found{members_[box.first], unlikeness(look, looks_[members_[box.first]])};
  for (std::uint32_t i = 1; i < box.count; ++i) {
    const std::uint8_t index = members_[box.first + i];
    if (const float other = unlikeness(look, looks_[index]); other < found.unlikeness) found = {index, other};
  }
  return found;
}

// Where the box of this name is, or would be put.
std::size_t NearestColor::place(std::uint32_t name) const {
  std::size_t at = hash(name, static_cast<unsigned>(std::countr_zero(boxes_.size())));
  while (boxes_[at].name != 0 && boxes_[at].name != name) at = (at + 1) & (boxes_.size() - 1);
  return at;
}

// Distance is a norm, so a colour farther from the middle than the nearest is, by more than the diagonal,
// is not the nearest of any point of the box.
std::size_t NearestColor::add_box(std::uint32_t name, const PerceptualColor& middle, bool is_opaque) {
  if (2 * used_ >= boxes_.size()) make_room();
  constexpr float beyond = std::numeric_limits<float>::max();
  std::array<float, 256> away{};
  const bool opaque_only = has_opaque_ && is_opaque;
  // In this form the compiler goes about several at a time.
  const auto& [luma, blue, red, alpha] = by_axis_;
  for (std::size_t i = 0; i < away.size(); ++i) {
    const float on_black = middle[0] - luma[i];
    const float on_white = on_black - (middle[3] - alpha[i]);
    const float blues = middle[1] - blue[i];
    const float reds = middle[2] - red[i];
    const float black2 = on_black * on_black;
    const float white2 = on_white * on_white;
    const float both = (black2 > white2 ? black2 : white2) + blues * blues + reds * reds;
    away[i] = opaque_only && alpha[i] < opaque ? beyond : both;
  }
  const float nearest =
      *std::min_element(away.begin(), away.begin() + static_cast<std::ptrdiff_t>(looks_.size()));
  const float most = std::sqrt(nearest) + 2 * radius(is_opaque);
  Box box{name, static_cast<std::uint32_t>(members_.size()), 0};
  for (std::size_t i = 0; i < looks_.size(); ++i) {
    if (away[i] > most * most) continue;
    members_.push_back(static_cast<std::uint8_t>(i));
    ++box.count;
  }
  const std::size_t at = place(name);
  boxes_[at] = box;
  ++used_;
  return at;
}

void NearestColor::make_room() {
  std::vector<Box> old(2 * boxes_.size());
  old.swap(boxes_);
  for (const Box& box : old)
    if (box.name != 0) boxes_[place(box.name)] = box;
}

}  // namespace imgc::png
