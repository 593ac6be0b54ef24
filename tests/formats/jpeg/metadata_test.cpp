#include "formats/jpeg/metadata.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "formats/jpeg/jpeg.h"
#include "formats/jpeg/markers.h"
#include "formats/jpeg/samples.h"
#include "image/exif.h"
#include "support/images.h"

namespace imgc {

using namespace std::string_view_literals;

namespace {

Bytes numbered_bytes(std::size_t count) {
  Bytes bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
  return bytes;
}

Bytes density(std::uint32_t x, std::uint32_t y, std::uint8_t unit) {
  Bytes bytes;
  for (const std::uint32_t value : {x, y})
    for (const unsigned shift : {24U, 16U, 8U, 0U})
      bytes.push_back(static_cast<std::uint8_t>(value >> shift));
  bytes.push_back(unit);
  return bytes;
}

Metadata metadata_of(const Bytes& jpeg) {
  const auto metadata = jpeg_format.metadata(jpeg, Limits{});
  REQUIRE_MESSAGE(metadata, metadata.error().message);
  return *metadata;
}

Metadata written_and_read(const Metadata& metadata) {
  return metadata_of(test::run_recipe(test::make_jpeg({}), {}, "jpeg-progressive", metadata));
}

Bytes with_jfif_density(std::uint8_t unit, unsigned x, unsigned y) {
  Bytes jpeg = test::make_jpeg({});
  const std::size_t jfif = test::payload_of(jpeg, jpeg::marker::app0);
  jpeg[jfif + 7] = unit;
  jpeg[jfif + 8] = static_cast<std::uint8_t>(x >> 8U);
  jpeg[jfif + 9] = static_cast<std::uint8_t>(x);
  jpeg[jfif + 10] = static_cast<std::uint8_t>(y >> 8U);
  jpeg[jfif + 11] = static_cast<std::uint8_t>(y);
  return jpeg;
}

}  // namespace

TEST_CASE("a plain file has no metadata, and none is made up for it") {
  CHECK(metadata_of(test::make_jpeg({})).items.empty());
  CHECK(metadata_of(test::make_jpeg({.colors = test::JpegColors::cmyk, .h = 1, .v = 1})).items.empty());
  CHECK(written_and_read({}).items.empty());
}

TEST_CASE("every kind of item comes back as it went in, and in its order") {
  Metadata metadata;
  metadata.items = {
      {MetadataKind::density, "JFIF", density(11811, 5906, 1)},
      {MetadataKind::exif, "EXIF", minimal_exif(6)},
      {MetadataKind::xmp, "XMP", numbered_bytes(1000)},
      {MetadataKind::icc, "ICC", numbered_bytes(3000)},
      {MetadataKind::iptc, "APP13", numbered_bytes(500)},
      {MetadataKind::text, "COM", numbered_bytes(20)},
      {MetadataKind::text, "COM", {}},
      {MetadataKind::other, "APP1", numbered_bytes(40)},
      {MetadataKind::other, "APP15", numbered_bytes(65533)},
  };
  metadata.orientation = 6;
  const Metadata read = written_and_read(metadata);
  CHECK(read.items == metadata.items);
  CHECK(read.orientation == 6);
}

TEST_CASE("a profile is split into segments and joined again, up to the largest that fits") {
  for (const std::size_t size : {std::size_t{1}, std::size_t{65519}, std::size_t{65520},
                                 std::size_t{65519} * 3, std::size_t{65519} * 255}) {
    Metadata metadata;
    metadata.items = {{MetadataKind::icc, "ICC", numbered_bytes(size)}};
    CHECK(written_and_read(metadata).items == metadata.items);
  }
}

TEST_CASE("a profile's segments are joined by number, not by place") {
  Bytes segments;
  for (const char number : {2, 3, 1}) {
    const Bytes part = test::segment(0xE2, std::string("ICC_PROFILE\0"sv) + number + '\x03' +
                                               std::string(4, static_cast<char>('0' + number)));
    segments.insert(segments.end(), part.begin(), part.end());
  }
  const Metadata metadata = metadata_of(test::make_jpeg({.segments = segments}));
  REQUIRE(metadata.items.size() == 1);
  CHECK(metadata.items[0].kind == MetadataKind::icc);
  const std::string_view joined = "111122223333";
  CHECK(metadata.items[0].data == Bytes(joined.begin(), joined.end()));
}

TEST_CASE("a profile that lacks a segment, or has one twice, is no profile") {
  const auto part = [](char number, char count) {
    return test::segment(0xE2, std::string("ICC_PROFILE\0"sv) + number + count + "data");
  };
  for (const auto& [first, second] : {std::pair(part(1, 3), part(3, 3)), std::pair(part(1, 2), part(1, 2)),
                                      std::pair(part(0, 2), part(1, 2)), std::pair(part(1, 1), part(2, 2))}) {
    Bytes both = first;
    both.insert(both.end(), second.begin(), second.end());
    const Metadata metadata = metadata_of(test::make_jpeg({.segments = both}));
    CHECK(metadata.find(MetadataKind::icc) == nullptr);
    CHECK(metadata.items.size() == 2);
    CHECK(metadata.items[0].kind == MetadataKind::other);
    CHECK(metadata.items[0].name == "APP2");
  }
}

TEST_CASE("density is turned into metres and back without change") {
  for (const std::uint8_t unit : {std::uint8_t{1}, std::uint8_t{2}}) {
    for (const unsigned x : {1U, 28U, 71U, 72U, 96U, 118U, 144U, 300U, 350U, 1440U, 65535U}) {
      const Bytes original = with_jfif_density(unit, x, 300);
      const Metadata metadata = metadata_of(original);
      REQUIRE(metadata.items.size() == 1);
      const Bytes made = test::run_recipe(original, {}, "jpeg-progressive", metadata);
      CHECK(metadata_of(made).items == metadata.items);
      const std::size_t jfif = test::payload_of(made, jpeg::marker::app0);
      // 50 a centimetre are 127 an inch, so the unit may change, but what it says may not.
      if (made[jfif + 7] == unit) CHECK(jpeg::read16(made, jfif + 8) == x);
    }
  }
  CHECK(metadata_of(with_jfif_density(1, 300, 300)).items[0].data == density(11811, 11811, 1));
  CHECK(metadata_of(with_jfif_density(2, 118, 59)).items[0].data == density(11800, 5900, 1));
  CHECK(metadata_of(with_jfif_density(0, 4, 3)).items[0].data == density(4, 3, 0));
  CHECK(metadata_of(with_jfif_density(0, 1, 1)).items.empty());
  CHECK(metadata_of(with_jfif_density(1, 0, 300)).items.empty());
}

TEST_CASE("what does not fit into a segment is refused, not cut") {
  const std::vector<MetadataItem> too_large = {
      {MetadataKind::exif, "EXIF", Bytes(65528)},
      {MetadataKind::xmp, "XMP", Bytes(65505)},
      {MetadataKind::text, "COM", Bytes(65534)},
      {MetadataKind::icc, "ICC", Bytes(std::size_t{65519} * 255 + 1)},
      {MetadataKind::density, "pHYs", density(4'000'000'000U, 4'000'000'000U, 1)},
  };
  for (const MetadataItem& item : too_large) {
    Metadata metadata;
    metadata.items = {item};
    const auto segments = jpeg::metadata_segments(metadata, jpeg::ColorSpace::ycc, false);
    REQUIRE_FALSE(segments);
    CHECK(segments.error().code == ErrorCode::refused);
    metadata.items[0].data.resize(std::max<std::size_t>(metadata.items[0].data.size() - 1, 9));
    if (item.kind != MetadataKind::density)
      CHECK(jpeg::metadata_segments(metadata, jpeg::ColorSpace::ycc, false));
  }
}

TEST_CASE("items that only other formats know are left out") {
  Metadata metadata;
  metadata.items = {{MetadataKind::text, "tEXt", {'a', 0, 'b'}},
                    {MetadataKind::time, "tIME", Bytes(7)},
                    {MetadataKind::other, "eXOt", {1, 2}}};
  CHECK(written_and_read(metadata).items.empty());
}

TEST_CASE("RGB never gets a JFIF header, which would turn it into YCbCr") {
  Metadata metadata;
  metadata.items = {{MetadataKind::density, "JFIF", density(2835, 2835, 1)}};
  const auto rgb = jpeg::metadata_segments(metadata, jpeg::ColorSpace::rgb, true);
  REQUIRE(rgb);
  CHECK((*rgb)[1] == jpeg::marker::app14);
  const auto cmyk = jpeg::metadata_segments(metadata, jpeg::ColorSpace::cmyk, true);
  REQUIRE(cmyk);
  CHECK((*cmyk)[1] == jpeg::marker::app0);
}

TEST_CASE("colour chunks are no loss when they say sRGB or a profile goes before them") {
  const auto color = [](std::string_view name, std::string_view data) {
    return MetadataItem{MetadataKind::color, std::string(name), Bytes(data.begin(), data.end())};
  };
  const MetadataItem srgb = color("sRGB", "\0"sv);
  const MetadataItem gamma = color("gAMA", "\0\0\xB1\x8F"sv);
  const MetadataItem linear = color("gAMA", "\0\x01\x86\xA0"sv);
  const MetadataItem primaries =
      color("cHRM",
            "\0\0\x7A\x26\0\0\x80\x84\0\0\xFA\0\0\0\x80\xE8\0\0\x75\x30\0\0\xEA\x60"
            "\0\0\x3A\x98\0\0\x17\x70"sv);
  const MetadataItem wide = color("cHRM",
                                  "\0\0\x7A\x26\0\0\x80\x84\0\0\xFA\0\0\0\x80\xE8\0\0\x51\xA4\0\0\xEA\x60"
                                  "\0\0\x3A\x98\0\0\x17\x70"sv);
  const MetadataItem pq = color("cICP", "\x09\x10\0\x01"sv);
  const MetadataItem cicp_srgb = color("cICP", "\x01\x0D\0\x01"sv);
  const MetadataItem icc{MetadataKind::icc, "iCCP", {1, 2, 3}};
  const auto check = [](std::vector<MetadataItem> items) {
    const auto result = jpeg::check_color_items({std::move(items), 1});
    if (!result) CHECK(result.error().code == ErrorCode::refused);
    return result.has_value();
  };
  CHECK(check({}));
  CHECK(check({srgb}));
  CHECK(check({gamma, primaries}));
  CHECK(check({gamma}));
  CHECK(check({srgb, linear}));
  CHECK(check({icc, linear, wide}));
  CHECK(check({cicp_srgb, linear}));
  CHECK_FALSE(check({linear}));
  CHECK_FALSE(check({gamma, wide}));
  CHECK_FALSE(check({pq}));
  CHECK_FALSE(check({pq, icc}));
  CHECK_FALSE(check({color("gAMA", "\0"sv)}));
}

}  // namespace imgc
