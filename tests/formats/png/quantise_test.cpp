#include "formats/png/quantise.h"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "formats/png/activity.h"
#include "formats/png/palette_search.h"
#include "image/convert.h"
#include "image/ssimulacra2.h"
#include "support/images.h"

namespace imgc::png {
namespace {

const Manner gentle = {.remap = {.busy_dither = 0.3F, .busy_from = 4}};
const Manner smooth = {.colors = Choice::every, .remap = {.smooth_dither = 0.5F}};

Quantised quantised(const Image& image, QuantiseSettings settings) {
  const auto made = quantise(image, {}, {0, 60}, settings);
  REQUIRE(made);
  REQUIRE(std::holds_alternative<Quantised>(*made));
  return std::get<Quantised>(*made);
}

IndexedPicture plain_of(const Image& rgba) {
  auto search = PaletteSearch::open(rgba);
  REQUIRE(search);
  REQUIRE(*search);
  REQUIRE((*search)->find({0, 60}, Pace::thorough));
  return *(*search)->dither();
}

Image shown(const IndexedPicture& picture) {
  Image image{picture.width(), picture.height(), ColorModel::rgba, 8, {}};
  for (const std::uint8_t index : picture.indexes())
    image.pixels.insert(image.pixels.end(), picture.colors()[index].begin(), picture.colors()[index].end());
  return image;
}

}  // namespace

TEST_CASE("what is chosen looks no worse than libimagequant's own picture") {
  if (!can_quantise()) return;
  std::size_t others = 0;
  for (const std::uint32_t side : {40U, 150U, 300U})
    for (const ColorModel model : {ColorModel::gray, ColorModel::rgb, ColorModel::rgba}) {
      CAPTURE(side);
      const Image image = to_rgba8(test::gradient(side, side, model));
      const IndexedPicture plain = plain_of(image);
      const IndexedPicture chosen = quantised(image, {{smooth, gentle}, true}).picture;
      const auto score_of = [&](const IndexedPicture& picture) {
        return *score({image, {}}, {shown(picture), {}});
      };
      CHECK(score_of(chosen) >= score_of(plain) - 1e-6);
      others += chosen.indexes() != plain.indexes() || chosen.colors() != plain.colors() ? 1 : 0;
    }
  CHECK(others > 0);
}

TEST_CASE("what is clear or opaque stays so, in every manner") {
  if (!can_quantise()) return;
  Image image = to_rgba8(test::gradient(150, 150, ColorModel::rgba));
  for (std::size_t i = 0; i < image.pixels.size(); i += 4)
    if (i % 28 == 0) image.pixels[i + 3] = i % 8 == 0 ? 0 : 255;
  for (const QuantiseSettings& settings :
       {QuantiseSettings{{}, true}, {{gentle}, true}, {{gentle}, false}, {{smooth, gentle}, true}}) {
    const Image result = shown(quantised(image, settings).picture);
    std::size_t lost = 0;
    for (std::size_t i = 3; i < image.pixels.size(); i += 4)
      if (image.pixels[i] == 0 || image.pixels[i] == 255) lost += result.pixels[i] != image.pixels[i] ? 1 : 0;
    CHECK(lost == 0);
  }
}

TEST_CASE(
    "where a score is asked for, the smallest picture that has it is chosen, else the one that looks best") {
  if (!can_quantise()) return;
  const Image image = to_rgba8(test::gradient(150, 150, ColorModel::rgb));
  const auto chosen = [&](const std::vector<Manner>& manners, double least) {
    return quantised(image, {manners, true, least}).picture;
  };
  const auto score_of = [&](const IndexedPicture& picture) {
    return *score({image, {}}, {shown(picture), {}});
  };
  const auto same = [](const IndexedPicture& a, const IndexedPicture& b) {
    return a.indexes() == b.indexes() && a.colors() == b.colors();
  };
  const Manner coarse = {.remap = {.bit_worth = 1e3F}};
  const IndexedPicture better = chosen({gentle}, 0);
  const IndexedPicture smaller = chosen({coarse}, 0);
  REQUIRE(score_of(better) > score_of(smaller) + 1);
  for (const std::vector<Manner>& manners : {std::vector{gentle, coarse}, std::vector{coarse, gentle}}) {
    CHECK(same(chosen(manners, score_of(smaller) - 0.5), smaller));
    CHECK(same(chosen(manners, score_of(better) - 0.5), better));
    CHECK(same(chosen(manners, 100), better));
  }
  CHECK(!same(better, plain_of(image)));
}

TEST_CASE("a spare manner is tried when none before it will do, and only then") {
  if (!can_quantise()) return;
  const Manner poor = {.remap = {.bit_worth = 1e6F}};
  Manner spare = gentle;
  spare.spare = true;
  const Manner own = {.colors = Choice::unrefined, .remap = gentle.remap, .spare = true};
  std::size_t gained = 0;
  std::size_t saved = 0;
  for (const std::uint32_t side : {40U, 150U, 300U})
    for (const ColorModel model : {ColorModel::rgb, ColorModel::rgba}) {
      const Image image = to_rgba8(test::gradient(side, side, model));
      const auto chosen = [&](const std::vector<Manner>& manners) {
        return quantised(image, {manners, true}).picture;
      };
      const IndexedPicture plain = chosen({});
      const IndexedPicture expected = chosen({gentle});
      if (chosen({poor}).colors() == plain.colors()) {
        ++saved;
        CHECK(chosen({poor, spare}).indexes() == expected.indexes());
        CHECK(chosen({poor, spare}).colors() == expected.colors());
      }
      CHECK(chosen({own}).colors() == plain.colors());
      if (expected.colors() == plain.colors()) continue;
      ++gained;
      CHECK(chosen({gentle, own}).indexes() == expected.indexes());
      CHECK(chosen({gentle, own}).colors() == expected.colors());
    }
  CHECK(gained > 0);
  CHECK(saved > 0);
}

TEST_CASE("without other manners, libimagequant's own picture is taken") {
  if (!can_quantise()) return;
  const Image image = to_rgba8(test::gradient(50, 50, ColorModel::rgb));
  const IndexedPicture plain = plain_of(image);
  const IndexedPicture chosen = quantised(image, {{}, true}).picture;
  CHECK(chosen.indexes() == plain.indexes());
  CHECK(chosen.colors() == plain.colors());
}

TEST_CASE("without a judge, smooth images are given every colour and others as few as will do") {
  if (!can_quantise()) return;
  // A slow slope in which luma curves a little everywhere.
  Image slope{256, 256, ColorModel::rgb, 8, {}};
  for (std::uint32_t y = 0; y < 256; ++y)
    for (std::uint32_t x = 0; x < 256; ++x)
      for (const std::uint32_t value : {(x * x + y * y) / 1024, x / 2 + 40, y / 2 + 60})
        slope.pixels.push_back(static_cast<std::uint8_t>(value));
  REQUIRE(smooth_share(find_activity(to_rgba8(slope))) > 0.2);
  const QuantiseSettings unjudged = {{smooth, gentle}, false};
  const QuantiseSettings only_gentle = {{gentle}, false};
  CHECK(quantised(slope, unjudged).picture.colors().size() >
        quantised(slope, only_gentle).picture.colors().size());

  const Image noise = test::noise(128, 128, ColorModel::rgb, 8, 3);
  REQUIRE(smooth_share(find_activity(to_rgba8(noise))) < 0.2);
  CHECK(quantised(noise, unjudged).picture.colors() == quantised(noise, only_gentle).picture.colors());
}

}  // namespace imgc::png
