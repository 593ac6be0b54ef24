// A picture's rows as linear sRGB.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "imgc/image.h"

#include "image/ssimulacra2.h"
#include "image/ssimulacra2/definition.h"
#include "image/ssimulacra2/profile.h"

namespace imgc::ssimulacra2 {

// At least 8 x 8: a smaller picture counts as if its last column and row went on.
class LinearRows {
 public:
  LinearRows(std::uint32_t width, std::uint32_t height) : shown_width_(width), shown_height_(height) {}
  virtual ~LinearRows() = default;
  LinearRows(const LinearRows&) = delete;
  LinearRows& operator=(const LinearRows&) = delete;

  [[nodiscard]] std::size_t width() const { return std::max<std::size_t>(shown_width_, least_side); }
  [[nodiscard]] std::size_t height() const { return std::max<std::size_t>(shown_height_, least_side); }

  // Writes row `y`, width() samples a channel.
  void read(std::size_t y, float* const linear[3]);

 protected:
  [[nodiscard]] std::uint32_t shown_width() const { return shown_width_; }

 private:
  // A row that there is, as wide as it is.
  virtual void read_shown(std::uint32_t y, float* const linear[3]) = 0;

  std::uint32_t shown_width_;
  std::uint32_t shown_height_;
};

// Where there is alpha, colours are laid on a gray of `background`, 0 to 1, as they are encoded: before
// profile and transfer function, which is what the published program does.
class ImageRows : public LinearRows {
 public:
  // What `picture` refers to must outlive this.
  ImageRows(const Picture& picture, float background);

 private:
  void read_shown(std::uint32_t y, float* const linear[3]) override;
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

// The same rows as of the image that the picture shows, each colour looked at once.
class PaletteRows : public LinearRows {
 public:
  // What `picture` refers to must outlive this, but for its colours.
  PaletteRows(const PalettePicture& picture, float background);

 private:
  void read_shown(std::uint32_t y, float* const linear[3]) override;

  const std::uint8_t* indexes_;
  std::array<std::vector<float>, channels> looks_;  // of each index
};

}  // namespace imgc::ssimulacra2
