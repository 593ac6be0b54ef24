#include "image/ssimulacra2/comparison.h"

#include <algorithm>
#include <cmath>

namespace imgc::ssimulacra2 {
namespace {

const double* weights_of(std::size_t channel, std::size_t scale, std::size_t scales) {
  return weights + (channel * scales + scale) * terms;
}

Need need_of(const double* weight) {
  if (weight[ssim] != 0 || weight[maps + ssim] != 0) return Need::all;
  return std::any_of(weight, weight + terms, [](double w) { return w != 0; }) ? Need::edges : Need::nothing;
}

// One scale: follows its two sources, four rows behind them.
class ScaleComparison {
 public:
  ScaleComparison(Size size, std::size_t scale, std::size_t scales, const Kernels& kernels)
      : size_(size),
        kernels_(kernels),
        zeros_(padded(size.width)),
        scratch_(4 * (margin + padded(size.width) + margin)) {
    for (std::size_t c = 0; c < channels; ++c) needs_[c] = need_of(weights_of(c, scale, scales));
  }

  // `made` rows are there, and of those the last nine are still held.
  void follow(const Rows& reference, const Rows& distorted, std::size_t made) {
    const std::size_t ready = made == size_.height ? made : made - std::min<std::size_t>(made, blur_reach);
    for (; next_ < ready; ++next_) compare_row(reference, distorted);
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
  void compare_row(const Rows& reference, const Rows& distorted) {
    for (unsigned c = 0; c < channels; ++c) {
      if (needs_[c] == Need::nothing) continue;
      std::array<const float*, window> a{};
      std::array<const float*, window> b{};
      for (std::size_t i = 0; i < window; ++i) {
        const bool inside = next_ + i >= blur_reach && next_ + i - blur_reach < size_.height;
        a[i] = inside ? reference.at(c, next_ + i - blur_reach) : zeros_.data();
        b[i] = inside ? distorted.at(c, next_ + i - blur_reach) : zeros_.data();
      }
      kernels_.compare(needs_[c], a.data(), b.data(), size_.width, scratch_.data(), sums_[c].data());
    }
  }

  Size size_;
  const Kernels& kernels_;
  std::array<Need, channels> needs_{};
  std::vector<float> zeros_;
  std::vector<float> scratch_;
  std::size_t next_ = 0;
  ScaleErrors sums_{};
};

// `advance_reference` brings the reference as far as the distorted image.
template <class AdvanceReference>
std::vector<ScaleErrors> compare_rows(const Pyramid& reference, Pyramid& distorted, const Kernels& kernels,
                                      const AdvanceReference& advance_reference) {
  const std::vector<Size>& sizes = distorted.sizes();
  std::vector<ScaleComparison> scales;
  for (std::size_t i = 0; i < sizes.size(); ++i) scales.emplace_back(sizes[i], i, sizes.size(), kernels);
  while (distorted.made(0) < sizes.front().height) {
    advance_reference();
    const std::size_t fresh = distorted.advance();
    for (std::size_t i = 0; i < fresh; ++i)
      scales[i].follow(reference.rows(i), distorted.rows(i), distorted.made(i));
  }
  std::vector<ScaleErrors> errors;
  for (const ScaleComparison& scale : scales) errors.push_back(scale.errors());
  return errors;
}

}  // namespace

std::vector<ScaleErrors> compare(Pyramid& reference, Pyramid& distorted, const Kernels& kernels) {
  return compare_rows(reference, distorted, kernels, [&reference] { reference.advance(); });
}

std::vector<ScaleErrors> compare(const Pyramid& reference, Pyramid& distorted, const Kernels& kernels) {
  return compare_rows(reference, distorted, kernels, [] {});
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
