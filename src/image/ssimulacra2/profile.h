// What an image's colour metadata makes of its samples.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "imgc/image.h"

namespace imgc::ssimulacra2 {

// From encoded samples (0 to 1; for CMYK 0 to 1 of light, as JPEG stores it) to linear sRGB, relative colorimetric
// with black point compensation, through lcms2.
class ColorTransform {
 public:
  // Nothing when the samples are sRGB, or when nothing better is known: without colour metadata, with a profile that
  // lcms2 can't read, or with one for other channels than the image's. A gray image may have an RGB profile. An ICC
  // profile goes before PNG's sRGB, that before gAMA and cHRM. cICP is not looked at.
  static std::optional<ColorTransform> of(const Metadata& metadata, ColorModel model);

  // Channels that `run` takes: 1, 3 or 4.
  [[nodiscard]] unsigned input_channels() const { return inputs_; }
  // Interleaved samples of `width` pixels in, three interleaved out.
  void run(const float* encoded, float* linear, std::size_t width) const;

 private:
  ColorTransform(std::shared_ptr<void> transform, unsigned inputs)
      : transform_(std::move(transform)), inputs_(inputs) {}

  std::shared_ptr<void> transform_;
  unsigned inputs_;
};

}  // namespace imgc::ssimulacra2
