#pragma once

#include <cstdint>

#include "imgc/image.h"

namespace imgc {

// Peak signal-to-noise ratio in dB over the colour channels and alpha at 8 bits, colours premultiplied by
// alpha. 100 for equal images. Both must have the same size.
double psnr(const Image& reference, const Image& distorted);

// The same of pictures that come in parts.
class SquaredError {
 public:
  void add(const Image& reference, const Image& distorted);
  [[nodiscard]] double psnr() const;

 private:
  std::uint64_t error_ = 0;
  std::uint64_t samples_ = 0;
};

}  // namespace imgc
