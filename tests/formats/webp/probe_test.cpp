#include "formats/webp/probe.h"

#include <doctest/doctest.h>

#include "formats/webp/files.h"
#include "formats/webp/webp.h"
#include "image/exif.h"
#include "support/images.h"

namespace imgc::test {
namespace {

Probe probe(const Bytes& file) {
  const auto probe = webp::probe(file, Limits{});
  REQUIRE(probe.has_value());
  return *probe;
}

std::string untouchable(const Bytes& file) {
  return probe(file).untouchable.value_or(Reason{}).code;
}

}  // namespace

TEST_CASE("webp probe: says what a lossless file is") {
  const Probe rgb = probe(lossless_webp(gradient(31, 17, ColorModel::rgb)));
  CHECK(rgb.format == &webp_format);
  CHECK(rgb.width == 31);
  CHECK(rgb.height == 17);
  CHECK(rgb.model == ColorModel::rgb);
  CHECK(rgb.encoding == "lossless");
  CHECK_FALSE(rgb.lossy);
  CHECK_FALSE(rgb.quality.has_value());
  CHECK_FALSE(rgb.untouchable.has_value());
  CHECK(probe(lossless_webp(gradient(31, 17, ColorModel::rgba))).model == ColorModel::rgba);
}

TEST_CASE("webp probe: says what a lossy file is, and its quality") {
  const Probe rgb = probe(lossy_webp(gradient(31, 17, ColorModel::rgb), 70));
  CHECK(rgb.width == 31);
  CHECK(rgb.height == 17);
  CHECK(rgb.model == ColorModel::rgb);
  CHECK(rgb.encoding == "lossy");
  CHECK(rgb.lossy);
  REQUIRE(rgb.quality.has_value());
  CHECK(std::abs(*rgb.quality - 70) <= 1);
  const Probe rgba = probe(lossy_webp(gradient(31, 17, ColorModel::rgba), 70));
  CHECK(rgba.model == ColorModel::rgba);
  CHECK(rgba.encoding == "lossy, alpha");
  CHECK_FALSE(rgba.untouchable.has_value());
}

TEST_CASE("webp probe: a prefix gives the same or asks for more") {
  const Bytes exif = minimal_exif(6);
  const Bytes icc(200, 1);
  for (const Bytes& plain : {lossless_webp(gradient(31, 17, ColorModel::rgba)),
                             lossy_webp(gradient(31, 17, ColorModel::rgba), 70)}) {
    const Bytes file = with_extras(plain, {icc, exif, {}, {}});
    const Probe whole = probe(file);
    for (std::size_t length = 0; length < file.size(); ++length) {
      INFO(length, " bytes");
      const auto part = webp::probe(ByteView(file).first(length), Limits{});
      if (!part) {
        CHECK(part.error().code == ErrorCode::truncated);
      } else {
        CHECK(part->width == whole.width);
        CHECK(part->model == whole.model);
        CHECK(part->quality == whole.quality);
        CHECK(part->encoding == whole.encoding);
      }
    }
  }
}

TEST_CASE("webp probe: too many pixels are a limit that names the option") {
  Limits limits;
  limits.max_pixels = 31 * 17 - 1;
  const Bytes file = lossless_webp(gradient(31, 17, ColorModel::rgb));
  const auto over = webp::probe(file, limits);
  REQUIRE_FALSE(over.has_value());
  CHECK(over.error().code == ErrorCode::limit);
  CHECK(over.error().message.find("31x17") != std::string::npos);
  CHECK(over.error().message.find("--max-pixels") != std::string::npos);
  limits.max_pixels = 31 * 17;
  CHECK(webp::probe(file, limits).has_value());
}

TEST_CASE("webp probe: sees the orientation behind the image") {
  const Bytes exif = minimal_exif(8);
  const Bytes file = with_extras(lossless_webp(gradient(31, 17, ColorModel::rgb)), {{}, exif, {}, {}});
  CHECK(probe(file).orientation == 8);
}

TEST_CASE("webp probe: an animation is untouchable, by its flag or by its frames") {
  const Bytes frame(24, 0);
  const Bytes flagged = riff_of(
      {{"VP8X", vp8x(webp::flags::animation, 8, 8)}, {"ANIM", Bytes(6)}, {"ANMF", frame}, {"ANMF", frame}});
  CHECK(untouchable(flagged) == "animated");
  CHECK(probe(flagged).frames == 2);
  const Bytes unflagged = riff_of({{"VP8X", vp8x(0, 8, 8)}, {"ANMF", frame}});
  CHECK(untouchable(unflagged) == "animated");
  CHECK_FALSE(probe(flagged).lossy);
  Bytes lossy_frame(16, 0);
  lossy_frame.insert(lossy_frame.end(), {'V', 'P', '8', ' ', 0, 0, 0, 0});
  CHECK(probe(riff_of({{"VP8X", vp8x(0, 8, 8)}, {"ANMF", lossy_frame}})).lossy);
}

TEST_CASE("webp probe: data behind the image is untouchable, padding is not") {
  Bytes file = lossy_webp(gradient(31, 17, ColorModel::rgb), 70);
  file.insert(file.end(), 10, 0);
  CHECK(untouchable(file).empty());
  file.push_back(7);
  CHECK(untouchable(file) == "trailing_data");
}

TEST_CASE("webp probe: a header that does not announce what shows is untouchable") {
  const Bytes image = payload(lossless_webp(gradient(8, 8, ColorModel::rgba)));
  const auto file = [&](std::uint8_t flags, std::string_view name, Bytes data) {
    return riff_of({{"VP8X", vp8x(flags, 8, 8)}, {"VP8L", image}, {name, std::move(data)}});
  };
  const std::uint8_t alpha = webp::flags::alpha;
  CHECK(untouchable(file(0, "XMP ", Bytes(5))) == "ambiguous_header");
  CHECK(untouchable(file(alpha, "XMP ", Bytes(5))).empty());
  CHECK(untouchable(file(alpha, "ICCP", Bytes(5))) == "ambiguous_header");
  CHECK(untouchable(file(alpha | webp::flags::icc, "ICCP", Bytes(5))).empty());
  CHECK(untouchable(file(alpha, "EXIF", minimal_exif(6))) == "ambiguous_header");
  CHECK(untouchable(file(alpha, "EXIF", minimal_exif(1))).empty());
  CHECK(untouchable(file(alpha | webp::flags::exif, "EXIF", minimal_exif(6))).empty());
}

TEST_CASE("webp probe: a whole file without an image is malformed") {
  const auto nothing = webp::probe(riff_of({{"VP8X", vp8x(0, 8, 8)}}), Limits{});
  REQUIRE_FALSE(nothing.has_value());
  CHECK(nothing.error().code == ErrorCode::malformed);
}

}  // namespace imgc::test
