// What a JPEG says of itself before its first scan, and where it ends.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "imgc/bytes.h"
#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/jpeg/quality.h"

namespace imgc::jpeg {

// As libjpeg decides it from the JFIF and Adobe markers and the component ids, so that both agree.
enum class ColorSpace : std::uint8_t { gray, ycc, rgb, cmyk, ycck, other };

struct ComponentHeader {
  std::uint8_t id = 0;
  unsigned h = 1;  // sampling factors, 1-4
  unsigned v = 1;
  std::uint8_t table = 0;
};

struct Header {
  std::uint8_t frame_marker = 0;  // SOF0-SOF15
  bool hierarchical = false;
  unsigned precision = 8;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<ComponentHeader> components;
  std::array<std::optional<QuantTable>, 4> tables;
  bool jfif = false;
  std::optional<std::uint8_t> adobe_transform;
  int orientation = 1;

  [[nodiscard]] ColorSpace color_space() const;
  [[nodiscard]] Channel channel(std::size_t component) const;
};

constexpr TableKind table_kind(ColorSpace space, std::size_t component) {
  const bool has_chroma = space == ColorSpace::ycc || space == ColorSpace::ycck;
  return has_chroma && (component == 1 || component == 2) ? TableKind::chroma : TableKind::luma;
}

// Fails with truncated when the bytes end before the first scan.
Result<Header> read_header(ByteView bytes);

// As read_header, for a complete file that is to be decoded: fails with limit when it has too many pixels,
// with unsupported when its coding is not Huffman with 8 bits, and with truncated when it is too short for
// its size.
Result<Header> read_decodable_header(ByteView bytes, const Limits& limits);

// Why the file can only be kept as it is.
std::optional<Reason> untouchable_reason(const Header& header);

// In all its planes, filled up to whole MCUs.
std::uint64_t coefficients_of(const Header& header);

Result<Probe> probe(ByteView bytes, const Limits& limits);

}  // namespace imgc::jpeg
