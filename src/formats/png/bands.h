// The rows of a picture in bands of about a million pixels, for work that threads can share.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace imgc::png {

struct Rows {
  std::uint32_t first = 0;
  std::uint32_t end = 0;
};

class Bands {
 public:
  Bands(std::uint32_t width, std::uint32_t height)
      : height_(height), rows_((pixels + width - 1) / std::max(1U, width)) {}

  [[nodiscard]] std::size_t count() const { return (std::size_t{height_} + rows_ - 1) / rows_; }
  [[nodiscard]] Rows operator[](std::size_t i) const {
    const auto first = static_cast<std::uint32_t>(i * rows_);
    return {first, first + std::min(height_ - first, rows_)};
  }

 private:
  static constexpr std::uint32_t pixels = std::uint32_t{1} << 20U;
  std::uint32_t height_;
  std::uint32_t rows_;
};

}  // namespace imgc::png
