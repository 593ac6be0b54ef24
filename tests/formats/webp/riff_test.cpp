#include "formats/webp/riff.h"

#include <doctest/doctest.h>

#include "formats/webp/files.h"
#include "support/images.h"

namespace imgc::test {
namespace {

const webp::Extras& some_extras() {
  static const Bytes icc(101, 1);
  static const Bytes exif(20, 2);
  static const Bytes xmp(33, 3);
  static const Bytes other(7, 4);
  static const webp::Extras extras{icc, exif, xmp, {{webp::four_cc("tEST"), other}}};
  return extras;
}

}  // namespace

TEST_CASE("webp riff: a chunk's name survives as text") {
  for (const std::string_view letters : {"VP8 ", "XMP ", "ICCP"})
    CHECK(webp::named_four_cc(webp::name(webp::four_cc(letters))) == webp::four_cc(letters));
  CHECK(webp::name(webp::chunks::XMP) == "XMP");
  CHECK_FALSE(webp::named_four_cc("longer").has_value());
}

TEST_CASE("webp riff: a file without extras has the simple form, and one with has VP8X and the flags") {
  const Bytes simple = lossless_webp(gradient(9, 5, ColorModel::rgb));
  const auto plain = webp::walk(with_extras(simple, {}));
  REQUIRE(plain.has_value());
  CHECK_FALSE(plain->extended);
  CHECK(plain->whole);

  const auto extended = webp::walk(with_extras(simple, some_extras()));
  REQUIRE(extended.has_value());
  CHECK(extended->extended);
  CHECK(extended->announced == (webp::flags::icc | webp::flags::exif | webp::flags::xmp));
  CHECK(extended->width == 9);
  CHECK(extended->height == 5);
  CHECK(extended->others.size() == 4);
  CHECK(extended->whole);
  CHECK_FALSE(extended->trailing_data);
}

TEST_CASE("webp riff: a container of exactly the bound is made, and none above it") {
  const Bytes file = lossy_webp(gradient(20, 20, ColorModel::rgba), 50);
  const auto container = webp::walk(file);
  REQUIRE(container.has_value());
  const auto made = webp::assemble(*container->bitstream, some_extras(), unbounded);
  REQUIRE(made.has_value());
  CHECK(webp::assemble(*container->bitstream, some_extras(), made->size()) == made);
  CHECK_FALSE(webp::assemble(*container->bitstream, some_extras(), made->size() - 1).has_value());
}

TEST_CASE("webp riff: a missing last byte of padding is forgiven, a missing byte of data is not whole") {
  Bytes file = with_extras(lossless_webp(gradient(9, 5, ColorModel::rgb)), some_extras());
  file.pop_back();  // tEST has 7 bytes
  CHECK(webp::walk(file)->whole);
  file.pop_back();
  CHECK_FALSE(webp::walk(file)->whole);
}

TEST_CASE("webp riff: zeros behind the file are padding, anything else is data") {
  Bytes file = lossless_webp(gradient(9, 5, ColorModel::rgb));
  file.insert(file.end(), 300, 0);
  CHECK_FALSE(webp::walk(file)->trailing_data);
  file.back() = 1;
  CHECK(webp::walk(file)->trailing_data);
}

TEST_CASE("webp riff: a chunk longer than the file says it is, is malformed") {
  Bytes file = lossless_webp(gradient(9, 5, ColorModel::rgb));
  file[16 + 3] = 0x7F;
  CHECK(webp::walk(file).error().code == ErrorCode::malformed);
}

TEST_CASE("webp riff: a file that does not begin with an image or VP8X is malformed") {
  CHECK(webp::walk(riff_of({{"ICCP", Bytes(4)}})).error().code == ErrorCode::malformed);
  CHECK(webp::walk(riff_of({{"ALPH", Bytes(4)}})).error().code == ErrorCode::malformed);
}

TEST_CASE("webp riff: a canvas that is not its image's size is malformed") {
  const Bytes image = payload(lossless_webp(gradient(9, 5, ColorModel::rgb)));
  CHECK(webp::walk(riff_of({{"VP8X", vp8x(0, 9, 5)}, {"VP8L", image}})).has_value());
  CHECK(webp::walk(riff_of({{"VP8X", vp8x(0, 9, 6)}, {"VP8L", image}})).error().code == ErrorCode::malformed);
}

TEST_CASE("webp riff: a swarm of tiny chunks is refused before it takes memory") {
  std::vector<std::pair<std::string_view, Bytes>> chunks = {
      {"VP8L", payload(lossless_webp(gradient(9, 5, ColorModel::rgb)))}};
  for (int i = 0; i < 2000; ++i) chunks.emplace_back("tiny", Bytes());
  CHECK(webp::walk(riff_of(chunks)).error().code == ErrorCode::limit);
}

TEST_CASE("webp riff: the segments cover the file without gap") {
  Bytes file = with_extras(lossy_webp(gradient(20, 20, ColorModel::rgba), 50), some_extras());
  file.insert(file.end(), {1, 2, 3});
  std::uint64_t at = 0;
  const auto segments = webp::segments(file);
  for (const Segment& segment : segments) {
    CHECK(segment.offset == at);
    at += segment.bytes;
  }
  CHECK(at == file.size());
  CHECK(segments.front().name == "RIFF");
  CHECK(segments[1].name == "VP8X");
  CHECK(segments.back().name == "trailing data");
}

}  // namespace imgc::test
