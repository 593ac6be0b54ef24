#include "image/ssimulacra2/pyramid.h"

#include <algorithm>
#include <utility>

#include "image/ssimulacra2/needs.h"

namespace imgc::ssimulacra2 {

std::vector<Size> scale_sizes(std::size_t width, std::size_t height) {
  std::vector<Size> sizes = {{width, height}};
  while (sizes.size() < most_scales && sizes.back().width >= least_side && sizes.back().height >= least_side)
    sizes.push_back({(sizes.back().width + 1) / 2, (sizes.back().height + 1) / 2});
  return sizes;
}

Rows::Rows(Size size, std::size_t kept, bool luma_only)
    : stride_(padded(size.width)),
      kept_(std::min(size.height, kept)),
      stored_(luma_only ? 1 : channels),
      samples_(kept_ * stored_ * stride_) {}

Pyramid::Pyramid(std::unique_ptr<LinearRows> source, std::size_t kept, double left_out,
                 const Kernels& kernels)
    : source_(std::move(source)),
      kernels_(kernels),
      sizes_(scale_sizes(source_->width(), source_->height())) {
  for (std::size_t i = 0; i < sizes_.size(); ++i) {
    const Size& size = sizes_[i];
    scales_.push_back({size, Rows(size, kept, needs_luma_only(i, sizes_.size(), left_out)), 0,
                       std::vector<float>(std::size_t{2} * channels * padded(size.width + 1))});
  }
}

void Pyramid::finish_row(Scale& scale) const {
  const std::size_t y = scale.made++;
  const float* const linear[] = {scale.row(y, 0), scale.row(y, 1), scale.row(y, 2)};
  if (scale.xyb.has_luma_only()) {
    kernels_.to_luma(linear, scale.size.width, scale.xyb.at(luma, y));
    return;
  }
  float* const xyb[] = {scale.xyb.at(0, y), scale.xyb.at(1, y), scale.xyb.at(2, y)};
  kernels_.to_xyb(linear, scale.size.width, xyb);
}

std::size_t Pyramid::advance() {
  Scale& first = scales_.front();
  float* const input[] = {first.row(first.made, 0), first.row(first.made, 1), first.row(first.made, 2)};
  source_->read(first.made, input);
  finish_row(first);
  for (std::size_t i = 1; i < scales_.size(); ++i) {
    Scale& upper = scales_[i - 1];
    Scale& lower = scales_[i];
    // Two rows make one; the last of an odd number is its own partner.
    const std::size_t y = upper.made - 1;
    if (y % 2 == 0 && upper.made < upper.size.height) return i;
    for (unsigned c = 0; c < channels; ++c)
      kernels_.halve(upper.row(y - y % 2, c), upper.row(y, c), upper.size.width, lower.row(lower.made, c));
    finish_row(lower);
  }
  return scales_.size();
}

}  // namespace imgc::ssimulacra2
