#include "formats/jpeg/table_adaptation.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include "formats/jpeg/level_costs.h"

namespace imgc::jpeg {
namespace {

constexpr double finest = 0.75;  // of the present step
constexpr double coarsest = 1.35;
constexpr double staying = 0.998;  // the present step's cost, so that noise alone moves nothing
// Fewer levels say nothing about the frequency.
constexpr std::uint32_t enough_levels = 20;
// Larger levels count as this; hardly any are.
constexpr std::size_t largest = 255;

// The levels of one frequency, by magnitude.
struct Distribution {
  std::array<std::uint32_t, largest + 1> counts{};
  std::array<double, largest + 1> weights{};  // the sum of 1 / masking
};

// By zigzag position; [0] is not used, and zeros are not counted.
std::vector<Distribution> distributions(const Component& component, const Plane& plane,
                                        const Masking& masking) {
  std::vector<Distribution> all(64);
  const std::uint64_t* nonzero = plane.nonzero.data();
  for (std::uint32_t y = 0; y < component.blocks_high; ++y) {
    for (std::uint32_t x = 0; x < component.blocks_wide; ++x) {
      const double weight = 1 / double{masking.row(y)[x]};
      for (std::uint64_t left = *nonzero++; left != 0; left &= left - 1) {
        const auto k = static_cast<unsigned>(std::countr_zero(left));
        const auto level = std::min<std::size_t>(
            largest, static_cast<std::size_t>(std::abs(int{component.rows[y][x][zigzag[k]]})));
        ++all[k].counts[level];
        all[k].weights[level] += weight;
      }
    }
  }
  return all;
}

// One frequency under trial steps.
class Trial {
 public:
  Trial(const Distribution& levels, double blocks, double old_step, double reference, double lambda)
      : levels_(levels), blocks_(blocks), old_step_(old_step), reference_(reference), lambda_(lambda) {
    for (std::size_t level = 1; level <= largest; ++level) {
      if (levels.counts[level] == 0) continue;
      present_.push_back(level);
      nonzeros_ += levels.counts[level];
    }
  }

  [[nodiscard]] double nonzeros() const { return nonzeros_; }

  // Distortion plus the ideal code's bits, when each level becomes the cheapest of the nearest, one less and
  // 0.
  double cost(unsigned step) {
    const auto highest =
        static_cast<std::size_t>(static_cast<double>(present_.back()) * old_step_ / step) + 1;
    made_.assign(highest + 1, 0);
    made_[0] = blocks_ - nonzeros_;
    double distortion = 0;
    for (const std::size_t level : present_) {
      const double value = static_cast<double>(level) * old_step_;
      const double weight = levels_.weights[level] / levels_.counts[level];
      const auto nearest = static_cast<unsigned>(std::lround(value / step));
      unsigned best = 0;
      double best_cost = weight * squared(value / reference_);
      double best_error = best_cost;
      for (unsigned made = nearest; made > 0 && made + 1 >= nearest; --made) {
        const double error = weight * squared((value - static_cast<double>(made) * step) / reference_);
        const double sum = error + lambda_ * (usual_bits + 2 * size_of(made));
        if (sum > best_cost || (sum == best_cost && best != 0)) continue;
        best = made;
        best_cost = sum;
        best_error = error;
      }
      distortion += best_error * levels_.counts[level];
      made_[best] += levels_.counts[level];
    }
    return distortion + lambda_ * (entropy() + blocks_ - made_[0]);
  }

 private:
  static constexpr double usual_bits = 3;  // of a symbol for a level of size 0, were there one

  static double squared(double value) { return value * value; }

  [[nodiscard]] double entropy() const {
    double bits = 0;
    for (const double count : made_)
      if (count > 0) bits -= count * std::log2(count / blocks_);
    return bits;
  }

  const Distribution& levels_;
  double blocks_;
  double old_step_;
  double reference_;
  double lambda_;
  double nonzeros_ = 0;
  std::vector<std::size_t> present_;
  std::vector<double> made_;  // how many of each level
};

}  // namespace

QuantTable adapted_table(const Component& component, const Plane& plane, const QuantTable& table,
                         const Steps& reference, const Masking& masking, float lambda) {
  const std::vector<Distribution> all = distributions(component, plane, masking);
  QuantTable adapted = table;
  for (std::size_t k = 1; k < all.size(); ++k) {
    const std::size_t position = zigzag[k];
    const unsigned present = table[position];
    Trial trial(all[k], static_cast<double>(plane.nonzero.size()), component.quant[position],
                reference[position], lambda);
    if (trial.nonzeros() < enough_levels) continue;
    const unsigned first =
        std::max<unsigned>(component.quant[position], static_cast<unsigned>(std::floor(present * finest)));
    const unsigned last = std::min(255U, static_cast<unsigned>(std::ceil(present * coarsest)));
    double least = std::numeric_limits<double>::max();
    for (unsigned step = std::max(1U, first); step <= last; ++step) {
      const double cost = trial.cost(step) * (step == present ? staying : 1);
      if (cost >= least) continue;
      least = cost;
      adapted[position] = static_cast<std::uint16_t>(step);
    }
  }
  return adapted;
}

}  // namespace imgc::jpeg
