#include "formats/jpeg/markers.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

namespace imgc::jpeg {
namespace {

constexpr bool has_length(std::uint8_t code) {
  return code != marker::tem && !(code >= marker::rst0 && code <= marker::eoi);
}

std::string numbered(const char* name, unsigned number) {
  std::string text = name;
  text += std::to_string(number);
  return text;
}

std::string segment_name(const Marker& found) {
  const std::uint8_t code = found.code;
  if (is_frame_header(code)) return numbered("SOF", code - marker::sof0);
  if (code >= marker::app0 && code <= marker::app15) {
    static constexpr std::array<std::pair<std::string_view, const char*>, 8> owners = {{
        {signature::jfif, " JFIF"},
        {signature::exif, " Exif"},
        {signature::xmp, " XMP"},
        {signature::extended_xmp, " extended XMP"},
        {signature::icc, " ICC"},
        {signature::mpf, " MPF"},
        {signature::photoshop, " Photoshop"},
        {signature::adobe, " Adobe"},
    }};
    std::string name = numbered("APP", code - marker::app0);
    const auto* owner = std::ranges::find_if(
        owners, [&](const auto& known) { return starts_with(found.payload, known.first); });
    return owner == owners.end() ? name : name + owner->second;
  }
  switch (code) {
    case marker::soi:
      return "SOI";
    case marker::eoi:
      return "EOI";
    case marker::sos:
      return "SOS";
    case marker::dqt:
      return "DQT";
    case marker::dht:
      return "DHT";
    case marker::dac:
      return "DAC";
    case marker::dri:
      return "DRI";
    case marker::dhp:
      return "DHP";
    case marker::com:
      return "COM";
    default:
      break;
  }
  constexpr std::string_view digits = "0123456789ABCDEF";
  return std::string("marker FF") + digits[code >> 4U] + digits[code & 15U];
}

}  // namespace

bool starts_with(ByteView bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

std::optional<Marker> MarkerWalk::next() {
  if (end_ != End::not_yet) return std::nullopt;
  std::size_t at = position_;
  // A marker may be led in by any number of FF; FF00 is data, which has no place here.
  while (at + 1 < bytes_.size() && (bytes_[at] != 0xFF || bytes_[at + 1] == 0xFF || bytes_[at + 1] == 0))
    ++at;
  if (at + 1 >= bytes_.size()) {
    end_ = End::out_of_bytes;
    return std::nullopt;
  }
  Marker found{bytes_[at + 1], at, 2, {}};
  if (has_length(found.code)) {
    if (bytes_.size() - at < 4) {
      end_ = End::out_of_bytes;
      return std::nullopt;
    }
    const std::size_t length = read16(bytes_, at + 2);
    if (length < 2) {
      end_ = End::malformed;
      return std::nullopt;
    }
    if (bytes_.size() - at - 2 < length) {
      end_ = End::out_of_bytes;
      return std::nullopt;
    }
    found.payload = bytes_.subspan(at + 4, length - 2);
    found.bytes = 2 + length;
    if (found.code == marker::sos) found.bytes = end_of_scan(at + found.bytes) - at;
  }
  position_ = at + found.bytes;
  if (found.code == marker::eoi) end_ = End::eoi;
  return found;
}

// Where the next marker other than a restart is, or the end of the bytes.
std::size_t MarkerWalk::end_of_scan(std::size_t from) const {
  while (from + 1 < bytes_.size()) {
    const void* hit = std::memchr(bytes_.data() + from, 0xFF, bytes_.size() - from - 1);
    if (hit == nullptr) break;
    from = static_cast<std::size_t>(static_cast<const std::uint8_t*>(hit) - bytes_.data());
    const std::uint8_t code = bytes_[from + 1];
    if (code == 0xFF) {
      ++from;
    } else if (code == 0 || (code >= marker::rst0 && code <= marker::rst7)) {
      from += 2;
    } else {
      return from;
    }
  }
  return bytes_.size();
}

bool has_trailing_data(ByteView after_eoi) {
  for (std::size_t i = 0; i < after_eoi.size(); ++i) {
    const std::uint8_t byte = after_eoi[i];
    const bool second_eoi = byte == marker::eoi && i > 0 && after_eoi[i - 1] == 0xFF;
    if (byte != 0 && byte != 0xFF && byte != '\n' && byte != '\r' && byte != ' ' && !second_eoi) return true;
  }
  return false;
}

std::vector<Segment> list_segments(ByteView bytes) {
  std::vector<Segment> segments;
  MarkerWalk walk(bytes);
  while (const auto found = walk.next())
    segments.push_back({segment_name(*found), found->offset, found->bytes});
  if (walk.position() < bytes.size()) {
    const char* what = walk.end() == MarkerWalk::End::eoi ? "after EOI" : "unreadable";
    segments.push_back({what, walk.position(), bytes.size() - walk.position()});
  }
  return segments;
}

}  // namespace imgc::jpeg
