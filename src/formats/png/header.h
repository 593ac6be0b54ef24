// What stands before the pixels of a PNG: IHDR and the chunks up to the first IDAT.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/png/chunks.h"

namespace imgc::png {

enum class ColorType : std::uint8_t { gray = 0, rgb = 2, indexed = 3, gray_alpha = 4, rgba = 6 };

constexpr unsigned sample_count(ColorType type) {
  switch (type) {
    case ColorType::gray:
    case ColorType::indexed:
      return 1;
    case ColorType::gray_alpha:
      return 2;
    case ColorType::rgb:
      return 3;
    case ColorType::rgba:
      return 4;
  }
  return 0;
}

struct Ihdr {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  unsigned depth = 8;
  ColorType color = ColorType::rgb;
  bool interlaced = false;
};

struct Header {
  Ihdr ihdr;
  Chunk ihdr_chunk;
  std::optional<Chunk> palette;       // of an indexed image only
  std::optional<Chunk> transparency;  // tRNS
  std::optional<unsigned> frames;     // of an APNG, as acTL says
  std::optional<int> quality;         // as imGC says
  std::optional<int> orientation;     // of an eXIf before the pixels, if there is one

  // As Image has it: a palette is expanded, and tRNS makes alpha.
  [[nodiscard]] ColorModel model() const;
};

// Reads up to the first IDAT, whose data need not be there, and checks that what the pixels depend on fits
// together. Fails with `limit` above limits.max_pixels.
Result<Header> read_header(ChunkReader& reader, const Limits& limits);

// Bytes of the image before compression, a filter byte a row, all passes when interlaced. The dimensions are
// such that it can't overflow.
std::uint64_t filtered_bytes(const Ihdr& ihdr);

Result<Probe> probe(ByteView file, const Limits& limits);

}  // namespace imgc::png
