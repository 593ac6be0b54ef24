#include "formats/jpeg/dc_trellis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

namespace imgc::jpeg {
namespace {

constexpr std::size_t states = 3;  // the nearest level, one less and one more
// 11 bits hold a difference of 2047 (T.81, F.1.2.1): what 8-bit samples can make at a step of 1 or more.
constexpr int least_level = -1024;
constexpr int most_level = 1023;

struct DcBlock {
  JCOEF* levels = nullptr;
  float masking = 1;
};

// In the order of coding.
std::vector<DcBlock> blocks_of(const Component& component, const Masking& masking, bool interleaved) {
  const std::uint32_t across = interleaved ? component.h : 1;
  const std::uint32_t down = interleaved ? component.v : 1;
  std::vector<DcBlock> blocks;
  blocks.reserve(std::size_t{component.blocks_wide} * component.blocks_high);
  for (std::uint32_t top = 0; top < component.blocks_high; top += down) {
    const std::uint32_t bottom = std::min(top + down, component.blocks_high);
    for (std::uint32_t left = 0; left < component.blocks_wide; left += across) {
      const std::uint32_t right = std::min(left + across, component.blocks_wide);
      for (std::uint32_t y = top; y < bottom; ++y)
        for (std::uint32_t x = left; x < right; ++x)
          blocks.push_back({component.rows[y][x], masking.row(y)[x]});
    }
  }
  return blocks;
}

// The state before, for each state of a block.
using Before = std::array<std::uint8_t, states>;

}  // namespace

void choose_dc(Component& component, std::uint16_t to, float reference, const LevelCosts& costs,
               const Masking& masking, float lambda, bool interleaved) {
  const std::vector<DcBlock> blocks = blocks_of(component, masking, interleaved);
  const float ratio = static_cast<float>(component.quant[0]) / static_cast<float>(to);
  const float relative = static_cast<float>(to) / reference;
  const float weight = relative * relative;
  const auto nearest = [ratio](const DcBlock& block) {
    return std::clamp(static_cast<int>(std::lround(static_cast<float>(block.levels[0]) * ratio)), least_level,
                      most_level);
  };

  std::vector<Before> steps(blocks.size());
  // Before the first block the level is 0, in the middle one of states that all stand for it.
  std::array<float, states> cost = {std::numeric_limits<float>::max(), 0, std::numeric_limits<float>::max()};
  int last = 0;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const float exact = static_cast<float>(blocks[i].levels[0]) * ratio;
    const int middle = nearest(blocks[i]);
    const float bit = lambda * blocks[i].masking;
    std::array<float, 2 * states - 1> bits{};  // by how the state differs from the one before, plus 2
    for (std::size_t d = 0; d < bits.size(); ++d) {
      const int difference = middle - last + static_cast<int>(d) - 2;
      bits[d] = bit * costs.dc[std::min(15U, size_of(static_cast<unsigned>(std::abs(difference))))];
    }
    std::array<float, states> reached{};
    for (std::size_t state = 0; state < states; ++state) {
      const float error = exact - static_cast<float>(middle + static_cast<int>(state) - 1);
      float best = std::numeric_limits<float>::max();
      for (std::size_t before = 0; before < states; ++before) {
        const float sum = cost[before] + bits[state + 2 - before];
        if (sum >= best) continue;
        best = sum;
        steps[i][state] = static_cast<std::uint8_t>(before);
      }
      reached[state] = best + error * error * weight;
    }
    // Only their differences count, and small numbers keep their precision.
    const float least = std::ranges::min(reached);
    for (std::size_t state = 0; state < states; ++state) cost[state] = reached[state] - least;
    last = middle;
  }

  auto state = static_cast<std::size_t>(std::ranges::min_element(cost) - cost.begin());
  for (std::size_t i = blocks.size(); i-- > 0; state = steps[i][state]) {
    const int level = nearest(blocks[i]) + static_cast<int>(state) - 1;
    blocks[i].levels[0] = static_cast<JCOEF>(std::clamp(level, least_level, most_level));
  }
}

}  // namespace imgc::jpeg
