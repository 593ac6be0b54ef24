#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "formats/jpeg/jpeg.h"
#include "formats/jpeg/markers.h"
#include "formats/jpeg/samples.h"
#include "support/images.h"

namespace imgc {
namespace {

using test::decoded;
using test::JpegColors;
using test::JpegSample;

struct Named {
  std::string name;
  JpegSample sample;
};

std::vector<Named> kinds() {
  std::vector<Named> all = {
      {"4:4:4", {.h = 1, .v = 1}},
      {"4:2:2", {.h = 2, .v = 1}},
      {"4:2:0", {.h = 2, .v = 2}},
      {"4:4:0", {.h = 1, .v = 2}},
      {"4:1:1", {.h = 4, .v = 1}},
      {"4:1:0", {.h = 4, .v = 2}},
      {"gray", {.colors = JpegColors::gray, .h = 1, .v = 1}},
      {"gray with sampling factors", {.colors = JpegColors::gray, .h = 2, .v = 2}},
      {"RGB", {.colors = JpegColors::rgb, .h = 1, .v = 1}},
      {"RGB by component names", {.colors = JpegColors::rgb, .h = 1, .v = 1, .adobe = false}},
      {"CMYK", {.colors = JpegColors::cmyk, .h = 1, .v = 1}},
      {"CMYK without Adobe's marker", {.colors = JpegColors::cmyk, .h = 1, .v = 1, .adobe = false}},
      {"YCCK", {.colors = JpegColors::ycck, .h = 2, .v = 2}},
      {"without JFIF", {.jfif = false}},
      {"restart intervals", {.restart_interval = 3}},
      {"a scan a component", {.interleaved = false}},
      {"more blocks an MCU than may be interleaved", {.h = 4, .v = 4, .interleaved = false}},
      {"one pixel", {.width = 1, .height = 1}},
      {"one column", {.width = 1, .height = 70}},
      {"one row", {.width = 300, .height = 1}},
      {"16-bit runs of empty blocks", {.width = 1600, .height = 1200, .quality = 3}},
      {"large levels", {.h = 1, .v = 1, .quality = 100}},
  };
  const std::size_t sequential = all.size();
  for (std::size_t i = 0; i < sequential; ++i) {
    if (!all[i].sample.interleaved) continue;
    all.push_back({all[i].name + ", progressive", all[i].sample});
    all.back().sample.progressive = true;
  }
  return all;
}

}  // namespace

TEST_CASE("exact recipes keep every coefficient and pixel of every kind of JPEG") {
  for (const Named& kind : kinds()) {
    CAPTURE(kind.name);
    const Bytes original = make_jpeg(kind.sample);
    const Image pixels = decoded(original);
    const std::vector<int> coefficients = test::coefficients_of(original);
    for (const char* recipe : {"jpeg-progressive", "jpeg-baseline"}) {
      CAPTURE(recipe);
      if (kind.sample.width >= 1600 && recipe == std::string("jpeg-baseline")) continue;
      for (const Effort effort : {Effort::fast, Effort::normal, Effort::max}) {
        const Bytes made = test::run_recipe(original, test::exact(effort), recipe, {});
        CHECK(test::coefficients_of(made) == coefficients);
        const Image again = decoded(made);
        CHECK(again.model == pixels.model);
        CHECK(again.pixels == pixels.pixels);
        const auto before = jpeg_format.probe(original, Limits{});
        const auto after = jpeg_format.probe(made, Limits{});
        REQUIRE(after);
        CHECK(after->width == before->width);
        CHECK(after->height == before->height);
        CHECK(after->quality == before->quality);
        CHECK_FALSE(after->untouchable);
      }
    }
  }
}

TEST_CASE("noise and flat images survive a transcode") {
  // Noise at quality 100 has a level at every position; a flat image has none but DC.
  for (const ColorModel model : {ColorModel::rgb, ColorModel::gray}) {
    for (const bool is_noise : {true, false}) {
      Image image = test::noise(200, 120, model);
      if (!is_noise) std::fill(image.pixels.begin(), image.pixels.end(), std::uint8_t{200});
      const auto attempt = test::from_pixels(image, test::lossy(100));
      REQUIRE(attempt);
      const Bytes original = std::get<Candidate>(*attempt).bytes;
      for (const char* recipe : {"jpeg-progressive", "jpeg-baseline"}) {
        const Bytes made = test::run_recipe(original, test::exact(Effort::max), recipe, {});
        CHECK(test::coefficients_of(made) == test::coefficients_of(original));
      }
    }
  }
}

TEST_CASE("an exact result is smaller than libjpeg's and the same on every run") {
  for (const bool progressive : {false, true}) {
    const Bytes original = test::make_jpeg({.width = 640, .height = 480, .progressive = progressive});
    const Bytes made = test::compress(original, {});
    CHECK(made.size() < original.size());
    CHECK(test::compress(original, {}) == made);
    CHECK(test::coefficients_of(made) == test::coefficients_of(original));
    // Nothing is left to gain in it.
    CHECK(test::compress(made, {}) == made);
  }
}

TEST_CASE("more effort never makes an exact result larger than a sample's noise") {
  const auto noise = test::from_pixels(test::noise(300, 260, ColorModel::rgb), test::lossy(92));
  REQUIRE(noise);
  for (const Bytes& original :
       {test::make_jpeg({.width = 640, .height = 480, .quality = 92}), std::get<Candidate>(*noise).bytes}) {
    std::size_t before = original.size() + 1;
    for (const Effort effort : {Effort::fast, Effort::normal, Effort::high, Effort::max}) {
      const std::size_t size = test::compress(original, test::exact(effort)).size();
      CHECK(size <= before + before / 1000);
      before = size;
    }
  }
}

TEST_CASE("a result of exactly the bound is returned, one byte more is declined") {
  const Bytes original = test::make_jpeg({.width = 200, .height = 150});
  const auto probe = jpeg_format.probe(original, Limits{});
  REQUIRE(probe);
  const Subject subject(original, *probe, {}, Limits{});
  for (const Fidelity fidelity : {Fidelity::exact, Fidelity::perceptual}) {
    const auto lineup =
        jpeg_format.lineup(*probe, fidelity == Fidelity::exact ? test::exact() : test::lossy(60));
    REQUIRE(lineup);
    REQUIRE_FALSE(lineup->recipes.empty());
    for (const Recipe& recipe : lineup->recipes) {
      CAPTURE(recipe.name);
      const auto free = recipe.run(subject, SIZE_MAX);
      REQUIRE(free);
      const Bytes bytes = std::get<Candidate>(*free).bytes;
      const auto exact = recipe.run(subject, bytes.size());
      REQUIRE(exact);
      CHECK(std::get<Candidate>(*exact).bytes == bytes);
      const auto below = recipe.run(subject, bytes.size() - 1);
      REQUIRE(below);
      CHECK(std::holds_alternative<Declined>(*below));
      CHECK(recipe.working_bytes > probe->decoded_bytes());
    }
  }
}

TEST_CASE(
    "CMYK keeps its Adobe marker exactly when it had one, since it says whether the inks are inverted") {
  for (const bool adobe : {true, false}) {
    const Bytes original = test::make_jpeg({.colors = JpegColors::cmyk, .h = 1, .v = 1, .adobe = adobe});
    bool found = false;
    for (const Segment& segment :
         jpeg_format.segments(test::run_recipe(original, {}, "jpeg-progressive", {})))
      found = found || segment.name == "APP14 Adobe";
    CHECK(found == adobe);
  }
}

TEST_CASE("a progressive file that lacks its last scans is left alone") {
  const Bytes whole = test::make_jpeg({.width = 200, .height = 150, .progressive = true});
  Bytes cut;
  jpeg::MarkerWalk walk(whole);
  int scans = 0;
  while (const auto found = walk.next()) {
    scans += found->code == jpeg::marker::sos ? 1 : 0;
    if (scans == 4) break;
    cut.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(walk.position()));
  }
  cut.insert(cut.end(), {0xFF, jpeg::marker::eoi});
  const auto probe = jpeg_format.probe(cut, Limits{});
  REQUIRE(probe);
  const Subject subject(cut, *probe, {}, Limits{});
  const auto lineup = jpeg_format.lineup(*probe, {});
  const auto attempt = lineup->recipes.at(0).run(subject, SIZE_MAX);
  REQUIRE(attempt);
  const auto* declined = std::get_if<Declined>(&*attempt);
  REQUIRE(declined != nullptr);
  REQUIRE(declined->reason);
  CHECK(declined->reason->code == "incomplete_progressive");
}

TEST_CASE("all eight orientations of the shared corpus keep pixels, coefficients and orientation") {
  const auto corpus = test::shared_corpus();
  if (!corpus) return;
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Bytes original =
        test::read_file(*corpus / "orientation" / ("Landscape_" + std::to_string(orientation) + ".jpg"));
    const auto probe = jpeg_format.probe(original, Limits{});
    REQUIRE(probe);
    CHECK(probe->orientation == orientation);
    const auto metadata = jpeg_format.metadata(original, Limits{});
    REQUIRE(metadata);
    CHECK(metadata->orientation == orientation);
    const Bytes made = test::run_recipe(original, test::exact(Effort::fast), "jpeg-progressive", *metadata);
    CHECK(made.size() < original.size());
    CHECK(decoded(made).pixels == decoded(original).pixels);
    CHECK(jpeg_format.probe(made, Limits{})->orientation == orientation);
    const auto kept = jpeg_format.metadata(made, Limits{});
    REQUIRE(kept);
    CHECK(kept->items == metadata->items);
  }
}

}  // namespace imgc
