// What take_census tells of an image, found band by band.
#pragma once

#include <cstdint>
#include <optional>

#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/png/reduce.h"
#include "formats/png/rows.h"

namespace imgc::png {

class Survey {
 public:
  // Reads every row once, and once more when there may be a tRNS key.
  static Result<Survey> of(const Still& still, const Limits& limits);

  // Whether 16-bit samples can be narrowed to 8 bits without loss; then the census is of the narrowed image.
  [[nodiscard]] bool narrows() const { return narrows_; }
  [[nodiscard]] const Census& census() const { return census_; }
  // The width, model and depth of what the census is of, without rows.
  [[nodiscard]] const Image& shape() const { return shape_; }

 private:
  bool narrows_ = false;
  Census census_;
  Image shape_;
};

// Shows `visit` the image band by band until it returns false.
template <class Visit>
Result<void> for_each_band(const Still& still, const Limits& limits, const Visit& visit) {
  auto reader = RowReader::open(still, Form::samples, limits.memory);
  if (!reader) return tl::unexpected(std::move(reader.error()));
  Image band = shape_of(still.header);
  const std::uint32_t height = still.header.ihdr.height;
  const std::uint32_t rows = std::min(height, band_height(band));
  for (std::uint32_t y = 0; y < height; y += std::min(rows, height - y)) {
    if (auto read = read_band(**reader, std::min(rows, height - y), band); !read) return read;
    if (!visit(std::as_const(band))) return {};
  }
  return {};
}

}  // namespace imgc::png
