#include "image/exif.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace imgc {
namespace {

constexpr unsigned tag_make = 0x010F;
constexpr unsigned tag_model = 0x0110;
constexpr unsigned tag_orientation = 0x0112;
constexpr unsigned tag_date_time = 0x0132;
constexpr unsigned tag_exif_ifd = 0x8769;
constexpr unsigned tag_gps_ifd = 0x8825;
constexpr unsigned tag_date_time_original = 0x9003;

constexpr unsigned type_ascii = 2;
constexpr unsigned type_short = 3;
constexpr unsigned type_long = 4;

// A TIFF block, read with every offset checked (TIFF 6.0, section 2).
class Tiff {
 public:
  struct Entry {
    unsigned type = 0;
    std::uint32_t count = 0;
    std::size_t value = 0;  // where the four bytes of value or offset are
  };

  explicit Tiff(ByteView bytes) : bytes_(bytes) {
    if (bytes.size() < 8) return;
    const bool little = bytes[0] == 'I' && bytes[1] == 'I';
    const bool big = bytes[0] == 'M' && bytes[1] == 'M';
    if (!little && !big) return;
    big_endian_ = big;
    valid_ = read16(2) == 42;
  }

  [[nodiscard]] std::optional<std::size_t> first_directory() const {
    if (!valid_) return std::nullopt;
    return read32(4);
  }

  [[nodiscard]] std::optional<Entry> find(std::optional<std::size_t> directory, unsigned tag) const {
    if (!directory || !fits(*directory, 2)) return std::nullopt;
    const unsigned count = read16(*directory);
    for (unsigned i = 0; i < count; ++i) {
      const std::size_t at = *directory + 2 + std::size_t{12} * i;
      if (!fits(at, 12)) return std::nullopt;
      if (read16(at) == tag) return Entry{read16(at + 2), read32(at + 4), at + 8};
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<std::size_t> sub_directory(unsigned tag) const {
    const auto entry = find(first_directory(), tag);
    if (!entry || entry->type != type_long) return std::nullopt;
    return read32(entry->value);
  }

  [[nodiscard]] std::optional<unsigned> short_value(std::optional<std::size_t> directory,
                                                    unsigned tag) const {
    const auto entry = find(directory, tag);
    if (!entry || entry->type != type_short || entry->count < 1) return std::nullopt;
    return read16(entry->value);
  }

  [[nodiscard]] std::string text_value(std::optional<std::size_t> directory, unsigned tag) const {
    const auto entry = find(directory, tag);
    if (!entry || entry->type != type_ascii) return {};
    const std::size_t at = entry->count <= 4 ? entry->value : read32(entry->value);
    if (!fits(at, entry->count)) return {};
    std::string text(bytes_.begin() + static_cast<std::ptrdiff_t>(at),
                     bytes_.begin() + static_cast<std::ptrdiff_t>(at + entry->count));
    text.resize(std::min(text.find('\0'), text.size()));
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
  }

 private:
  [[nodiscard]] bool fits(std::size_t at, std::size_t count) const {
    return at <= bytes_.size() && count <= bytes_.size() - at;
  }
  [[nodiscard]] unsigned read16(std::size_t at) const {
    const unsigned a = bytes_[at];
    const unsigned b = bytes_[at + 1];
    return big_endian_ ? a << 8U | b : b << 8U | a;
  }
  [[nodiscard]] std::uint32_t read32(std::size_t at) const {
    const std::uint32_t a = read16(at);
    const std::uint32_t b = read16(at + 2);
    return big_endian_ ? a << 16U | b : b << 16U | a;
  }

  ByteView bytes_;
  bool big_endian_ = false;
  bool valid_ = false;
};

}  // namespace

int exif_orientation(ByteView tiff) {
  const Tiff block(tiff);
  const auto value = block.short_value(block.first_directory(), tag_orientation);
  return value && *value >= 1 && *value <= 8 ? static_cast<int>(*value) : 1;
}

Bytes minimal_exif(int orientation) {
  return {'M', 'M',
          0,   42,
          0,   0,
          0,   8,  // big-endian, IFD0 at 8
          0,   1,  // one entry
          1,   0x12,
          0,   3,
          0,   0,
          0,   1,  // Orientation, SHORT, one value
          0,   static_cast<std::uint8_t>(orientation),
          0,   0,
          0,   0,
          0,   0};  // no further directory
}

ExifSummary summarize_exif(ByteView tiff) {
  const Tiff block(tiff);
  const auto directory = block.first_directory();
  ExifSummary summary;
  const std::string make = block.text_value(directory, tag_make);
  const std::string model = block.text_value(directory, tag_model);
  // Many makers repeat their name in the model.
  summary.camera = make.empty() || model.starts_with(make) ? model
                   : model.empty()                         ? make
                                                           : make + ' ' + model;
  summary.date = block.text_value(block.sub_directory(tag_exif_ifd), tag_date_time_original);
  if (summary.date.empty()) summary.date = block.text_value(directory, tag_date_time);
  const auto gps = block.sub_directory(tag_gps_ifd);
  // A GPS directory with nothing but its version says nothing of a place.
  for (unsigned tag = 1; gps && tag <= 0x1F && !summary.has_gps; ++tag)
    summary.has_gps = block.find(gps, tag).has_value();
  return summary;
}

}  // namespace imgc
