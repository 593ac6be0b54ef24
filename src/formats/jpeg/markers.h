// The marker segments of a JPEG file (ITU-T T.81, annex B), read from hostile bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "imgc/bytes.h"

#include "formats/format.h"

namespace imgc::jpeg {

namespace marker {
inline constexpr std::uint8_t tem = 0x01;
inline constexpr std::uint8_t sof0 = 0xC0;
inline constexpr std::uint8_t sof1 = 0xC1;
inline constexpr std::uint8_t sof2 = 0xC2;
inline constexpr std::uint8_t dht = 0xC4;
inline constexpr std::uint8_t jpg = 0xC8;
inline constexpr std::uint8_t dac = 0xCC;
inline constexpr std::uint8_t sof15 = 0xCF;
inline constexpr std::uint8_t rst0 = 0xD0;
inline constexpr std::uint8_t rst7 = 0xD7;
inline constexpr std::uint8_t soi = 0xD8;
inline constexpr std::uint8_t eoi = 0xD9;
inline constexpr std::uint8_t sos = 0xDA;
inline constexpr std::uint8_t dqt = 0xDB;
inline constexpr std::uint8_t dri = 0xDD;
inline constexpr std::uint8_t dhp = 0xDE;
inline constexpr std::uint8_t app0 = 0xE0;
inline constexpr std::uint8_t app1 = 0xE1;
inline constexpr std::uint8_t app2 = 0xE2;
inline constexpr std::uint8_t app13 = 0xED;
inline constexpr std::uint8_t app14 = 0xEE;
inline constexpr std::uint8_t app15 = 0xEF;
inline constexpr std::uint8_t com = 0xFE;
}  // namespace marker

// SOF0-SOF15: the codes from C0 to CF that are not DHT, JPG or DAC.
constexpr bool is_frame_header(std::uint8_t code) {
  return code >= marker::sof0 && code <= marker::sof15 && code != marker::dht && code != marker::jpg &&
         code != marker::dac;
}

// What the payload of an APPn segment starts with to say whose it is. With the zeros that belong to it.
namespace signature {
using namespace std::string_view_literals;
inline constexpr std::string_view jfif = "JFIF\0"sv;
inline constexpr std::string_view exif = "Exif\0\0"sv;
inline constexpr std::string_view xmp = "http://ns.adobe.com/xap/1.0/\0"sv;
inline constexpr std::string_view extended_xmp = "http://ns.adobe.com/xmp/extension/\0"sv;
inline constexpr std::string_view icc = "ICC_PROFILE\0"sv;
inline constexpr std::string_view mpf = "MPF\0"sv;
inline constexpr std::string_view photoshop = "Photoshop 3.0\0"sv;
inline constexpr std::string_view adobe = "Adobe"sv;
}  // namespace signature

bool starts_with(ByteView bytes, std::string_view magic);

inline unsigned read16(ByteView bytes, std::size_t at) {
  return unsigned{bytes[at]} << 8U | bytes[at + 1];
}

// The largest payload of a segment: its two-byte length counts itself.
inline constexpr std::size_t max_payload = 65533;

struct Marker {
  std::uint8_t code = 0;
  std::size_t offset = 0;  // of the 0xFF
  std::size_t bytes = 0;   // all of it; a scan's with its entropy-coded data
  ByteView payload;        // after the length; empty for a marker without one
};

// Goes from SOI to EOI. Bytes between segments, which are not allowed, are passed over as libjpeg does.
class MarkerWalk {
 public:
  enum class End : std::uint8_t { not_yet, eoi, out_of_bytes, malformed };

  explicit MarkerWalk(ByteView bytes) : bytes_(bytes) {}

  // The next marker, SOI first and EOI last; nothing when end() says why.
  std::optional<Marker> next();
  [[nodiscard]] End end() const { return end_; }
  // After the last marker that next() gave.
  [[nodiscard]] std::size_t position() const { return position_; }

 private:
  [[nodiscard]] std::size_t end_of_scan(std::size_t from) const;

  ByteView bytes_;
  std::size_t position_ = 0;
  End end_ = End::not_yet;
};

// Whether something more than padding follows EOI: a film, a gain map, a maker's own block.
bool has_trailing_data(ByteView after_eoi);

// For `imgc inspect`.
std::vector<Segment> list_segments(ByteView bytes);

}  // namespace imgc::jpeg
