// What an image's colour metadata makes of its samples.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "imgc/image.h"

namespace imgc::ssimulacra2 {

// Where an encoded sample lies on a curve of so many straight pieces. A sample within rounding of a corner is
// there: equal samples of different depth, or with and without an alpha channel, must have equal values to
// the last bit, for the metric can tell.
struct Place {
  std::size_t left = 0;
  float share = 0;
};
inline Place place_among(std::size_t pieces, float encoded) {
  const float at = std::clamp(encoded, 0.0F, 1.0F) * static_cast<float>(pieces);
  constexpr float rounding = 1e-3F;
  const auto left = std::min(static_cast<std::size_t>(at + rounding), pieces - 1);
  const float share = at - static_cast<float>(left);
  return {left, share < rounding ? 0.0F : share > 1 - rounding ? 1.0F : share};
}

// From encoded samples (0 to 1; for CMYK 0 to 1 of light, as JPEG stores it) to linear sRGB, relative
// colorimetric with black point compensation, through lcms2.
//
// lcms2 takes longer for a pixel than the whole metric. Nearly every profile is a curve for each channel and
// a matrix, so that each channel's part in the result simply adds up: where a probe confirms that, tables
// replace lcms2.
class ColorTransform {
 public:
  // Nothing when the samples are sRGB, or when nothing better is known: without colour metadata, with a
  // profile that lcms2 can't read, or with one for other channels than the image's. A gray image may have an
  // RGB profile. An ICC profile goes before PNG's sRGB, that before gAMA and cHRM. cICP is not looked at.
  static std::optional<ColorTransform> of(const Metadata& metadata, ColorModel model);

  // Interleaved samples that `run` takes a pixel: 1, 3 or 4.
  [[nodiscard]] unsigned inputs() const { return inputs_; }
  void run(const float* encoded, std::size_t width, float* const linear[3]);
  // For 8-bit samples, `inputs` or, gray under an RGB profile, one a pixel. False when only `run` will do.
  bool run_bytes(const std::uint8_t* encoded, bool gray, std::size_t width, float* const linear[3]);

 private:
  // What a sample adds to red, green and blue.
  using Part = std::array<float, 3>;
  using Table = std::vector<Part>;

  ColorTransform(std::shared_ptr<void> transform, unsigned inputs)
      : transform_(std::move(transform)), inputs_(inputs) {}
  void tabulate();
  [[nodiscard]] Part exact(const std::array<float, 4>& encoded) const;
  [[nodiscard]] bool adds_up() const;
  [[nodiscard]] Part sum(const float* encoded) const;

  std::shared_ptr<void> transform_;
  unsigned inputs_;
  std::vector<Table> tables_;  // one a channel, empty where parts don't add up
  Table bytes_of_gray_;        // of the 256 grays
  std::vector<float> row_;
};

}  // namespace imgc::ssimulacra2
