#include "image/exif.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "image/tiff.h"

namespace imgc {
namespace {

constexpr unsigned tag_make = 0x010F;
constexpr unsigned tag_model = 0x0110;
constexpr unsigned tag_orientation = 0x0112;
constexpr unsigned tag_date_time = 0x0132;
constexpr unsigned tag_exif_ifd = 0x8769;
constexpr unsigned tag_gps_ifd = 0x8825;
constexpr unsigned tag_date_time_original = 0x9003;

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
