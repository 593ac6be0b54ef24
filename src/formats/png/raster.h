// Pixels as a PNG stores them: colour type, depth, palette, and packed rows, before filtering.
#pragma once

#include <cstddef>
#include <cstdint>

#include "imgc/bytes.h"
#include "imgc/image.h"

#include "formats/png/header.h"

namespace imgc::png {

struct Raster {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  ColorType color = ColorType::rgb;
  unsigned depth = 8;
  Bytes palette;       // PLTE's payload, of an indexed raster
  Bytes transparency;  // tRNS's payload, may be empty
  Bytes rows;          // height * row_bytes(); 16-bit samples big-endian, low depths packed

  [[nodiscard]] std::size_t row_bytes() const {
    return (std::size_t{width} * depth * sample_count(color) + 7) / 8;
  }
  // The distance at which filters look to the left (section 9.2).
  [[nodiscard]] std::size_t filter_distance() const {
    const std::size_t bytes = std::size_t{depth} * sample_count(color) / 8;
    return bytes == 0 ? 1 : bytes;
  }
  [[nodiscard]] const std::uint8_t* row(std::uint32_t y) const { return rows.data() + y * row_bytes(); }
  [[nodiscard]] std::uint8_t* row(std::uint32_t y) { return rows.data() + y * row_bytes(); }
};

// That of a file's picture, without its rows. `ihdr` is the header's own, or that of a frame of the file.
inline Raster layout_of(const Header& header, const Ihdr& ihdr) {
  Raster layout{ihdr.width, ihdr.height, ihdr.color, ihdr.depth, {}, {}, {}};
  if (header.palette) layout.palette.assign(header.palette->data.begin(), header.palette->data.end());
  if (header.transparency)
    layout.transparency.assign(header.transparency->data.begin(), header.transparency->data.end());
  return layout;
}

}  // namespace imgc::png
