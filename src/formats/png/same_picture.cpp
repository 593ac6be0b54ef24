#include "formats/png/same_picture.h"

#include <algorithm>

#include "image/convert.h"

namespace imgc::png {

Result<bool> same_still(const Still& a, const Still& b, const Limits& limits) {
  const std::uint32_t height = a.header.ihdr.height;
  if (a.header.ihdr.width != b.header.ihdr.width || height != b.header.ihdr.height) return false;
  auto reader_a = RowReader::open(a, Form::samples, limits.memory);
  if (!reader_a) return tl::unexpected(std::move(reader_a.error()));
  auto reader_b = RowReader::open(b, Form::samples, limits.memory);
  if (!reader_b) return tl::unexpected(std::move(reader_b.error()));
  Image band_a = shape_of(a.header);
  Image band_b = shape_of(b.header);
  const std::uint32_t rows = std::min(band_height(band_a), band_height(band_b));
  for (std::uint32_t left = height; left > 0;) {
    const std::uint32_t count = std::min(rows, left);
    if (auto read = read_band(**reader_a, count, band_a); !read)
      return tl::unexpected(std::move(read.error()));
    if (auto read = read_band(**reader_b, count, band_b); !read)
      return tl::unexpected(std::move(read.error()));
    if (!same_pixels(band_a, band_b)) return false;
    left -= count;
  }
  return true;
}

Result<bool> same_picture(ByteView a, ByteView b, const Limits& limits) {
  const Result<Still> still_a = find_still(a, limits);
  if (!still_a) return tl::unexpected(still_a.error());
  const Result<Still> still_b = find_still(b, limits);
  if (!still_b) return tl::unexpected(still_b.error());
  return same_still(*still_a, *still_b, limits);
}

}  // namespace imgc::png
