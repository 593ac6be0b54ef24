#include "image/ssimulacra2/comparison.h"

#include <algorithm>
#include <cmath>

#include "image/ssimulacra2/needs.h"

namespace imgc::ssimulacra2 {
namespace {

// The recursion's rings and states for one channel.
class ChannelBlur {
 public:
  ChannelBlur(Need need, std::size_t width)
      : need_(need), width_(width), stride_(padded(width)), samples_(stride_ * planes(need) * rows_a_plane) {}

  [[nodiscard]] Need need() const { return need_; }

  // A row of both images, which becomes row `y` of the ring.
  void put(const float* reference, const float* distorted, std::size_t y, const Kernels& kernels) {
    std::array<float*, most_planes> scratch{};
    std::array<float*, most_planes> blurred{};
    for (unsigned i = 0; i < planes(need_); ++i) {
      scratch[i] = row(i, rows_a_plane - 1);
      blurred[i] = row(i, y % ring);
    }
    kernels.blur_row(need_, reference, distorted, width_, scratch.data(), blurred.data());
  }

  // The step that takes row `y` in and lets row y - 4 out.
  Step step(std::size_t y, std::size_t height, const float* zeros) {
    Step step;
    step.need = need_;
    step.width = width_;
    for (unsigned i = 0; i < planes(need_); ++i) {
      step.above[i] = y + 1 >= ring ? row(i, (y + 1) % ring) : zeros;
      step.below[i] = y < height ? row(i, y % ring) : zeros;
      for (unsigned k = 0; k < sections; ++k) {
        step.last[i][k] = row(i, ring + std::size_t{2} * k + y % 2);
        step.before_last[i][k] = row(i, ring + std::size_t{2} * k + (y + 1) % 2);
      }
    }
    return step;
  }

 private:
  static constexpr std::size_t ring = std::size_t{reach_back} + reach_ahead + 1;
  // The ring, what each section gave last and before that, and a row to scribble on.
  static constexpr std::size_t rows_a_plane = ring + std::size_t{2} * sections + 1;
  float* row(std::size_t plane, std::size_t index) {
    return samples_.data() + (plane * rows_a_plane + index) * stride_;
  }

  Need need_;
  std::size_t width_;
  std::size_t stride_;
  std::vector<float> samples_;
};

// One scale: follows its two sources, four rows behind them. Its channels know nothing of each other.
class ScaleComparison {
 public:
  ScaleComparison(Size size, std::size_t scale, std::size_t scales, double left_out, const Kernels& kernels)
      : size_(size), kernels_(kernels), zeros_(padded(size.width)) {
    for (std::size_t c = 0; c < channels; ++c)
      blurs_.emplace_back(need_of(c, scale, scales, left_out), size.width);
  }

  // Takes the rows from `first` on, of which `end` - 1 was made last but for those of the next turn.
  void follow(unsigned channel, const Rows& reference, const Rows& distorted, std::size_t first,
              std::size_t end) {
    if (blurs_[channel].need() == Need::nothing) return;
    for (std::size_t y = first; y < end; ++y) {
      blurs_[channel].put(reference.at(channel, y), distorted.at(channel, y), y, kernels_);
      advance(channel, reference, distorted, y);
    }
    if (first < end && end == size_.height)
      for (std::size_t after = end; after < end + reach_ahead; ++after)
        advance(channel, reference, distorted, after);
  }

  [[nodiscard]] ScaleErrors errors() const {
    ScaleErrors errors = sums_;
    const double pixels = static_cast<double>(size_.width) * static_cast<double>(size_.height);
    for (auto& channel : errors) {
      for (unsigned i = 0; i < maps; ++i) channel[i] /= pixels;
      for (unsigned i = maps; i < terms; ++i) channel[i] = std::sqrt(std::sqrt(channel[i] / pixels));
    }
    return errors;
  }

 private:
  void advance(unsigned c, const Rows& reference, const Rows& distorted, std::size_t y) {
    const Step step = blurs_[c].step(y, size_.height, zeros_.data());
    if (y < reach_ahead)
      kernels_.warm_up(step);
    else
      kernels_.compare(step, reference.at(c, y - reach_ahead), distorted.at(c, y - reach_ahead),
                       sums_[c].data());
  }

  Size size_;
  const Kernels& kernels_;
  std::vector<float> zeros_;
  std::vector<ChannelBlur> blurs_;
  ScaleErrors sums_{};
};

std::vector<std::size_t> made_by_now(const Pyramid& pyramid) {
  std::vector<std::size_t> made;
  for (std::size_t i = 0; i < pyramid.sizes().size(); ++i) made.push_back(pyramid.made(i));
  return made;
}

void advance_a_turn(Pyramid& pyramid) {
  for (std::size_t i = 0; i < rows_a_turn && pyramid.made(0) < pyramid.sizes().front().height; ++i)
    pyramid.advance();
}

// `advancing` are those whose rows are still to be made.
std::vector<ScaleErrors> compare_rows(const Pyramid& reference, const Pyramid& distorted,
                                      const std::vector<Pyramid*>& advancing, double left_out,
                                      const Kernels& kernels, const ForEach& for_each) {
  const std::vector<Size>& sizes = distorted.sizes();
  std::vector<ScaleComparison> scales;
  for (std::size_t i = 0; i < sizes.size(); ++i)
    scales.emplace_back(sizes[i], i, sizes.size(), left_out, kernels);
  std::vector<std::size_t> compared(sizes.size());
  for_each(advancing.size(), [&](std::size_t i) { advance_a_turn(*advancing[i]); });
  while (compared[0] < sizes.front().height) {
    // Those of the next turn are made meanwhile, which only those who advance may ask about.
    const std::vector<std::size_t> made = made_by_now(distorted);
    for_each(advancing.size() + sizes.size() * channels, [&](std::size_t task) {
      if (task < advancing.size()) {
        advance_a_turn(*advancing[task]);
        return;
      }
      const std::size_t scale = (task - advancing.size()) / channels;
      const auto channel = static_cast<unsigned>((task - advancing.size()) % channels);
      scales[scale].follow(channel, reference.rows(scale), distorted.rows(scale), compared[scale],
                           made[scale]);
    });
    compared = made;
  }
  std::vector<ScaleErrors> errors;
  errors.reserve(scales.size());
  for (const ScaleComparison& scale : scales) errors.push_back(scale.errors());
  return errors;
}

}  // namespace

std::vector<ScaleErrors> compare(Pyramid& reference, Pyramid& distorted, const Kernels& kernels,
                                 const ForEach& for_each) {
  return compare_rows(reference, distorted, {&distorted, &reference}, 0, kernels, for_each);
}

std::vector<ScaleErrors> compare(const Pyramid& reference, Pyramid& distorted, double left_out,
                                 const Kernels& kernels, const ForEach& for_each) {
  return compare_rows(reference, distorted, {&distorted}, left_out, kernels, for_each);
}

double score_of(const std::vector<ScaleErrors>& errors) {
  double sum = 0;
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t scale = 0; scale < errors.size(); ++scale) {
      const double* weight = weights_of(c, scale, errors.size());
      for (std::size_t i = 0; i < terms; ++i) sum += weight[i] * errors[scale][c][i];
    }
  }
  sum *= sum_scale;
  const double error = sum * (cubic[0] + sum * (cubic[1] + sum * cubic[2]));
  return error > 0 ? 100 - score_factor * std::pow(error, score_exponent) : 100;
}

}  // namespace imgc::ssimulacra2
