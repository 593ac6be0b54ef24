#include "cli/settings.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "journal/options_json.h"

namespace imgc {
namespace {

Options with(std::string_view name, std::string_view value) {
  Options options;
  const auto set = apply_setting(options, name, value);
  CAPTURE(value);
  REQUIRE_MESSAGE(set, (set ? "" : set.error().message));
  return options;
}

bool refused(std::string_view name, std::string_view value) {
  Options options;
  return !apply_setting(options, name, value);
}

}  // namespace

TEST_CASE("settings: a quality is N or MIN-MAX, for all formats or by format") {
  CHECK(with("quality", "70").quality.all == QualityRange{0, 70});
  CHECK(with("quality", "60-80").quality.all == QualityRange{60, 80});
  const Quality quality = with("quality", "50,jpeg=75,png=60-80").quality;
  CHECK(quality.of("jpeg") == QualityRange{0, 75});
  CHECK(quality.of("png") == QualityRange{60, 80});
  CHECK(quality.of("webp") == QualityRange{0, 50});
  CHECK(with("quality", "jpg=80").quality.of("jpeg").max == 80);
  for (const char* bad : {"", "x", "101", "-1", "80-60", "60-", "-60", "gif=5", "60-80-90", "7 0"}) {
    CAPTURE(bad);
    CHECK(refused("quality", bad));
  }
}

TEST_CASE("settings: a target is a score or its name, and like a size asks for loss") {
  CHECK(with("target", "80").target == 80);
  CHECK(with("target", "72.5").target == 72.5);
  CHECK(with("target", "visually-lossless").target == 90);
  CHECK(with("target", "low").target == 50);
  CHECK(with("target", "0").fidelity == Fidelity::perceptual);
  CHECK(with("max-size", "500KB").max_size == 500'000);
  CHECK(with("max-size", "1").fidelity == Fidelity::perceptual);
  for (const char* bad : {"", "x", "101", "-1", "nan", "inf", "80%"}) {
    CAPTURE(bad);
    CHECK(refused("target", bad));
  }
  CHECK(refused("max-size", "0"));
  CHECK(refused("max-size", "big"));
  Options options = with("target", "80");
  CHECK(check_options(options));
  options.max_size = 1;
  CHECK_FALSE(check_options(options));
  options = with("target", "80");
  options.fidelity = Fidelity::exact;
  CHECK_FALSE(check_options(options));
  options = with("max-size", "1KB");
  options.quality_given = true;
  CHECK_FALSE(check_options(options));
}

TEST_CASE("settings: strip drops what it lists, keep adds to what is left") {
  CHECK(with("strip", "safe").metadata.kinds == MetadataPolicy{}.kinds);
  CHECK(with("strip", "all").metadata.kinds.empty());
  CHECK(with("strip", "all").metadata.orientation);
  CHECK(with("strip", "none").metadata.kinds.size() == 10);
  const MetadataPolicy listed = with("strip", "exif,orientation,tEXt").metadata;
  CHECK(listed.kinds.size() == 9);
  CHECK_FALSE(listed.kinds.contains(MetadataKind::exif));
  CHECK_FALSE(listed.orientation);
  CHECK(listed.drop_names.contains("tEXt"));
  Options options = with("strip", "all");
  REQUIRE(apply_setting(options, "keep", "icc,APP13"));
  CHECK(options.metadata.kinds == std::set{MetadataKind::icc});
  CHECK(options.metadata.keep_names.contains("APP13"));
  CHECK(refused("strip", "everything"));
  CHECK(refused("keep", "APP16"));
}

TEST_CASE("settings: how a JPEG is coded") {
  CHECK(with("subsampling", "422").chroma == ChromaSampling::yuv422);
  CHECK(with("subsampling", "auto").chroma == ChromaSampling::automatic);
  CHECK(with("progressive", "never").jpeg_coding == JpegCoding::sequential);
  CHECK(with("progressive", "auto").jpeg_coding == JpegCoding::smallest);
  CHECK(refused("subsampling", "4:1:1"));
  CHECK(refused("progressive", "yes"));
}

TEST_CASE("settings: the format of each image, and what it needs") {
  CHECK(with("format", "auto").any_format);
  CHECK_FALSE(with("format", "auto").convert_to);
  Options options = with("format", "auto");
  CHECK(check_options(options));
  options.fidelity = Fidelity::perceptual;
  CHECK_FALSE(check_options(options));
  options.target = 80;
  CHECK(check_options(options));
  options.in_place = true;
  options.target.reset();
  options.max_size = 1000;
  CHECK_FALSE(check_options(options));
}

TEST_CASE("settings: the least savings are a share or a size") {
  CHECK(with("min-savings", "2%").min_savings.fraction == doctest::Approx(0.02));
  CHECK(with("min-savings", "1KB").min_savings.bytes == 1000);
  CHECK(with("min-savings", "10%").min_savings.largest_allowed(1000) == 900);
  CHECK(with("min-savings", "1KB").min_savings.largest_allowed(1500) == 500);
  CHECK(with("min-savings", "1KB").min_savings.largest_allowed(900) == 0);
  CHECK(Savings{}.largest_allowed(1000) == 999);
  CHECK(refused("min-savings", "101%"));
  CHECK(refused("min-savings", "x%"));
}

TEST_CASE("settings: colours") {
  const auto color = [](std::string_view text) { return with("background", text).background.value(); };
  CHECK(color("#102030").blue == 0x30);
  CHECK(color("abc").red == 0xAA);
  CHECK(color("white").green == 255);
  CHECK(refused("background", "#12"));
  CHECK(refused("background", "#gggggg"));
}

TEST_CASE("settings: every one has its own name, and what is meaningless together is refused") {
  std::set<std::string_view> names;
  for (const Setting& setting : settings()) CHECK(names.insert(setting.name).second);
  CHECK(check_options(Options{}));
  CHECK_FALSE(check_options(with("quality", "70")));
  Options lossy = with("quality", "70");
  REQUIRE(apply_setting(lossy, "lossy", "true"));
  CHECK(check_options(lossy));
  Options in_place = with("format", "webp");
  in_place.in_place = true;
  CHECK_FALSE(check_options(in_place));
  CHECK(refused("no-such-option", "1"));
}

TEST_CASE("settings: every one is in the report under its name") {
  const Json options = to_json(Options{});
  for (const Setting& setting : settings()) {
    std::string name(setting.name);
    std::ranges::replace(name, '-', '_');
    CAPTURE(name);
    CHECK(options.contains(name == "lossless" ? "lossy" : name));
  }
}

}  // namespace imgc
