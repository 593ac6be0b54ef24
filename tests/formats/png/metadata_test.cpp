#include "formats/png/metadata.h"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "formats/png/make.h"
#include "formats/png/png.h"
#include "formats/png/raster.h"
#include "image/exif.h"
#include "support/images.h"

namespace imgc {
namespace {

using test::png_of;
using test::text_bytes;

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Enough of an ICC profile to have a colour space.
Bytes profile(std::string_view space) {
  Bytes data(128, 0);
  std::copy(space.begin(), space.end(), data.begin() + 16);
  return data;
}

Bytes iccp(std::string_view space) {
  return Bytes{'p', 0, 0} + test::zlib(profile(space));
}

MetadataPolicy keep_all() {
  MetadataPolicy policy;
  policy.kinds = {MetadataKind::icc,  MetadataKind::color,   MetadataKind::exif,
                  MetadataKind::xmp,  MetadataKind::iptc,    MetadataKind::text,
                  MetadataKind::time, MetadataKind::density, MetadataKind::other};
  return policy;
}

Metadata metadata_of(ByteView file) {
  Result<Metadata> metadata = png_format.metadata(file, {});
  REQUIRE(metadata);
  return *std::move(metadata);
}

std::vector<test::Made> recompress(const Bytes& file, const MetadataPolicy& policy) {
  Options options;
  options.metadata = policy;
  std::vector<test::Made> made = test::run_all(file, options);
  REQUIRE(!made.empty());
  return made;
}

bool contains(const Bytes& file, std::string_view chunk) {
  const std::vector<std::string> names = test::chunk_names(file);
  return std::ranges::find(names, chunk) != names.end();
}

const Bytes xmp_head =
    Bytes{'X', 'M', 'L', ':', 'c', 'o', 'm', '.', 'a', 'd', 'o', 'b', 'e', '.', 'x', 'm', 'p', 0};

}  // namespace

TEST_CASE("every kind of metadata goes in and comes out the same") {
  const Bytes file = png_of(test::gradient(20, 20, ColorModel::rgb),
                            {{"gAMA", {0, 0, 0xB1, 0x8F}},
                             {"cHRM", Bytes(32, 1)},
                             {"iCCP", iccp("RGB ")},
                             {"pHYs", {0, 0, 0x0B, 0x13, 0, 0, 0x0B, 0x13, 1}},
                             {"eXIf", minimal_exif(8)},
                             {"tIME", {7, 230, 1, 2, 3, 4, 5}},
                             {"tEXt", text_bytes("Author") + Bytes{0, 'm', 'e'}},
                             {"iTXt", xmp_head + Bytes{0, 0, 0, 0} + text_bytes("<x/>")},
                             {"prIv", {1, 2, 3}},
                             {"prSf", {4}}});
  const Metadata metadata = metadata_of(file);
  CHECK(metadata.items.size() == 10);
  CHECK(metadata.orientation == 8);
  CHECK(metadata.find(MetadataKind::icc)->data == profile("RGB "));
  CHECK(metadata.find(MetadataKind::xmp)->data == text_bytes("<x/>"));
  CHECK(metadata.find(MetadataKind::color)->name == "gAMA");
  CHECK(metadata.find(MetadataKind::density)->data.size() == 9);
  CHECK(metadata.find(MetadataKind::time));
  CHECK(metadata.find(MetadataKind::text));
  for (const test::Made& made : recompress(file, keep_all())) {
    CAPTURE(made.recipe);
    const Metadata again = metadata_of(made.candidate.bytes);
    CHECK(again.orientation == 8);
    for (const MetadataItem& item : metadata.items)
      CHECK(std::ranges::find(again.items, item) != again.items.end());
  }
}

TEST_CASE("a compressed XMP packet is unpacked") {
  const Bytes file =
      png_of(test::gradient(5, 5, ColorModel::rgb),
             {{"iTXt", xmp_head + Bytes{1, 0, 'e', 'n', 0, 0} + test::zlib(text_bytes("<xmp/>"))}});
  CHECK(metadata_of(file).find(MetadataKind::xmp)->data == text_bytes("<xmp/>"));
}

TEST_CASE("colour chunks stand before the palette and the rest before the pixels") {
  const Bytes file =
      png_of(test::blocks(64, 64, 5), {{"pHYs", {0, 0, 1, 0, 0, 0, 1, 0, 1}}, {"gAMA", {0, 0, 0xB1, 0x8F}}});
  const Bytes made = test::smallest(recompress(file, keep_all())).candidate.bytes;
  CHECK(test::chunk_names(made) == std::vector<std::string>{"IHDR", "gAMA", "PLTE", "pHYs", "IDAT", "IEND"});
}

TEST_CASE("a damaged ancillary chunk and the second of a single kind are left out") {
  Bytes file = png_of(test::gradient(5, 5, ColorModel::rgb),
                      {{"gAMA", {0, 0, 0xB1, 0x8F}}, {"gAMA", {0, 0, 0, 1}}, {"tEXt", {'a', 0, 'b'}}});
  CHECK(metadata_of(file).items.size() == 2);
  const std::string_view needle = "tEXt";
  const auto at = std::search(file.begin(), file.end(), needle.begin(), needle.end());
  *(at + 6) ^= 1U;
  const Metadata metadata = metadata_of(file);
  REQUIRE(metadata.items.size() == 1);
  CHECK(metadata.items[0].data == Bytes{0, 0, 0xB1, 0x8F});
}

TEST_CASE("with an RGB profile gray pixels stay colour, with a GRAY profile they stay gray") {
  const Image gray = test::gradient(30, 30, ColorModel::gray);
  Image rgb{30, 30, ColorModel::rgb, 8, {}};
  for (const std::uint8_t sample : gray.pixels) rgb.pixels.insert(rgb.pixels.end(), 3, sample);

  const std::vector<test::Made> colored = recompress(png_of(rgb, {{"iCCP", iccp("RGB ")}}), {});
  for (const test::Made& made : colored) {
    CHECK((test::color_of(made.candidate.bytes) == 2 || test::color_of(made.candidate.bytes) == 3));
    CHECK(metadata_of(made.candidate.bytes).find(MetadataKind::icc));
  }
  for (const test::Made& made : recompress(png_of(gray, {{"iCCP", iccp("GRAY")}}), {}))
    CHECK(test::color_of(made.candidate.bytes) == 0);
  MetadataPolicy drop_profile;
  drop_profile.kinds = {};
  bool any_gray = false;
  for (const test::Made& made : recompress(png_of(rgb, {{"iCCP", iccp("RGB ")}}), drop_profile))
    any_gray = any_gray || test::color_of(made.candidate.bytes) == 0;
  CHECK(any_gray);
}

TEST_CASE("chunks that speak of the old samples go when the layout changes and stay when it does not") {
  const std::vector<test::PngChunk> chunks = {
      {"sBIT", {8, 8, 8}}, {"bKGD", {0, 1, 0, 2, 0, 3}}, {"unSF", {1}}, {"saFe", {1}}};
  for (const test::Made& made : recompress(png_of(test::noise(40, 40, ColorModel::rgb), chunks), keep_all()))
    for (const char* chunk : {"sBIT", "bKGD", "unSF", "saFe"}) CHECK(contains(made.candidate.bytes, chunk));
  for (const test::Made& made : recompress(png_of(test::blocks(40, 40, 4), chunks), keep_all())) {
    const bool same = test::color_of(made.candidate.bytes) == 2;
    for (const char* chunk : {"sBIT", "bKGD", "unSF"}) CHECK(contains(made.candidate.bytes, chunk) == same);
    CHECK(contains(made.candidate.bytes, "saFe"));
  }
}

TEST_CASE("metadata of another format becomes chunks, its private parts do not") {
  const Metadata foreign{{{MetadataKind::icc, "ICCP", profile("RGB ")},
                          {MetadataKind::exif, "EXIF", minimal_exif(3)},
                          {MetadataKind::xmp, "XMP ", text_bytes("<x/>")},
                          {MetadataKind::density, "JFIF", {0, 0, 0, 1, 0, 0, 0, 1, 0}},
                          {MetadataKind::text, "COM", text_bytes("hello")},
                          {MetadataKind::other, "abcd", {1}},
                          {MetadataKind::iptc, "APP13", {1}}},
                         3};
  png::Raster raster{1, 1, png::ColorType::rgb, 8, {}, {}, {1, 2, 3}};
  const auto chunks_for = [&](const png::Raster& target) {
    const png::Envelope envelope = png::write_metadata(foreign, {}, target, std::nullopt);
    Bytes file = png_of({{"IHDR", test::ihdr(1, 1, 8, 2)}});
    file.insert(file.end(), envelope.before_palette.begin(), envelope.before_palette.end());
    file.insert(file.end(), envelope.after_palette.begin(), envelope.after_palette.end());
    return test::chunk_names(file);
  };
  CHECK(chunks_for(raster) == std::vector<std::string>{"IHDR", "iCCP", "eXIf", "iTXt", "pHYs", "iTXt"});
  raster.color = png::ColorType::gray;
  CHECK(chunks_for(raster)[1] == "eXIf");
}

}  // namespace imgc
