#include "cli/inspection.h"

#include <cstddef>
#include <string>

#include <doctest/doctest.h>

#include "support/images.h"

using namespace imgc;

namespace {

Inspection inspection_of(const std::string& name) {
  const Bytes bytes = test::read_file(test::testdata(name));
  Result<Inspection> inspection = inspect_image(name, bytes, Limits{});
  REQUIRE(inspection);
  return *std::move(inspection);
}

bool has(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("inspect: a JPEG's orientation, GPS and quality") {
  const Inspection jpeg = inspection_of("images/jpeg/orientation-6-with-gps.jpg");
  const Json json = inspection_json("a.jpg", jpeg);
  CHECK(json.at("format") == "jpeg");
  CHECK(json.at("orientation") == 6);
  CHECK(json.at("lossy") == true);
  CHECK(json.at("exif").at("gps") == true);
  CHECK(json.at("quality").is_number());
  const std::string text = inspection_text("a.jpg", jpeg);
  CHECK(text.starts_with("a.jpg\n  format       jpeg\n"));
  CHECK(has(text, "\n  orientation  6, turned 90 degrees clockwise\n"));
  CHECK(has(text, "\n  GPS          yes\n"));
}

TEST_CASE("inspect: an ICC profile is named, a broken one is not trusted") {
  const Inspection png = inspection_of("images/png/with-icc.png");
  REQUIRE(png.profile.has_value());
  CHECK(png.profile->bytes > 0);
  CHECK_FALSE(png.profile->name.empty());
  CHECK_FALSE(inspection_of("images/png/gradient.png").profile.has_value());
}

TEST_CASE("inspect: the segments of every test image lie inside it, in order") {
  for (const char* name : {"images/png/photo-like.png", "images/jpeg/progressive.jpg",
                           "images/webp/with-metadata.webp", "images/webp/animated.webp"}) {
    CAPTURE(name);
    const Inspection inspection = inspection_of(name);
    CHECK_FALSE(inspection.segments.empty());
    std::uint64_t end = 0;
    for (const Segment& segment : inspection.segments) {
      CHECK(segment.offset >= end);
      end = segment.offset + segment.bytes;
    }
    CHECK(end <= inspection.bytes);
  }
}

TEST_CASE("inspect: frames and alpha, and why an image is left alone") {
  const Inspection apng = inspection_of("images/png/apng-two-frames.png");
  CHECK(apng.probe.frames == 2);
  const Inspection webp = inspection_of("images/webp/animated.webp");
  CHECK(inspection_json("a.webp", webp).at("kept_because").at("text").is_string());
  CHECK(inspection_json("a.png", inspection_of("images/png/gray-alpha.png")).at("alpha") == true);
}

TEST_CASE("inspect: a wrong extension is said, an unknown one is not") {
  const Inspection jpeg = inspection_of("images/misc/jpeg-named.png");
  CHECK(has(inspection_text("x.png", jpeg), "format       jpeg, though named as png\n"));
  CHECK(inspection_json("x.png", jpeg).at("named_as") == "png");
  const Bytes bytes = test::read_file(test::testdata("images/misc/jpeg-named.png"));
  const auto unknown = inspect_image("dir.png/file", bytes, Limits{});
  REQUIRE(unknown);
  CHECK(inspection_json("dir.png/file", *unknown).at("named_as").is_null());
  const auto upper = inspect_image("A.JPG", bytes, Limits{});
  REQUIRE(upper);
  CHECK(has(inspection_text("A.JPG", *upper), "format       jpeg\n"));
}

TEST_CASE("inspect: what is no image, or broken, is an error and not a table") {
  for (const char* name : {"images/misc/picture.gif", "images/misc/notes.txt", "broken/empty.png",
                           "broken/huge-dimensions.png", "broken/truncated.webp"}) {
    CAPTURE(name);
    const auto inspection = inspect_image(name, test::read_file(test::testdata(name)), Limits{});
    REQUIRE_FALSE(inspection);
    CHECK_FALSE(inspection.error().message.empty());
  }
}

TEST_CASE("inspect: a hostile name stays on its line, and in JSON keeps its bytes") {
  const Inspection png = inspection_of("images/png/gradient.png");
  const std::string text = inspection_text("a\n\x1b[2J.png", png);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\n') == text.find("\n  format"));
  const Json json = Json::parse(compact(inspection_json("\xFF.png", png)));
  CHECK(json.at("file") == "\uFFFD.png");
  CHECK(json.at("file_base64") == "/y5wbmc=");
}

TEST_CASE("inspect: segments of one name that follow each other share a line") {
  Inspection inspection = inspection_of("images/png/gradient.png");
  inspection.segments = {{"IHDR", 8, 25}, {"IDAT", 33, 100}, {"IDAT", 133, 50}, {"IEND", 183, 12}};
  const std::string text = inspection_text("a.png", inspection);
  CHECK(has(text,
            "  segments     IHDR             25\n"
            "               IDAT x 2        150\n"
            "               IEND             12\n"));
}
