// What an image is to the engine: a header (Probe), pixels (Image), and what travels beside them (Metadata).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgc/bytes.h"

namespace imgc {

struct Format;

enum class ColorModel : std::uint8_t { gray, gray_alpha, rgb, rgba, cmyk };

constexpr unsigned channel_count(ColorModel model) {
  switch (model) {
    case ColorModel::gray:
      return 1;
    case ColorModel::gray_alpha:
      return 2;
    case ColorModel::rgb:
      return 3;
    case ColorModel::rgba:
    case ColorModel::cmyk:
      return 4;
  }
  return 0;
}

constexpr bool is_gray(ColorModel model) {
  return model == ColorModel::gray || model == ColorModel::gray_alpha;
}

constexpr bool has_alpha(ColorModel model) {
  return model == ColorModel::gray_alpha || model == ColorModel::rgba;
}

// Decoded pixels: rows from the top, without padding, samples interleaved. Palettes and sub-byte samples are
// already expanded, alpha is not premultiplied, and 16-bit samples are in the machine's byte order.
struct Image {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  ColorModel model = ColorModel::rgb;
  unsigned depth = 8;  // bits a sample: 8 or 16
  Bytes pixels;        // height * row_bytes()

  [[nodiscard]] std::size_t pixel_bytes() const { return std::size_t{channel_count(model)} * (depth / 8); }
  [[nodiscard]] std::size_t row_bytes() const { return width * pixel_bytes(); }
  [[nodiscard]] const std::uint8_t* row(std::uint32_t y) const { return pixels.data() + y * row_bytes(); }
  [[nodiscard]] std::uint8_t* row(std::uint32_t y) { return pixels.data() + y * row_bytes(); }
};

// A machine-readable code and the sentence for people; both end up in the report.
struct Reason {
  std::string code;
  std::string text;

  bool operator==(const Reason&) const = default;
};

// What the header of a file says, without decoding pixels.
struct Probe {
  const Format* format = nullptr;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  unsigned depth = 8;                  // bits a sample as stored: 1, 2, 4, 8, 12 or 16
  ColorModel model = ColorModel::rgb;  // as Image will have it: a palette counts as rgb or rgba
  std::string encoding;     // for people, for example "indexed, interlaced" or "progressive, 4:2:0"
  bool interlaced = false;  // a PNG whose rows come in passes over the whole image
  // Of a JPEG: its coefficients, fewer than pixels × channels where the chroma is subsampled. 0 elsewhere.
  std::uint64_t coefficients = 0;
  unsigned frames = 1;
  bool animated = false;       // also true of a single frame that has a place in time
  bool lossy = false;          // the file's own coding loses
  std::optional<int> quality;  // of a lossy file, 1-100, estimated from its quantisers
  int orientation = 1;         // EXIF's 1-8; 1 when absent. From the header, so a tag at the end is not seen
  // The picture is to be turned, so that the file's bytes show something else than its pixels are to become.
  bool turned = false;
  // Why the file can only be kept byte for byte (animated, arithmetic coding, …), when it can.
  std::optional<Reason> untouchable;

  [[nodiscard]] std::uint64_t pixel_count() const { return std::uint64_t{width} * height; }
  // What Image::pixels will take.
  [[nodiscard]] std::uint64_t decoded_bytes() const {
    return pixel_count() * channel_count(model) * (depth > 8 ? 2 : 1);
  }
};

enum class MetadataKind : std::uint8_t {
  icc,       // data: the profile
  color,     // data: a PNG gAMA, cHRM, sRGB or cICP chunk's payload; name says which
  exif,      // data: the TIFF block, without "Exif\0\0"
  xmp,       // data: the XMP packet
  iptc,      // data: a Photoshop resource block with IPTC in it
  text,      // comments and text chunks
  time,      // modification time
  density,   // data: 9 bytes, x and y in big-endian 32-bit pixels, then the unit: 0 ratio only, 1 metre
  attached,  // what stands behind the image in its file, such as a motion photo's film, and what describes it
  other,
};

struct MetadataItem {
  MetadataKind kind = MetadataKind::other;
  std::string name;  // as its format calls it: "tEXt", "APP13", "COM", "EXIF"
  Bytes data;        // in the form that its kind says, else the chunk's or segment's payload

  bool operator==(const MetadataItem&) const = default;
};

// In the order of the file. The orientation is the one inside the EXIF item: 1 when there is none.
struct Metadata {
  std::vector<MetadataItem> items;
  int orientation = 1;

  [[nodiscard]] const MetadataItem* find(MetadataKind kind) const {
    for (const MetadataItem& item : items)
      if (item.kind == kind) return &item;
    return nullptr;
  }
};

}  // namespace imgc
