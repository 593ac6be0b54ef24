#include "formats/webp/metadata.h"

#include <doctest/doctest.h>

#include "formats/webp/files.h"
#include "image/exif.h"
#include "support/images.h"

namespace imgc::test {
namespace {

Bytes be(std::initializer_list<std::uint32_t> values) {
  Bytes out;
  for (const std::uint32_t value : values)
    for (unsigned i = 4; i-- > 0;) out.push_back(static_cast<std::uint8_t>(value >> (8U * i)));
  return out;
}

Metadata png_colors(std::vector<std::pair<std::string, Bytes>> chunks) {
  Metadata metadata;
  for (auto& [name, data] : chunks) metadata.items.push_back({MetadataKind::color, name, std::move(data)});
  return metadata;
}

bool is_refused(const Metadata& metadata) {
  const auto extras = webp::extras(metadata, false);
  return !extras && extras.error().code == ErrorCode::refused;
}

Bytes icc_profile(std::string_view space) {
  Bytes icc(128, 0);
  std::copy(space.begin(), space.end(), icc.begin() + 16);
  return icc;
}

}  // namespace

TEST_CASE("webp metadata: every kind comes back as it went in") {
  Metadata metadata;
  metadata.items = {{MetadataKind::icc, "ICCP", Bytes(9, 1)},
                    {MetadataKind::exif, "EXIF", minimal_exif(3)},
                    {MetadataKind::xmp, "XMP", Bytes(11, 2)},
                    {MetadataKind::other, "tEST", Bytes(5, 3)}};
  metadata.orientation = 3;
  const auto extras = webp::extras(metadata, true);
  REQUIRE(extras.has_value());
  const Bytes file = with_extras(lossy_webp(gradient(20, 20, ColorModel::rgba), 60), *extras);
  const Metadata read = webp::read_metadata(*webp::walk(file));
  CHECK(read.items == metadata.items);
  CHECK(read.orientation == 3);
}

TEST_CASE("webp metadata: JPEG's marker before the EXIF block is taken off") {
  Bytes marked = {'E', 'x', 'i', 'f', 0, 0};
  const Bytes exif = minimal_exif(5);
  marked.insert(marked.end(), exif.begin(), exif.end());
  const Bytes file = with_extras(lossless_webp(gradient(9, 5, ColorModel::rgb)), {{}, marked, {}, {}});
  const Metadata read = webp::read_metadata(*webp::walk(file));
  REQUIRE(read.find(MetadataKind::exif) != nullptr);
  CHECK(read.find(MetadataKind::exif)->data == exif);
  CHECK(read.orientation == 5);
}

TEST_CASE("webp metadata: the first of a kind counts") {
  const Bytes image = payload(lossless_webp(gradient(8, 8, ColorModel::rgb)));
  const Bytes file = riff_of({{"VP8X", vp8x(webp::flags::xmp, 8, 8)},
                              {"VP8L", image},
                              {"XMP ", Bytes(3, 1)},
                              {"XMP ", Bytes(3, 2)},
                              {"VP8L", image}});
  const Metadata read = webp::read_metadata(*webp::walk(file));
  REQUIRE(read.items.size() == 1);
  CHECK(read.items[0].data == Bytes(3, 1));
}

TEST_CASE("webp metadata: another format's unknown chunks, texts and density are left out") {
  Metadata metadata;
  metadata.items = {{MetadataKind::other, "prVt", Bytes(5)},
                    {MetadataKind::text, "tEXt", Bytes(5)},
                    {MetadataKind::density, "pHYs", Bytes(9)}};
  const auto extras = webp::extras(metadata, false);
  REQUIRE(extras.has_value());
  CHECK(extras->others.empty());
}

TEST_CASE("webp metadata: PNG colours that are sRGB pass, others are refused") {
  const Bytes srgb_chrm = be({31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000});
  const Bytes wide_chrm = be({31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000});
  CHECK_FALSE(is_refused({}));
  CHECK_FALSE(is_refused(png_colors({{"gAMA", be({45455})}})));
  CHECK_FALSE(is_refused(png_colors({{"gAMA", be({45455})}, {"cHRM", srgb_chrm}})));
  CHECK_FALSE(is_refused(png_colors({{"cICP", {1, 13, 0, 1}}})));
  CHECK(is_refused(png_colors({{"gAMA", be({100000})}})));
  CHECK(is_refused(png_colors({{"gAMA", be({45455})}, {"cHRM", wide_chrm}})));
  CHECK(is_refused(png_colors({{"cICP", {9, 16, 0, 1}}})));
  CHECK(is_refused(png_colors({{"gAMA", {1, 2}}})));
}

TEST_CASE("webp metadata: an sRGB chunk overrules gAMA and cHRM, and an ICC profile all of them") {
  CHECK_FALSE(is_refused(png_colors({{"sRGB", {0}}, {"gAMA", be({100000})}})));
  Metadata with_icc = png_colors({{"gAMA", be({100000})}});
  with_icc.items.push_back({MetadataKind::icc, "iCCP", icc_profile("RGB ")});
  CHECK_FALSE(is_refused(with_icc));
}

TEST_CASE("webp metadata: a profile for gray can't describe WebP's pixels") {
  Metadata metadata;
  metadata.items = {{MetadataKind::icc, "iCCP", icc_profile("GRAY")}};
  CHECK(is_refused(metadata));
  // A WebP that came with it keeps it: nothing is made worse.
  CHECK(webp::extras(metadata, true).has_value());
}

}  // namespace imgc::test
