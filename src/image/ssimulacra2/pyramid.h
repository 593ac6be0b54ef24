// One image's rows in XYB at every scale, made from the top downwards.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "image/ssimulacra2/kernels.h"
#include "image/ssimulacra2/linear_rows.h"

namespace imgc::ssimulacra2 {

struct Size {
  std::size_t width = 0;
  std::size_t height = 0;
};
// From 1:1 downwards, each half of the one before, rounded up.
std::vector<Size> scale_sizes(std::size_t width, std::size_t height);

// The last `kept` rows of three channels, or of luma alone, which then stands for the others; all of them
// when `kept` is the height.
class Rows {
 public:
  Rows(Size size, std::size_t kept, bool luma_only);

  [[nodiscard]] float* at(unsigned channel, std::size_t y) {
    return samples_.data() + (y % kept_ * stored_ + (has_luma_only() ? 0 : channel)) * stride_;
  }
  [[nodiscard]] const float* at(unsigned channel, std::size_t y) const {
    return samples_.data() + (y % kept_ * stored_ + (has_luma_only() ? 0 : channel)) * stride_;
  }
  [[nodiscard]] bool has_luma_only() const { return stored_ == 1; }

 private:
  std::size_t stride_;
  std::size_t kept_;
  std::size_t stored_;  // channels
  std::vector<float> samples_;
};

// A comparison looks this far back.
inline constexpr std::size_t rows_in_use = reach_ahead + 1;
inline constexpr std::size_t all_rows = SIZE_MAX;

class Pyramid {
 public:
  // Of each scale the last `kept` rows, or all; of its channels those that errors of more weight than
  // `left_out` need.
  Pyramid(std::unique_ptr<LinearRows> source, std::size_t kept, double left_out, const Kernels& kernels);

  // Takes the next row of the source, and with it at most one more row of each scale. The scales that got one
  // are the first so many; their number is returned.
  std::size_t advance();

  [[nodiscard]] const std::vector<Size>& sizes() const { return sizes_; }
  [[nodiscard]] const Rows& rows(std::size_t scale) const { return scales_[scale].xyb; }
  // How many rows of that scale there are by now.
  [[nodiscard]] std::size_t made(std::size_t scale) const { return scales_[scale].made; }

 private:
  struct Scale {
    Size size;
    Rows xyb;
    std::size_t made = 0;
    std::vector<float> linear;  // the row taken last and the one before it, three channels each
    [[nodiscard]] float* row(std::size_t y, unsigned channel) {
      return linear.data() + (y % 2 * channels + channel) * (linear.size() / (2 * std::size_t{channels}));
    }
  };

  void finish_row(Scale& scale) const;

  std::unique_ptr<LinearRows> source_;
  const Kernels& kernels_;
  std::vector<Size> sizes_;
  std::vector<Scale> scales_;
};

}  // namespace imgc::ssimulacra2
