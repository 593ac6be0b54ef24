#include "formats/webp/lineup.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "conformance/format/raw_format.h"
#include "formats/webp/files.h"
#include "formats/webp/webp.h"
#include "image/convert.h"
#include "support/images.h"

namespace imgc::test {
namespace {

Options options(Fidelity fidelity, int quality = 75, Effort effort = Effort::fast) {
  Options options;
  options.fidelity = fidelity;
  options.quality.all = {0, quality};
  options.effort = effort;
  return options;
}

std::vector<std::string> names(const Lineup& lineup) {
  std::vector<std::string> names;
  for (const Recipe& recipe : lineup.recipes) names.push_back(recipe.name);
  return names;
}

Lineup lineup_for(const Bytes& file, const Options& options) {
  const auto probe = webp_format.probe(file, Limits{});
  REQUIRE(probe.has_value());
  const auto lineup = webp::lineup(*probe, options);
  REQUIRE(lineup.has_value());
  return *lineup;
}

const Recipe& recipe(const Lineup& lineup, std::string_view name) {
  const auto found = std::ranges::find(lineup.recipes, name, &Recipe::name);
  REQUIRE(found != lineup.recipes.end());
  return *found;
}

Attempt run(const Image& image, std::string_view name, const Options& options,
            std::size_t bound = unbounded) {
  const RawSubject subject(image);
  const auto lineup = webp::lineup(subject->probe(), options);
  REQUIRE(lineup.has_value());
  return recipe(*lineup, name).run(*subject, bound);
}

Bytes bytes_of(const Attempt& attempt) {
  REQUIRE(attempt.has_value());
  const auto* candidate = std::get_if<Candidate>(&*attempt);
  REQUIRE(candidate != nullptr);
  return candidate->bytes;
}

bool declined(const Attempt& attempt) {
  return attempt.has_value() && std::holds_alternative<Declined>(*attempt);
}

ErrorCode lineup_error(const Probe& probe, Fidelity fidelity) {
  const auto lineup = webp::lineup(probe, options(fidelity));
  REQUIRE_FALSE(lineup.has_value());
  return lineup.error().code;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("webp lineup: who competes depends on the source and what was asked") {
  const Image image = gradient(40, 30, ColorModel::rgb);
  const Bytes lossless = lossless_webp(image);
  const Bytes lossy = lossy_webp(image, 90);
  CHECK(names(lineup_for(lossless, options(Fidelity::exact))) == Names{"webp-remux", "webp-lossless"});
  CHECK(names(lineup_for(lossy, options(Fidelity::exact))) == Names{"webp-remux"});
  CHECK(names(lineup_for(lossless, options(Fidelity::perceptual))) ==
        Names{"webp-remux", "webp-lossless", "webp-lossy"});
  CHECK(names(lineup_for(lossy, options(Fidelity::perceptual, 60))) == Names{"webp-remux", "webp-lossy"});
  CHECK(names(*webp::lineup(raw_probe(image), options(Fidelity::exact))) == Names{"webp-lossless"});
  CHECK(names(*webp::lineup(raw_probe(image), options(Fidelity::perceptual))) ==
        Names{"webp-lossless", "webp-lossy"});
}

TEST_CASE("webp lineup: lossy is idempotent over images, qualities and efforts") {
  const Image images[] = {gradient(1, 1, ColorModel::rgb), gradient(200, 120, ColorModel::rgba),
                          noise(90, 70, ColorModel::rgb), blocks(130, 64, 7, true)};
  for (const Image& image : images) {
    for (const Effort effort : {Effort::fast, Effort::normal, Effort::max}) {
      for (const int quality : {0, 10, 40, 60, 75, 83, 95, 100}) {
        INFO(image.width, "x", image.height, " at ", quality);
        const Options asked = options(Fidelity::perceptual, quality, effort);
        const Bytes first = bytes_of(run(image, "webp-lossy", asked));
        const Lineup second = lineup_for(first, asked);
        CHECK(names(second) == Names{"webp-remux"});
        REQUIRE(second.note.has_value());
        CHECK(second.note->code == "already_at_quality");
      }
    }
  }
}

TEST_CASE("webp lineup: a quality for webp alone is the one that is used") {
  Options asked = options(Fidelity::perceptual, 30);
  asked.quality.by_format["webp"] = {0, 88};
  const Attempt attempt = run(gradient(64, 64, ColorModel::rgb), "webp-lossy", asked);
  REQUIRE(attempt.has_value());
  CHECK(std::get<Candidate>(*attempt).quality == 88);
  CHECK(std::abs(webp_format.probe(bytes_of(attempt), Limits{})->quality.value_or(0) - 88) <= 1);
}

TEST_CASE("webp lineup: remux keeps the bitstream and drops what does not go out") {
  const Bytes icc(500, 1);
  const Bytes xmp(300, 2);
  const Bytes plain = lossy_webp(gradient(40, 30, ColorModel::rgba), 60);
  const Bytes file = with_extras(plain, {icc, {}, xmp, {}});
  Metadata outgoing;
  outgoing.items = {{MetadataKind::icc, "ICCP", icc}};
  const Lineup lineup = lineup_for(file, options(Fidelity::exact));
  const Subject subject(file, *webp_format.probe(file, Limits{}), outgoing, Limits{});
  const Bytes made = bytes_of(recipe(lineup, "webp-remux").run(subject, unbounded));
  CHECK(made.size() == file.size() - 308);
  CHECK(payload(made) == payload(plain));
  CHECK(webp_format.metadata(made, Limits{})->items == outgoing.items);
  CHECK(webp_format.decode(made, Limits{})->pixels == webp_format.decode(file, Limits{})->pixels);
}

TEST_CASE("webp lineup: remux gives back the simple form when VP8X says nothing") {
  const Bytes image = payload(lossy_webp(gradient(8, 8, ColorModel::rgb), 60));
  const Bytes file = riff_of({{"VP8X", vp8x(webp::flags::alpha, 8, 8)}, {"VP8 ", image}});
  const Subject subject(file, *webp_format.probe(file, Limits{}), {}, Limits{});
  const Lineup lineup = lineup_for(file, options(Fidelity::exact));
  CHECK(bytes_of(recipe(lineup, "webp-remux").run(subject, unbounded)) == riff_of({{"VP8 ", image}}));
}

TEST_CASE("webp lineup: a result of exactly the bound is returned, one byte less declines") {
  const Image image = blocks(64, 48, 9, true);
  for (const char* name : {"webp-lossless", "webp-lossy"}) {
    const Options asked = options(Fidelity::perceptual, 70);
    const Bytes made = bytes_of(run(image, name, asked));
    CHECK(bytes_of(run(image, name, asked, made.size())) == made);
    CHECK(declined(run(image, name, asked, made.size() - 1)));
    CHECK(declined(run(image, name, asked, 0)));
  }
}

TEST_CASE("webp lineup: 16-bit samples are kept exactly or refused, and rounded for quality") {
  const Image deep = gradient(40, 30, ColorModel::rgb, 16);
  const Attempt refused = run(deep, "webp-lossless", options(Fidelity::exact));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::refused);
  CHECK(declined(run(deep, "webp-lossless", options(Fidelity::perceptual))));
  CHECK_FALSE(bytes_of(run(deep, "webp-lossy", options(Fidelity::perceptual))).empty());

  Image shallow = deep;  // both bytes of each sample the same
  for (std::size_t i = 0; i < shallow.pixels.size(); i += 2) shallow.pixels[i] = shallow.pixels[i + 1];
  const Bytes made = bytes_of(run(shallow, "webp-lossless", options(Fidelity::exact)));
  CHECK(same_pixels(shallow, *webp_format.decode(made, Limits{})));
}

TEST_CASE("webp lineup: lossless competes with lossy for graphics, not for photographs") {
  const Options asked = options(Fidelity::perceptual, 75);
  CHECK_FALSE(declined(run(blocks(300, 200, 12), "webp-lossless", asked)));
  CHECK(declined(run(noise(300, 200, ColorModel::rgb), "webp-lossless", asked)));
  CHECK_FALSE(declined(run(noise(300, 200, ColorModel::rgb), "webp-lossless", options(Fidelity::exact))));
}

TEST_CASE("webp lineup: what a WebP can't hold is refused before any work") {
  Probe probe = raw_probe(Image{100, 100, ColorModel::rgb, 8, {}});
  for (const Fidelity fidelity : {Fidelity::exact, Fidelity::perceptual}) {
    Probe animated = probe;
    animated.frames = 2;
    CHECK(lineup_error(animated, fidelity) == ErrorCode::refused);
    Probe cmyk = probe;
    cmyk.model = ColorModel::cmyk;
    CHECK(lineup_error(cmyk, fidelity) == ErrorCode::unsupported);
    Probe wide = probe;
    wide.width = 16384;
    CHECK(lineup_error(wide, fidelity) == ErrorCode::refused);
  }
  probe.height = 16383;
  CHECK(webp::lineup(probe, options(Fidelity::exact)).has_value());
}

TEST_CASE("webp lineup: colours that are not sRGB stop a conversion with a reason") {
  Metadata metadata;
  metadata.items = {{MetadataKind::color, "gAMA", {0, 1, 0x86, 0xA0}}};
  const RawSubject subject(gradient(20, 20, ColorModel::rgb), metadata);
  const auto lineup = webp::lineup(subject->probe(), options(Fidelity::perceptual));
  REQUIRE(lineup.has_value());
  for (const Recipe& each : lineup->recipes) {
    const Attempt attempt = each.run(*subject, unbounded);
    REQUIRE_FALSE(attempt.has_value());
    CHECK(attempt.error().code == ErrorCode::refused);
    CHECK(attempt.error().message.find("gAMA") != std::string::npos);
  }
}

}  // namespace imgc::test
