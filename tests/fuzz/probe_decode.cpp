// Everything in one format that reads, on any bytes. IMGC_FUZZ_FORMAT is the format's name.
#include "formats/format.h"
#include "fuzz/limits.h"

namespace {

void read_all(const imgc::Format& format, imgc::ByteView bytes) {
  using imgc::fuzz::require;
  const imgc::Limits limits = imgc::fuzz::limits();
  format.sniff(bytes);
  const auto probe = format.probe(bytes, limits);
  const auto image = format.decode(bytes, limits);
  static_cast<void>(format.metadata(bytes, limits));
  std::uint64_t end = 0;
  for (const imgc::Segment& segment : format.segments(bytes)) {
    require(segment.offset >= end, "segments overlap");
    end = segment.offset + segment.bytes;
    require(end <= bytes.size(), "a segment ends behind the file");
  }
  if (probe) require(probe->pixel_count() <= limits.max_pixels, "probe is over the limit");
  if (!image) return;
  require(image->pixels.size() == image->row_bytes() * image->height, "pixels have the wrong size");
  require(probe.has_value(), "decodes what it does not probe");
  require(image->width == probe->width && image->height == probe->height, "probe and pixels differ in size");
  require(image->pixels.size() == probe->decoded_bytes(), "the probe's decoded size is wrong");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const imgc::Format* const format = imgc::format_named(IMGC_FUZZ_FORMAT);
  imgc::fuzz::require(format != nullptr, "no such format");
  read_all(*format, {data, size});
  return 0;
}
