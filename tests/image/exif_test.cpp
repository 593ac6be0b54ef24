#include "image/exif.h"

#include <cstring>
#include <string>

#include <doctest/doctest.h>

#include "support/images.h"

namespace imgc {
namespace {

// A little-endian TIFF block with IFD0 {Make, Model, Orientation, Exif IFD, GPS IFD}.
Bytes camera_block(std::uint8_t orientation, bool gps) {
  Bytes tiff = {'I', 'I', 42, 0, 8, 0, 0, 0};
  const auto put16 = [&](unsigned v) {
    tiff.push_back(v & 0xFFU);
    tiff.push_back(v >> 8U & 0xFFU);
  };
  const auto put32 = [&](unsigned v) {
    put16(v & 0xFFFFU);
    put16(v >> 16U);
  };
  const auto entry = [&](unsigned tag, unsigned type, unsigned count, unsigned value) {
    put16(tag);
    put16(type);
    put32(count);
    put32(value);
  };
  const unsigned entries = gps ? 5 : 4;
  const unsigned data = 8 + 2 + 12 * entries + 4;
  put16(entries);
  entry(0x010F, 2, 6, data);       // Make: "Canon"
  entry(0x0110, 2, 10, data + 6);  // Model: "Canon EOS"
  entry(0x0112, 3, 1, orientation);
  entry(0x8769, 4, 1, data + 16);  // Exif IFD
  if (gps) entry(0x8825, 4, 1, data + 16 + 18 + 20);
  put32(0);
  for (const char c : std::string("Canon\0", 6) + std::string("Canon EOS\0", 10))
    tiff.push_back(static_cast<std::uint8_t>(c));
  put16(1);
  entry(0x9003, 2, 20, data + 16 + 18);
  put32(0);
  for (const char c : std::string("2024:05:01 12:00:00\0", 20)) tiff.push_back(static_cast<std::uint8_t>(c));
  if (gps) {
    put16(1);
    entry(1, 2, 2, 'N');
    put32(0);
  }
  return tiff;
}

}  // namespace

TEST_CASE("exif: reads orientation, camera, date and whether there is a place") {
  const Bytes block = camera_block(6, true);
  CHECK(exif_orientation(block) == 6);
  const ExifSummary summary = summarize_exif(block);
  CHECK(summary.camera == "Canon EOS");  // the model repeats the make
  CHECK(summary.date == "2024:05:01 12:00:00");
  CHECK(summary.has_gps);
  CHECK_FALSE(summarize_exif(camera_block(6, false)).has_gps);
}

TEST_CASE("exif: an orientation out of range counts as none") {
  CHECK(exif_orientation(camera_block(0, false)) == 1);
  CHECK(exif_orientation(camera_block(9, false)) == 1);
}

TEST_CASE("exif: the minimal block says its orientation and nothing else") {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Bytes block = minimal_exif(orientation);
    CHECK(exif_orientation(block) == orientation);
    CHECK(summarize_exif(block).camera.empty());
    CHECK(block.size() == 26);
  }
}

TEST_CASE("exif: an orientation is put in its place, or added, and nothing else changes") {
  for (const std::uint8_t before : {1, 6})
    for (int orientation = 1; orientation <= 8; ++orientation) {
      const Bytes block = camera_block(before, true);
      const Bytes out = with_orientation(block, orientation);
      CHECK(out.size() == block.size());
      CHECK(exif_orientation(out) == orientation);
      CHECK(summarize_exif(out).camera == "Canon EOS");
    }
  Bytes without = camera_block(6, true);
  without[8 + 2 + 2 * 12] = 0x13;  // the tag becomes another one
  CHECK(exif_orientation(without) == 1);
  CHECK(with_orientation(without, 1) == without);
  const Bytes added = with_orientation(without, 8);
  CHECK(exif_orientation(added) == 8);
  CHECK(summarize_exif(added).camera == "Canon EOS");
  CHECK(summarize_exif(added).date == "2024:05:01 12:00:00");
  CHECK(summarize_exif(added).has_gps);
  CHECK(exif_orientation(with_orientation(added, 3)) == 3);
  CHECK(with_orientation(added, 3).size() == added.size());
  CHECK(with_orientation(Bytes{'I', 'I', 1}, 5) == minimal_exif(5));
}

TEST_CASE("exif: of a turned picture the thumbnail goes, and width and height change places") {
  // IFD0 {ImageWidth 30, ImageLength 20}, then IFD1 {JPEGInterchangeFormat, …Length} and four bytes of it.
  const Bytes block = {'M',  'M',  0,    42,  0, 0, 0, 8,                             //
                       0,    2,                                                       //
                       1,    0,    0,    3,   0, 0, 0, 1, 0, 30, 0, 0,                //
                       1,    1,    0,    3,   0, 0, 0, 1, 0, 20, 0, 0,  0, 0, 0, 38,  //
                       0,    2,                                                       //
                       2,    1,    0,    4,   0, 0, 0, 1, 0, 0,  0, 68,               //
                       2,    2,    0,    4,   0, 0, 0, 1, 0, 0,  0, 4,  0, 0, 0, 0,   //
                       0xFF, 0xD8, 0xFF, 0xD9};
  REQUIRE(block.size() == 72);
  const Bytes out = exif_of_turned(block, true);
  CHECK(out.size() == 68);
  CHECK(out[10 + 9] == 20);
  CHECK(out[22 + 9] == 30);
  CHECK(Bytes(out.begin() + 34, out.begin() + 38) == Bytes{0, 0, 0, 0});
  CHECK(exif_of_turned(block, false)[10 + 9] == 30);
  CHECK(without_thumbnail(block) == exif_of_turned(block, false));
  CHECK(without_thumbnail(without_thumbnail(block)) == without_thumbnail(block));
}

TEST_CASE("exif: no cut and no flipped byte of a block is read out of bounds") {
  const Bytes block = camera_block(6, true);
  for (std::size_t size = 0; size <= block.size(); ++size) {
    const Bytes cut(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK(exif_orientation(cut) >= 1);
    (void)summarize_exif(cut);
    CHECK(exif_orientation(with_orientation(cut, 7)) == 7);
    (void)exif_of_turned(cut, true);
  }
  for (std::size_t at = 0; at < block.size(); ++at) {
    for (const int value : {0x00, 0x7F, 0x80, 0xFF}) {
      Bytes hostile = block;
      hostile[at] = static_cast<std::uint8_t>(value);
      const int orientation = exif_orientation(hostile);
      CHECK((orientation >= 1 && orientation <= 8));
      (void)summarize_exif(hostile);
      CHECK(exif_orientation(with_orientation(hostile, 7)) == 7);
      (void)exif_of_turned(hostile, true);
    }
  }
}

}  // namespace imgc
