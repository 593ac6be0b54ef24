#include "formats/jpeg/masking.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "formats/jpeg/reference_steps.h"

namespace imgc::jpeg {
namespace {

// Of a contrast of average texture; the offset is what no eye sees.
constexpr float average_contrast = 100;
constexpr float offset = 20;
// The power of contrast that masks. Chroma is masked less by luma's texture than luma is.
constexpr float luma_power = 0.58F;
constexpr float chroma_power = 0.2F;
constexpr float least = 0.1F;
constexpr float most = 8;

// A value a block of a component, row by row.
struct Map {
  std::uint32_t wide = 0;
  std::uint32_t high = 0;
  std::vector<float> values;

  [[nodiscard]] float at(std::uint32_t x, std::uint32_t y) const {
    return values[std::size_t{std::min(y, high - 1)} * wide + std::min(x, wide - 1)];
  }
};

// The root of the sum of a block's squared AC coefficients. Summed by columns, which the compiler then does
// all at once.
float contrast(const JCOEF* block, const Steps& steps) {
  std::array<float, 8> sums{};
  for (std::size_t row = 0; row < 64; row += 8) {
    for (std::size_t i = 0; i < 8; ++i) {
      const float value = static_cast<float>(block[row + i]) * steps[row + i];
      sums[i] += value * value;
    }
  }
  float energy = 0;
  for (const float sum : sums) energy += sum;
  return std::sqrt(energy);
}

Map contrasts(const Component& component) {
  Map map{component.blocks_wide, component.blocks_high, {}};
  map.values.reserve(std::size_t{map.wide} * map.high);
  Steps steps{};
  for (std::size_t i = 1; i < steps.size(); ++i) steps[i] = static_cast<float>(component.quant[i]);
  for (JBLOCKROW row : component.rows)
    for (std::uint32_t x = 0; x < map.wide; ++x) map.values.push_back(contrast(row[x], steps));
  return map;
}

// Half of each block's own and half of the mean of the blocks around it and itself, as many as there are.
Map smoothed(const Map& map) {
  Map result{map.wide, map.high, std::vector<float>(map.values.size())};
  for (std::uint32_t y = 0; y < map.high; ++y) {
    const std::uint32_t top = y > 0 ? y - 1 : 0;
    const std::uint32_t bottom = std::min(y + 1, map.high - 1);
    for (std::uint32_t x = 0; x < map.wide; ++x) {
      const std::uint32_t left = x > 0 ? x - 1 : 0;
      const std::uint32_t right = std::min(x + 1, map.wide - 1);
      float sum = 0;
      for (std::uint32_t v = top; v <= bottom; ++v)
        for (std::uint32_t u = left; u <= right; ++u) sum += map.values[std::size_t{v} * map.wide + u];
      const auto count = static_cast<float>((bottom - top + 1) * (right - left + 1));
      const std::size_t at = std::size_t{y} * map.wide + x;
      result.values[at] = (map.values[at] + sum / count) / 2;
    }
  }
  return result;
}

float factor(float contrast, float power) {
  return std::clamp(std::pow((contrast + offset) / average_contrast, power), least, most);
}

Masking luma_masking(const Map& map) {
  Masking made{map.wide, map.values};
  for (float& value : made.factors) value = factor(value, luma_power);
  return made;
}

// By the mean over the blocks of luma that lie where a block of chroma does.
Masking chroma_masking(const Component& chroma, const Component& luma, const Map& map) {
  const std::uint32_t across = std::max(1U, luma.h / chroma.h);
  const std::uint32_t down = std::max(1U, luma.v / chroma.v);
  Masking made{chroma.blocks_wide, {}};
  made.factors.reserve(std::size_t{chroma.blocks_wide} * chroma.blocks_high);
  for (std::uint32_t y = 0; y < chroma.blocks_high; ++y) {
    for (std::uint32_t x = 0; x < chroma.blocks_wide; ++x) {
      float sum = 0;
      for (std::uint32_t v = 0; v < down; ++v)
        for (std::uint32_t u = 0; u < across; ++u) sum += map.at(x * across + u, y * down + v);
      made.factors.push_back(factor(sum / static_cast<float>(across * down), chroma_power));
    }
  }
  return made;
}

}  // namespace

std::vector<Masking> masking_of(const Coefficients& coefficients) {
  const std::vector<Component>& components = coefficients.components();
  std::vector<Masking> all;
  Map first;  // luma's, where there is chroma
  for (const Component& component : components) {
    if (component.kind == TableKind::chroma) {
      all.push_back(chroma_masking(component, components.front(), first));
      continue;
    }
    Map map = smoothed(contrasts(component));
    all.push_back(luma_masking(map));
    if (all.size() == 1) first = std::move(map);
  }
  return all;
}

}  // namespace imgc::jpeg
