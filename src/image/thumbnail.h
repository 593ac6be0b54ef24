#pragma once

#include <cstdint>
#include <vector>

#include "imgc/image.h"

namespace imgc {

// A small likeness of a picture that may come in parts: of each square of `factor` × `factor` pixels the mean
// of up to 4 × 4 that are spread over it, at 8 bits, laid on mid-gray where they are clear. What is left over
// at the right and at the bottom is not in it.
class Thumbnail {
 public:
  // The factor that leaves about `pixels` of a picture, at least `least`.
  static std::uint32_t factor_for(std::uint32_t width, std::uint32_t height, std::uint32_t pixels,
                                  std::uint32_t least);

  Thumbnail(std::uint32_t width, std::uint32_t height, std::uint32_t factor);

  // The next rows from the top, of the same colour model as the others and as wide as the picture.
  void add(const Image& strip);
  // After all rows.
  [[nodiscard]] const Image& result() const { return small_; }

 private:
  // Whether this row of a square, or this column, is one of those that are looked at.
  [[nodiscard]] bool counts(std::uint32_t in_square) const;
  // Of the strip the pixels that are looked at, as an image.
  [[nodiscard]] Image samples(const Image& strip) const;
  void add_row(const std::uint8_t* samples);

  std::uint32_t factor_;
  std::uint32_t per_side_;  // pixels of a square along one side that are looked at
  Image small_;
  std::uint32_t next_row_ = 0;       // of the picture
  std::vector<std::uint32_t> sums_;  // of the row of squares that is being read
  std::uint32_t rows_ = 0;           // that are in them
  std::uint32_t y_ = 0;              // its number
};

}  // namespace imgc
