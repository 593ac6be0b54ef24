#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "formats/jpeg/jpeg.h"
#include "formats/jpeg/markers.h"
#include "formats/jpeg/samples.h"

namespace imgc {
namespace {

using test::JpegColors;
using test::probed;

std::string untouchable_code(const Bytes& jpeg) {
  const auto reason = probed(jpeg).untouchable;
  return reason ? reason->code : "";
}

Bytes with_frame_marker(std::uint8_t code) {
  Bytes jpeg = test::make_jpeg({});
  jpeg[test::payload_of(jpeg, jpeg::marker::sof0) - 3] = code;
  return jpeg;
}

ErrorCode probe_error(const Bytes& jpeg) {
  const auto probe = jpeg_format.probe(jpeg, Limits{});
  REQUIRE_FALSE(probe);
  return probe.error().code;
}

}  // namespace

TEST_CASE("a probe says what the header says") {
  const Probe probe =
      probed(test::make_jpeg({.width = 123, .height = 45, .quality = 71, .progressive = true}));
  CHECK(probe.format == &jpeg_format);
  CHECK(probe.width == 123);
  CHECK(probe.height == 45);
  CHECK(probe.depth == 8);
  CHECK(probe.model == ColorModel::rgb);
  CHECK(probe.encoding == "progressive, 4:2:0");
  CHECK(probe.lossy);
  CHECK(probe.quality == 71);
  CHECK(probe.orientation == 1);
  CHECK(probe.frames == 1);
  CHECK_FALSE(probe.untouchable);
}

TEST_CASE("the encoding names process, sampling and colour space") {
  CHECK(probed(test::make_jpeg({.h = 1, .v = 1})).encoding == "baseline, 4:4:4");
  CHECK(probed(test::make_jpeg({.h = 2, .v = 1})).encoding == "baseline, 4:2:2");
  CHECK(probed(test::make_jpeg({.h = 1, .v = 2})).encoding == "baseline, 4:4:0");
  CHECK(probed(test::make_jpeg({.h = 4, .v = 1})).encoding == "baseline, 4:1:1");
  CHECK(probed(test::make_jpeg({.colors = JpegColors::gray, .h = 1, .v = 1})).encoding == "baseline, grey");
  CHECK(probed(test::make_jpeg({.colors = JpegColors::rgb, .h = 1, .v = 1})).encoding ==
        "baseline, 4:4:4, RGB");
  CHECK(probed(test::make_jpeg({.colors = JpegColors::cmyk, .h = 1, .v = 1})).encoding ==
        "baseline, 4:4:4, CMYK");
  const Probe ycck = probed(test::make_jpeg({.colors = JpegColors::ycck}));
  CHECK(ycck.encoding == "baseline, 4:2:0, YCCK");
  CHECK(ycck.model == ColorModel::cmyk);
}

TEST_CASE("a prefix is enough from the first scan on, and truncated before") {
  const Bytes whole = test::make_jpeg({.quality = 60, .segments = test::segment(0xE1, "some maker's block")});
  const std::size_t scan = test::payload_of(whole, jpeg::marker::sos) + 10;
  for (std::size_t size = 3; size < whole.size(); ++size) {
    const auto probe = jpeg_format.probe(ByteView(whole).first(size), Limits{});
    CHECK(probe.has_value() == (size >= scan));
    if (!probe) {
      CHECK(probe.error().code == ErrorCode::truncated);
    } else {
      CHECK(probe->quality == 60);
      CHECK_FALSE(probe->untouchable);
    }
  }
}

TEST_CASE("quantisation tables may come after the frame header") {
  Bytes jpeg = test::make_jpeg({.colors = JpegColors::gray, .h = 1, .v = 1, .quality = 33});
  const auto table =
      jpeg.begin() + static_cast<std::ptrdiff_t>(test::payload_of(jpeg, jpeg::marker::dqt) - 4);
  const auto frame =
      jpeg.begin() + static_cast<std::ptrdiff_t>(test::payload_of(jpeg, jpeg::marker::sof0) - 4);
  std::rotate(table, frame, frame + 2 + 11);
  CHECK(probed(jpeg).quality == 33);
}

TEST_CASE("codings that can't be taken apart are untouchable, each with its reason") {
  CHECK(untouchable_code(test::make_jpeg({.arithmetic = true})) == "arithmetic_jpeg");
  CHECK(untouchable_code(test::make_jpeg({.progressive = true, .arithmetic = true})) == "arithmetic_jpeg");
  CHECK(untouchable_code(with_frame_marker(0xC3)) == "lossless_jpeg");
  CHECK(untouchable_code(with_frame_marker(0xCB)) == "lossless_jpeg");
  CHECK(untouchable_code(with_frame_marker(0xC5)) == "hierarchical_jpeg");
  CHECK(untouchable_code(with_frame_marker(0xC7)) == "hierarchical_jpeg");
  CHECK(untouchable_code(with_frame_marker(0xCD)) == "hierarchical_jpeg");
  Bytes twelve = with_frame_marker(0xC1);
  twelve[test::payload_of(twelve, 0xC1)] = 12;
  CHECK(untouchable_code(twelve) == "twelve_bit_jpeg");
  for (const Bytes& jpeg : {test::make_jpeg({.arithmetic = true}), with_frame_marker(0xC3), twelve}) {
    const auto image = jpeg_format.decode(jpeg, Limits{});
    REQUIRE_FALSE(image);
    CHECK(image.error().code == ErrorCode::unsupported);
  }
}

TEST_CASE("what would be lost besides the picture makes a file untouchable") {
  using std::string_view_literals::operator""sv;
  CHECK(untouchable_code(test::with_segment(
            test::make_jpeg({}), test::segment(0xEE, "Adobe\0\x64\0\0\0\0\0"sv))) == "ambiguous_color");
}

TEST_CASE("the orientation is read from the first Exif segment") {
  using std::string_view_literals::operator""sv;
  const auto exif = [](char orientation) {
    return test::segment(0xE1, std::string("Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"sv) +
                                   orientation + std::string("\0\0\0\0\0\0"sv));
  };
  for (char orientation = 1; orientation <= 8; ++orientation)
    CHECK(probed(test::make_jpeg({.segments = exif(orientation)})).orientation == orientation);
  Bytes two = exif(6);
  const Bytes second = exif(3);
  two.insert(two.end(), second.begin(), second.end());
  CHECK(probed(test::make_jpeg({.segments = two})).orientation == 6);
}

TEST_CASE("headers that make no sense are malformed") {
  const Bytes good = test::make_jpeg({});
  const std::size_t frame = test::payload_of(good, jpeg::marker::sof0);
  Bytes bad = good;
  bad[frame + 3] = bad[frame + 4] = 0;
  CHECK(probe_error(bad) == ErrorCode::malformed);
  bad = good;
  bad[frame + 1] = bad[frame + 2] = 0;  // the height comes with a DNL marker
  CHECK(probe_error(bad) == ErrorCode::unsupported);
  bad = good;
  bad[frame + 5] = 9;
  CHECK(probe_error(bad) == ErrorCode::malformed);
  bad = good;
  bad[frame + 7] = 0x52;
  CHECK(probe_error(bad) == ErrorCode::malformed);
  bad = good;
  bad[test::payload_of(good, jpeg::marker::dqt)] = 7;
  CHECK(probe_error(bad) == ErrorCode::malformed);
  bad = good;
  bad[frame - 2] = bad[frame - 1] = 0;
  CHECK(probe_error(bad) == ErrorCode::malformed);
  CHECK(probe_error({0xFF, 0xD8, 0xFF, 0xD9}) == ErrorCode::malformed);
  CHECK(probe_error({0xFF, 0xD8, 0xFF}) == ErrorCode::truncated);
}

TEST_CASE("JPEG is known by its first three bytes") {
  CHECK(jpeg_format.sniff(test::make_jpeg({})));
  CHECK_FALSE(jpeg_format.sniff(Bytes{0xFF, 0xD8}));
  CHECK_FALSE(jpeg_format.sniff(Bytes{0xFF, 0xD8, 0x00, 0x00}));
  CHECK_FALSE(jpeg_format.sniff({}));
}

TEST_CASE("segments cover the file from the first byte to the last") {
  Bytes jpeg =
      test::make_jpeg({.progressive = true, .restart_interval = 2, .segments = test::segment(0xFE, "hello")});
  jpeg.insert(jpeg.end(), {'m', 'o', 'r', 'e'});
  std::uint64_t at = 0;
  std::string names;
  for (const Segment& segment : jpeg_format.segments(jpeg)) {
    CHECK(segment.offset == at);
    at += segment.bytes;
    names += segment.name + ' ';
  }
  CHECK(at == jpeg.size());
  CHECK(names.starts_with("SOI APP0 JFIF COM DQT DQT SOF2 "));
  CHECK(names.ends_with("SOS EOI after EOI "));
  // Cut anywhere, and of anything, the list still ends.
  for (std::size_t size = 0; size < jpeg.size(); size += 7)
    CHECK(jpeg_format.segments(ByteView(jpeg).first(size)).size() < 100);
}

}  // namespace imgc
