#include <algorithm>
#include <filesystem>
#include <limits>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "formats/png/make.h"
#include "formats/png/palette_search.h"
#include "formats/png/png.h"
#include "image/convert.h"
#include "image/metric.h"
#include "support/images.h"

namespace imgc {
namespace {

using test::png_of;

Options lossy(int min, int max, Effort effort = Effort::normal) {
  Options options;
  options.fidelity = Fidelity::perceptual;
  options.quality.all = {min, max};
  options.effort = effort;
  return options;
}

Probe tiny_probe() {
  Probe probe;
  probe.format = &png_format;
  probe.width = 1;
  probe.height = 1;
  return probe;
}

void check_every_recipe(ByteView file, const Options& options) {
  const Result<Image> original = png_format.decode(file, {});
  REQUIRE(original);
  for (const test::Made& made : test::run_all(file, options)) {
    CAPTURE(made.recipe);
    const Result<Image> again = png_format.decode(made.candidate.bytes, {});
    REQUIRE(again);
    if (made.fidelity == Fidelity::exact) {
      CHECK(same_pixels(*original, *again));
    } else {
      CHECK(made.candidate.bytes[25] == 3);
      CHECK(psnr(*original, *again) > 10);
    }
  }
}

bool has_quantised(const std::vector<test::Made>& made) {
  return std::ranges::any_of(made,
                             [](const test::Made& one) { return one.fidelity == Fidelity::perceptual; });
}

}  // namespace

TEST_CASE("every exact recipe of every effort keeps every pixel") {
  for (const Effort effort : {Effort::fast, Effort::normal, Effort::high, Effort::max}) {
    Options options;
    options.effort = effort;
    for (const ColorModel model :
         {ColorModel::gray, ColorModel::gray_alpha, ColorModel::rgb, ColorModel::rgba})
      for (const unsigned depth : {8U, 16U}) {
        check_every_recipe(png_of(test::gradient(33, 21, model, depth)), options);
        check_every_recipe(png_of(test::noise(5, 21, model, depth)), options);
      }
    check_every_recipe(png_of(test::blocks(50, 30, 9, true)), options);
    check_every_recipe(test::interlaced_png_of(test::gradient(19, 23, ColorModel::rgb)), options);
  }
}

TEST_CASE("PngSuite survives every recipe") {
  const auto corpus = test::shared_corpus();
  if (!corpus || !std::filesystem::is_directory(*corpus / "pngsuite")) return;
  Options exact;
  exact.effort = Effort::high;
  std::size_t whole = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*corpus / "pngsuite")) {
    if (entry.path().extension() != ".png") continue;
    const Bytes file = test::read_file(entry.path());
    const Result<Probe> probe = png_format.probe(file, {});
    if (!probe || probe->untouchable || !png_format.decode(file, {})) continue;
    CAPTURE(entry.path());
    check_every_recipe(file, exact);
    if (png::can_quantise()) check_every_recipe(file, lossy(0, 70, Effort::fast));
    ++whole;
  }
  CHECK(whole > 50);
}

TEST_CASE("two lineups make the same bytes, whatever ran between") {
  const Bytes file = png_of(test::gradient(120, 90, ColorModel::rgba));
  const Options options = png::can_quantise() ? lossy(0, 70) : Options{};
  const std::vector<test::Made> first = test::run_all(file, options);
  static_cast<void>(test::run_all(png_of(test::noise(200, 200, ColorModel::rgb)), options));
  const std::vector<test::Made> second = test::run_all(file, options);
  REQUIRE(first.size() == second.size());
  for (std::size_t i = 0; i < first.size(); ++i) CHECK(first[i].candidate.bytes == second[i].candidate.bytes);
}

TEST_CASE("what PNG can't hold is an error before any work") {
  Probe probe = tiny_probe();
  probe.model = ColorModel::cmyk;
  CHECK(png_format.lineup(probe, {}).error().code == ErrorCode::unsupported);
  probe.model = ColorModel::rgb;
  probe.frames = 2;
  CHECK(png_format.lineup(probe, {}).error().code == ErrorCode::refused);
}

TEST_CASE("without libimagequant a lossy PNG is refused with what to do") {
  if (png::can_quantise()) return;
  const Result<Lineup> lineup = png_format.lineup(tiny_probe(), lossy(0, 70));
  REQUIRE_FALSE(lineup);
  CHECK(lineup.error().code == ErrorCode::unsupported);
  CHECK(lineup.error().message.find("--lossless") != std::string::npos);
}

TEST_CASE("lossy makes an indexed image, carries its quality, and is not redone at the same quality") {
  if (!png::can_quantise()) return;
  const Bytes file = png_of(test::gradient(200, 150, ColorModel::rgba));
  const std::vector<test::Made> made = test::run_all(file, lossy(0, 70));
  const auto found = std::ranges::find(made, Fidelity::perceptual, &test::Made::fidelity);
  REQUIRE(found != made.end());
  const Bytes& once = found->candidate.bytes;
  REQUIRE(found->candidate.quality);
  CHECK(*found->candidate.quality <= 70);
  const Result<Probe> probe = png_format.probe(once, {});
  REQUIRE(probe);
  CHECK(probe->lossy);
  CHECK(probe->quality == 70);
  CHECK(png_format.metadata(once, {})->items.empty());

  for (const int asked : {70, 85}) {
    const Result<Lineup> lineup = png_format.lineup(*probe, lossy(0, asked));
    REQUIRE(lineup);
    REQUIRE(lineup->note);
    CHECK(lineup->note->code == "already_at_quality");
    const std::vector<test::Made> again = test::run_all(once, lossy(0, asked));
    CHECK_FALSE(has_quantised(again));
    for (const test::Made& one : again) CHECK(png_format.probe(one.candidate.bytes, {})->quality == 70);
  }
  CHECK(has_quantised(test::run_all(once, lossy(0, 50))));
  // Losslessly too the mark stays, since the pixels do.
  for (const test::Made& one : test::run_all(once, {}))
    CHECK(png_format.probe(one.candidate.bytes, {})->lossy);
  for (const test::Made& one : test::run_all(file, {}))
    CHECK_FALSE(png_format.probe(one.candidate.bytes, {})->lossy);
}

TEST_CASE("a minimum that 256 colours can't reach declines, and the exact recipes all compete") {
  if (!png::can_quantise()) return;
  const Bytes file = png_of(test::noise(128, 128, ColorModel::rgb));
  for (const Effort effort : {Effort::fast, Effort::normal}) {
    const Options options = lossy(100, 100, effort);
    CHECK_FALSE(has_quantised(test::run_all(file, options)));
    Options exact;
    exact.effort = effort;
    CHECK(test::run_all(file, options).size() == test::run_all(file, exact).size());

    const Result<Probe> probe = png_format.probe(file, {});
    const Subject subject(file, *probe, {}, {});
    const Result<Lineup> lineup = png_format.lineup(*probe, options);
    std::vector<std::string> reasons;
    for (const Recipe& recipe : lineup->recipes) {
      if (!recipe.estimate) continue;
      const Estimate estimate = recipe.estimate(subject);
      REQUIRE(estimate);
      if (const auto* declined = std::get_if<Declined>(&*estimate); declined != nullptr && declined->reason)
        reasons.push_back(declined->reason->code);
    }
    CHECK(reasons == std::vector<std::string>{"below_min_quality"});
  }
}

TEST_CASE(
    "every filter is tried on exact pixels only where a plain one promises less than what a palette loses") {
  if (!png::can_quantise()) return;
  const auto has = [](const Image& image, Effort effort, std::string_view recipe) {
    const std::vector<test::Made> all = test::run_all(png_of(image), lossy(0, 80, effort));
    CHECK(has_quantised(all));
    return std::ranges::any_of(all, [&](const test::Made& made) { return made.recipe == recipe; });
  };
  const Image filters_well = test::gradient(120, 120, ColorModel::rgb);
  const Image filters_badly = test::noise(50, 50, ColorModel::rgb);
  for (const std::string_view plain : {"png-none", "png-sub"}) {
    CHECK(has(filters_well, Effort::normal, plain));
    CHECK(has(filters_badly, Effort::normal, plain));
  }
  CHECK(has(filters_well, Effort::normal, "png-quick-matches"));
  CHECK(!has(filters_badly, Effort::normal, "png-quick-matches"));
  CHECK(has(filters_badly, Effort::high, "png-matches"));  // which has the time
}

TEST_CASE("scouts of a smooth image follow the quality, which its best palette does not") {
  if (!png::can_quantise()) return;
  const Bytes file = png_of(test::slope(300, 300));
  const Result<Probe> probe = png_format.probe(file, {});
  const auto made = [&](Result<Lineup> (*lineup_of)(const Probe&, const Options&), int quality) {
    const Subject subject(file, *probe, {}, {});
    const Result<Lineup> lineup = lineup_of(*probe, lossy(0, quality, Effort::fast));
    REQUIRE(lineup);
    for (const Recipe& recipe : lineup->recipes)
      if (recipe.name == "png-quantised-none")
        return std::get<Candidate>(*recipe.run(subject, std::numeric_limits<std::size_t>::max())).bytes;
    return Bytes{};
  };
  const auto pixels = [](const Bytes& bytes) { return png_format.decode(bytes, {})->pixels; };
  CHECK(pixels(made(png_format.lineup, 40)) == pixels(made(png_format.lineup, 70)));
  CHECK(pixels(made(png_format.scouts, 40)) != pixels(made(png_format.scouts, 70)));
}

TEST_CASE("alpha too faint for a palette is not lost") {
  if (!png::can_quantise()) return;
  Image image = test::noise(200, 200, ColorModel::rgba);
  for (std::size_t i = 3; i < image.pixels.size(); i += 4) image.pixels[i] = 255;
  image.pixels[3] = 254;
  for (const test::Made& made : test::run_all(png_of(image), lossy(0, 70, Effort::fast)))
    CHECK(has_transparency(*png_format.decode(made.candidate.bytes, {})));
}

TEST_CASE("an error of the pixels is the error of every recipe that needs them") {
  Bytes file = png_of(test::gradient(9, 9, ColorModel::rgb));
  const Result<Probe> probe = png_format.probe(file, {});
  file[file.size() - 20] ^= 1U;
  const Subject subject(file, *probe, {}, {});
  const Result<Lineup> lineup = png_format.lineup(*probe, {});
  for (const Recipe& recipe : lineup->recipes) {
    if (!recipe.estimate) continue;
    CHECK_FALSE(recipe.estimate(subject));
    CHECK_FALSE(recipe.run(subject, 1000));
  }
}

TEST_CASE("16-bit pixels may be quantised and stay 16-bit when exact") {
  if (!png::can_quantise()) return;
  check_every_recipe(png_of(test::gradient(64, 64, ColorModel::rgba, 16)), lossy(0, 80));
}

}  // namespace imgc
