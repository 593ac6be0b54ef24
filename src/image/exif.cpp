#include "image/exif.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "image/tiff.h"

namespace imgc {
namespace {

constexpr unsigned tag_image_width = 0x0100;
constexpr unsigned tag_image_length = 0x0101;
constexpr unsigned tag_make = 0x010F;
constexpr unsigned tag_model = 0x0110;
constexpr unsigned tag_orientation = 0x0112;
constexpr unsigned tag_x_resolution = 0x011A;
constexpr unsigned tag_y_resolution = 0x011B;
constexpr unsigned tag_date_time = 0x0132;
constexpr unsigned tag_thumbnail = 0x0201;
constexpr unsigned tag_thumbnail_bytes = 0x0202;
constexpr unsigned tag_exif_ifd = 0x8769;
constexpr unsigned tag_gps_ifd = 0x8825;
constexpr unsigned tag_date_time_original = 0x9003;
constexpr unsigned tag_pixel_x = 0xA002;
constexpr unsigned tag_pixel_y = 0xA003;

constexpr std::size_t entry_bytes = 12;
// From the place of an entry's value back to its tag and its type.
constexpr std::size_t tag_before = 8;
constexpr std::size_t type_before = 6;
constexpr std::size_t count_before = 4;

void write_short_entry(Bytes& block, std::size_t value_at, unsigned value, bool big_endian) {
  write16(block, value_at - type_before, Tiff::type_short, big_endian);
  write32(block, value_at - count_before, 1, big_endian);
  write16(block, value_at, value, big_endian);
  write16(block, value_at + 2, 0, big_endian);
}

// A copy of the first directory with one entry more, at the end of the block.
Bytes with_entry(ByteView tiff, unsigned tag, unsigned value) {
  const Tiff block(tiff);
  const std::size_t directory = *block.first_directory();
  const std::size_t link = *block.link_behind(directory);
  const bool big_endian = block.big_endian();
  const unsigned count = block.read16(directory);
  Bytes out(tiff.begin(), tiff.end());
  if (out.size() % 2 == 1) out.push_back(0);  // directories begin at even offsets
  const std::size_t moved = out.size();
  out.resize(moved + 2 + entry_bytes * (count + std::size_t{1}) + 4);
  write32(out, 4, static_cast<std::uint32_t>(moved), big_endian);
  write16(out, moved, count + 1, big_endian);
  std::size_t to = moved + 2;
  bool is_in = false;
  const auto put = [&] {
    write16(out, to, tag, big_endian);
    write_short_entry(out, to + tag_before, value, big_endian);
    to += entry_bytes;
    is_in = true;
  };
  for (std::size_t at = directory + 2; at < link; at += entry_bytes) {  // in the order of their tags
    if (!is_in && block.read16(at) > tag) put();
    std::copy_n(tiff.begin() + static_cast<std::ptrdiff_t>(at), entry_bytes,
                out.begin() + static_cast<std::ptrdiff_t>(to));
    to += entry_bytes;
  }
  if (!is_in) put();
  write32(out, to, block.read32(link), big_endian);
  return out;
}

void exchange(Bytes& block, std::optional<std::size_t> directory, unsigned one_tag, unsigned other_tag) {
  const Tiff tiff(block);
  const auto one = tiff.find(directory, one_tag);
  const auto other = tiff.find(directory, other_tag);
  if (!one || !other) return;
  const auto place = [&block](const Tiff::Entry& entry) {
    return block.begin() + static_cast<std::ptrdiff_t>(entry.value - type_before);
  };
  std::swap_ranges(place(*one), place(*one) + (entry_bytes - 2), place(*other));
}

// The second directory and what it says of; the thumbnail's bytes too where nothing stands behind them.
void drop_thumbnail(Bytes& block) {
  const Tiff tiff(block);
  const auto link = tiff.link_behind(tiff.first_directory());
  if (!link) return;
  const std::size_t second = tiff.read32(*link);
  const auto start = tiff.find(second, tag_thumbnail);
  const auto length = tiff.find(second, tag_thumbnail_bytes);
  std::size_t end = block.size();
  if (start && length && tiff.read32(start->value) > second &&
      std::size_t{tiff.read32(start->value)} + tiff.read32(length->value) == block.size())
    end = tiff.read32(start->value);
  write32(block, *link, 0, tiff.big_endian());
  block.resize(std::max(end, *link + 4));
}

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

Bytes with_orientation(ByteView tiff, int orientation) {
  const auto value = static_cast<unsigned>(orientation);
  const Tiff block(tiff);
  const auto directory = block.first_directory();
  if (!block.link_behind(directory)) return minimal_exif(orientation);
  const auto entry = block.find(directory, tag_orientation);
  if (!entry)
    return orientation == 1 ? Bytes(tiff.begin(), tiff.end()) : with_entry(tiff, tag_orientation, value);
  Bytes out(tiff.begin(), tiff.end());
  write_short_entry(out, entry->value, value, block.big_endian());
  return out;
}

Bytes without_thumbnail(ByteView tiff) {
  Bytes out(tiff.begin(), tiff.end());
  drop_thumbnail(out);
  return out;
}

Bytes exif_of_turned(ByteView tiff, bool transposed) {
  Bytes out(tiff.begin(), tiff.end());
  if (transposed) {
    const auto first = Tiff(out).first_directory();
    exchange(out, first, tag_image_width, tag_image_length);
    exchange(out, first, tag_x_resolution, tag_y_resolution);
    exchange(out, Tiff(out).sub_directory(tag_exif_ifd), tag_pixel_x, tag_pixel_y);
  }
  drop_thumbnail(out);
  return out;
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
