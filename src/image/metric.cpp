#include "image/metric.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "image/convert.h"

namespace imgc {
namespace {

// Sum over the pixels of the squared differences of four samples, colours premultiplied by alpha.
std::uint64_t squared_error(const Image& a, const Image& b) {
  std::uint64_t sum = 0;
  const auto premultiplied = [](const std::uint8_t* pixel, unsigned c) {
    return static_cast<int>(c == 3 ? pixel[3] : (pixel[c] * unsigned{pixel[3]} + 127U) / 255U);
  };
  for (std::size_t i = 0; i < a.pixels.size(); i += 4) {
    for (unsigned c = 0; c < 4; ++c) {
      const int difference = premultiplied(&a.pixels[i], c) - premultiplied(&b.pixels[i], c);
      sum += static_cast<std::uint64_t>(difference * difference);
    }
  }
  return sum;
}

std::uint64_t squared_difference(const Bytes& a, const Bytes& b) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const int difference = int{a[i]} - int{b[i]};
    sum += static_cast<std::uint64_t>(difference * difference);
  }
  return sum;
}

}  // namespace

double psnr(const Image& reference, const Image& distorted) {
  SquaredError error;
  error.add(reference, distorted);
  return error.psnr();
}

void SquaredError::add(const Image& reference, const Image& distorted) {
  const bool alike = reference.model == distorted.model && reference.depth == 8 && distorted.depth == 8;
  if (alike && !has_alpha(reference.model)) {
    error_ += squared_difference(reference.pixels, distorted.pixels);
    samples_ += reference.pixels.size();
    return;
  }
  const Image a = to_rgba8(reference);
  const Image b = to_rgba8(distorted);
  error_ += squared_error(a, b);
  // An opaque image has three samples that can differ, whatever it is stored as.
  const bool alpha = has_alpha(reference.model) || has_alpha(distorted.model);
  samples_ += a.pixels.size() / 4 * (alpha ? 4 : 3);
}

double SquaredError::psnr() const {
  if (error_ == 0) return 100;
  return std::min(
      100.0, 10 * std::log10(255.0 * 255.0 * static_cast<double>(samples_) / static_cast<double>(error_)));
}

}  // namespace imgc
