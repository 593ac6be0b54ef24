#include "image/ssimulacra2.h"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "image/convert.h"
#include "image/score_images.h"
#include "image/ssimulacra2/comparison.h"
#include "image/ssimulacra2/kernels.h"
#include "support/for_each.h"
#include "support/images.h"

namespace imgc {
namespace {

double scored(const Image& reference, const Image& distorted, const Metadata& metadata = {}) {
  const Result<double> value = score({reference, metadata}, {distorted, metadata});
  REQUIRE(value);
  return *value;
}

Image with_alpha(const Image& image, std::uint8_t alpha) {
  Image out = to_rgba8(image);
  for (std::size_t i = 3; i < out.pixels.size(); i += 4) out.pixels[i] = alpha;
  return out;
}

}  // namespace

TEST_CASE("ssimulacra2: agrees with the published program on every kind of image") {
  for (const test::ScoredPair& pair : test::scored_pairs()) {
    CAPTURE(pair.name);
    CHECK(std::abs(scored(pair.reference, pair.distorted, pair.metadata) - pair.score) < 0.5);
  }
}

TEST_CASE("ssimulacra2: every instruction set gives the same score") {
  for (const test::ScoredPair& pair : test::scored_pairs()) {
    CAPTURE(pair.name);
    const Picture reference{pair.reference, pair.metadata};
    const Picture distorted{pair.distorted, pair.metadata};
    const Result<double> plain =
        score(reference, distorted, one_after_the_other, ssimulacra2::baseline_kernels());
    const Result<double> best = score(reference, distorted, one_after_the_other, ssimulacra2::best_kernels());
    REQUIRE(plain);
    REQUIRE(best);
    CHECK(std::abs(*plain - *best) < 0.0001);
  }
}

TEST_CASE("ssimulacra2: a kept reference gives the score of the pair, again and again") {
  for (const test::ScoredPair& pair : test::scored_pairs()) {
    CAPTURE(pair.name);
    const ScoreReference reference({pair.reference, pair.metadata});
    const double expected = scored(pair.reference, pair.distorted, pair.metadata);
    CHECK(reference.score({pair.distorted, pair.metadata}).value() == expected);
    CHECK(reference.score({pair.reference, pair.metadata}).value() == 100);
    CHECK(reference.score({pair.distorted, pair.metadata}).value() == expected);
  }
}

TEST_CASE("ssimulacra2: a picture of few colours scores as the image that it shows") {
  const auto check = [](const Picture& reference, const Image& colors, const Image& shown,
                        const Bytes& indexes) {
    for (const Precision precision : {Precision::full, Precision::quick}) {
      const ScoreReference kept(reference, precision);
      const Result<double> looked_up =
          kept.score({indexes, shown.width, shown.height, colors, reference.metadata});
      const Result<double> expected = kept.score({shown, reference.metadata});
      REQUIRE(looked_up);
      REQUIRE(expected);
      CHECK(*looked_up == *expected);
      CHECK(*looked_up < 100);
    }
  };
  std::size_t translucent = 0;
  std::size_t profiled = 0;
  for (const test::ScoredPair& pair : test::scored_pairs()) {
    if (pair.reference.model == ColorModel::cmyk) continue;
    CAPTURE(pair.name);
    // Every 37th pixel's colour, and for all pixels one of them by their place.
    const Image from = to_rgba8(pair.distorted);
    Image colors{0, 1, ColorModel::rgba, 8, {}};
    for (std::size_t at = 0; at + 4 <= from.pixels.size() && colors.width < 100; at += std::size_t{4} * 37) {
      for (std::size_t c = 0; c < 4; ++c) colors.pixels.push_back(from.pixels[at + c]);
      ++colors.width;
    }
    Image shown{from.width, from.height, ColorModel::rgba, 8, {}};
    Bytes indexes;
    for (std::size_t i = 0; i < from.pixels.size() / 4; ++i) {
      indexes.push_back(static_cast<std::uint8_t>(i / 37 % colors.width));
      for (std::size_t c = 0; c < 4; ++c)
        shown.pixels.push_back(colors.pixels[std::size_t{4} * indexes.back() + c]);
    }
    translucent += has_transparency(colors) ? 1 : 0;
    profiled += pair.metadata.items.empty() ? 0 : 1;
    check({pair.reference, pair.metadata}, colors, shown, indexes);
  }
  CHECK(translucent > 0);
  CHECK(profiled > 0);
  const ScoreReference reference({test::gradient(20, 20, ColorModel::rgb), {}});
  const Image one{1, 1, ColorModel::rgba, 8, {1, 2, 3, 255}};
  CHECK_FALSE(reference.score({Bytes(20 * 19), 20, 19, one, {}}));
}

TEST_CASE("ssimulacra2: a quick score is that of all channels but for what can't be seen") {
  for (const test::ScoredPair& pair : test::scored_pairs()) {
    CAPTURE(pair.name);
    const ScoreReference reference({pair.reference, pair.metadata}, Precision::quick);
    const double quick = reference.score({pair.distorted, pair.metadata}).value();
    CHECK(std::abs(quick - scored(pair.reference, pair.distorted, pair.metadata)) < 0.005);
    CHECK(reference.score({pair.reference, pair.metadata}).value() == 100);
  }
}

TEST_CASE("ssimulacra2: the same score however its parts are gone about") {
  const Metadata none;
  for (const std::uint32_t height : {3U, 16U, 17U, 31U, 700U}) {
    CAPTURE(height);
    const Image before = test::fractal(601, height, ColorModel::rgba);
    Image after = before;
    for (std::size_t i = 0; i < after.pixels.size(); i += 37) after.pixels[i] ^= 0x1FU;
    const double expected = scored(before, after, none);
    CHECK(expected < 99);
    CHECK(score({before, none}, {after, none}, test::the_last_first).value() == expected);
    CHECK(ScoreReference({before, none}).score({after, none}, test::the_last_first).value() == expected);
  }
}

TEST_CASE("ssimulacra2: 100 for the same picture, in whatever layout") {
  for (const ColorModel model :
       {ColorModel::gray, ColorModel::gray_alpha, ColorModel::rgb, ColorModel::rgba}) {
    for (const unsigned depth : {8U, 16U}) {
      const Image image = test::gradient(40, 30, model, depth);
      CHECK(scored(image, image) == 100);
    }
  }
  const Image gray = test::fractal(60, 50, ColorModel::gray);
  CHECK(scored(gray, to_rgba8(gray)) == 100);
  CHECK(scored(with_alpha(gray, 255), gray) == 100);
  Image deep{60, 50, ColorModel::gray, 16, {}};
  for (const std::uint8_t sample : gray.pixels) deep.pixels.insert(deep.pixels.end(), 2, sample);
  CHECK(scored(gray, deep) == 100);
}

TEST_CASE("ssimulacra2: more of the same distortion is a lower score") {
  const Image image = test::fractal(200, 150, ColorModel::rgb);
  double before = 100;
  for (const unsigned amplitude : {1U, 3U, 9U, 27U, 81U}) {
    const double now = scored(image, test::noisy(image, amplitude));
    CHECK(now < before);
    before = now;
  }
}

TEST_CASE("ssimulacra2: colour under zero alpha does not count, lost alpha does") {
  const Image image = test::fractal(64, 64, ColorModel::rgb);
  const Image clear = with_alpha(image, 0);
  CHECK(scored(clear, with_alpha(test::noisy(image, 50), 0)) == 100);
  CHECK(scored(clear, with_alpha(image, 255)) < 0);
  // An opaque reference still sees that the other is not.
  CHECK(scored(with_alpha(image, 255), with_alpha(image, 60)) < 60);
  const Metadata none;
  const Image opaque = with_alpha(image, 255);
  const ScoreReference reference({opaque, none});
  CHECK(reference.score({with_alpha(image, 60), none}).value() == scored(opaque, with_alpha(image, 60)));
}

TEST_CASE("ssimulacra2: an image below 8 x 8 counts as if its edge went on") {
  const Image dot = test::noise(1, 1, ColorModel::rgb);
  CHECK(scored(dot, dot) == 100);
  CHECK(scored(dot, test::tinted(dot, 1, 40)) < 99);
  const Image line = test::noise(3, 200, ColorModel::rgb);
  CHECK(scored(line, test::noisy(line, 4)) < 100);
  CHECK(std::isfinite(scored(line, test::noise(3, 200, ColorModel::rgb, 8, 9))));
}

TEST_CASE("ssimulacra2: images of different sizes are an error that says both") {
  const Metadata none;
  const Image image = test::gradient(40, 30, ColorModel::rgb);
  const Image other = test::gradient(30, 40, ColorModel::rgb);
  const Result<double> value = score({image, none}, {other, none});
  REQUIRE_FALSE(value);
  CHECK(value.error().message ==
        "it is 30x40 and the reference 40x30; only images of one size can be compared");
  CHECK_FALSE(ScoreReference({image, none}).score({other, none}));
  CHECK_FALSE(ScoreReference({Image{}, none}).score({Image{}, none}));
}

TEST_CASE("ssimulacra2: each side is seen through its own colours, and a profile no one can read is none") {
  const Image image = test::fractal(80, 60, ColorModel::rgb);
  const Metadata none;
  const Metadata wide = test::wide_gamut();
  CHECK(score({image, none}, {image, wide}).value() < 90);
  CHECK(score({image, wide}, {image, wide}).value() == 100);
  Metadata srgb = wide;
  srgb.items.push_back({MetadataKind::color, "sRGB", {0}});
  CHECK(score({image, none}, {image, srgb}).value() == 100);
  Metadata broken;
  broken.items = {{MetadataKind::icc, "iCCP", {1, 2, 3}}};
  CHECK(score({image, none}, {image, broken}).value() == 100);
  // A gray image may have an RGB profile: the same picture as in RGB with it.
  const Image gray = test::fractal(80, 60, ColorModel::gray);
  Image colored{80, 60, ColorModel::rgb, 8, {}};
  for (const std::uint8_t sample : gray.pixels) colored.pixels.insert(colored.pixels.end(), 3, sample);
  CHECK(score({gray, wide}, {colored, wide}).value() == 100);
  CHECK(score({with_alpha(colored, 255), wide}, {colored, wide}).value() == 100);
  // At 8 bits what shows no background is looked up, at 16 nothing is. They differ by rounding.
  for (const ColorModel model : {ColorModel::gray_alpha, ColorModel::rgba}) {
    Image shallow = test::fractal(80, 60, model);
    const unsigned stored = channel_count(model);
    for (std::size_t i = 0; i < shallow.pixels.size() / stored; ++i)
      shallow.pixels[(i + 1) * stored - 1] = i % 3 == 0 ? 255 : static_cast<std::uint8_t>(i % 7 * 30);
    Image deep{80, 60, model, 16, {}};
    for (const std::uint8_t sample : shallow.pixels) deep.pixels.insert(deep.pixels.end(), 2, sample);
    CHECK(score({shallow, wide}, {deep, wide}).value() > 98);
  }
}

TEST_CASE("ssimulacra2: CMYK is light times black") {
  Image cmyk{16, 16, ColorModel::cmyk, 8, Bytes(16 * 16 * 4, 255)};
  Image rgb{16, 16, ColorModel::rgb, 8, Bytes(16 * 16 * 3, 255)};
  CHECK(scored(rgb, cmyk) == doctest::Approx(100).epsilon(0.001));
  for (std::size_t i = 3; i < cmyk.pixels.size(); i += 4) cmyk.pixels[i] = 0;
  CHECK(scored(rgb, cmyk) < 90);
}

TEST_CASE("ssimulacra2: what a reference holds is what it declares") {
  Probe probe;
  probe.width = 4000;
  probe.height = 3000;
  CHECK(ScoreReference::held_bytes(probe) > 16ULL * 4000 * 3000);
  CHECK(ScoreReference::held_bytes(probe) < 17ULL * 4000 * 3000);
  CHECK(ScoreReference::held_bytes(probe, Precision::quick) > 8ULL * 4000 * 3000);
  CHECK(ScoreReference::held_bytes(probe, Precision::quick) < 9ULL * 4000 * 3000);
  CHECK(ScoreReference::working_bytes(probe) < 16'000'000);
  probe.model = ColorModel::rgba;
  CHECK(ScoreReference::held_bytes(probe) > 32ULL * 4000 * 3000);
  probe.width = 1U << 31U;  // no overflow
  probe.height = 1U << 31U;
  CHECK(ScoreReference::held_bytes(probe) == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("ssimulacra2: scales halve while both sides are at least 8") {
  CHECK(ssimulacra2::scale_sizes(8, 8).size() == 2);
  CHECK(ssimulacra2::scale_sizes(1000, 9).size() == 2);
  CHECK(ssimulacra2::scale_sizes(113, 113).size() == 6);
  CHECK(ssimulacra2::scale_sizes(112, 112).size() == 5);
  CHECK(ssimulacra2::scale_sizes(9, 15)[1].width == 5);
}

}  // namespace imgc
