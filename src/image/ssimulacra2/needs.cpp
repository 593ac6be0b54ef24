#include "image/ssimulacra2/needs.h"

#include <algorithm>

namespace imgc::ssimulacra2 {

const double* weights_of(std::size_t channel, std::size_t scale, std::size_t scales) {
  return weights + (channel * scales + scale) * terms;
}

Need need_of(std::size_t channel, std::size_t scale, std::size_t scales, double left_out) {
  const double* weight = weights_of(channel, scale, scales);
  if (weight[ssim] > left_out || weight[maps + ssim] > left_out) return Need::all;
  const bool edges = std::any_of(weight, weight + terms, [&](double w) { return w > left_out; });
  return edges ? Need::edges : Need::nothing;
}

bool needs_luma_only(std::size_t scale, std::size_t scales, double left_out) {
  for (std::size_t c = 0; c < channels; ++c)
    if (c != luma && need_of(c, scale, scales, left_out) != Need::nothing) return false;
  return true;
}

}  // namespace imgc::ssimulacra2
