// An image's rows as linear sRGB.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "imgc/image.h"

#include "image/ssimulacra2/profile.h"

namespace imgc::ssimulacra2 {

class LinearRows {
 public:
  // Where there is alpha, colours are laid on a gray of `background`, 0 to 1, as they are encoded: before
  // profile and transfer function, which is what the published program does. `image` must outlive this.
  LinearRows(const Image& image, const Metadata& metadata, float background);

  // At least 8 x 8: a smaller image counts as if its last column and row went on.
  [[nodiscard]] std::size_t width() const;
  [[nodiscard]] std::size_t height() const;

  // Writes row `y`, width() samples a channel.
  void read(std::size_t y, float* const linear[3]);

 private:
  void read_bytes(const std::uint8_t* row, float* const linear[3]) const;
  void transform(const std::uint8_t* row, float* const linear[3]);
  // The row without its alpha, where its samples are of 8 bits; else null.
  const std::uint8_t* color_bytes(const std::uint8_t* row);
  // What is not opaque of a row that was read as if it were.
  void lay_on_background(const std::uint8_t* row, float* const linear[3]);
  // Fills encoded_: interleaved, `count` a pixel, laid on the background.
  void encode(const std::uint8_t* row, unsigned count);

  const Image& image_;
  float background_;
  std::optional<ColorTransform> transform_;
  std::vector<float> encoded_;
  Bytes colors_;                            // of a row without its alpha
  std::vector<std::size_t> shown_through_;  // places in a row
  std::vector<float> laid_;                 // what is there, transformed
};

}  // namespace imgc::ssimulacra2
