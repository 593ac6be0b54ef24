#include "engine/verify.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include <doctest/doctest.h>

#include "engine/compress.h"
#include "engine/plan.h"
#include "formats/png/make.h"
#include "image/metric.h"
#include "store/memory.h"
#include "support/contains.h"
#include "support/images.h"

namespace imgc {
namespace {

// Of one colour.
Bytes flat_jpeg(std::uint32_t width, std::uint32_t height) {
  Image image{width, height, ColorModel::gray, 8, Bytes(std::size_t{width} * height, 90)};
  MemoryStore store;
  REQUIRE(store.write("in", test::png_of(image), {}));
  Options options;
  options.fidelity = Fidelity::perceptual;
  options.convert_to = "jpeg";
  const Job job{.input = "in", .output = "out", .options = std::make_shared<const Options>(options)};
  const Outcome outcome = compress(plan(job, store, 1, std::uint64_t{1} << 30U), store, store);
  REQUIRE(std::holds_alternative<Compressed>(outcome.verdict));
  return store.read("out", 1U << 20U)->bytes;
}

Result<void> verified(const Bytes& original, const Bytes& made, Fidelity fidelity) {
  const Format& jpeg = *format_named("jpeg");
  const Subject subject(original, *jpeg.probe(original, {}), {}, {});
  const Winner winner{{made, std::nullopt}, "a recipe", fidelity};
  const Result<void> result = verify(winner, subject, jpeg, std::nullopt);
  CHECK_FALSE(subject.is_decoded());
  return result;
}

// What a recipe made at this quality, of a picture that shows `original`.
Result<void> verified_png(const Image& original, const Image& made, int quality) {
  const Format& png = *format_named("png");
  const Bytes file = test::png_of(original);
  const Subject subject(file, *png.probe(file, {}), {}, {});
  return verify({{test::png_of(made), quality}, "a recipe", Fidelity::perceptual}, subject, png,
                std::nullopt);
}

}  // namespace

TEST_CASE("verify: in strips, a result of another size is refused, also where its beginning is the same") {
  const Bytes original = flat_jpeg(40, 128);
  for (const Fidelity fidelity : {Fidelity::exact, Fidelity::perceptual}) {
    CHECK(verified(original, flat_jpeg(40, 128), fidelity));
    for (const auto& size : {std::pair{40U, 129U}, {40U, 256U}, {40U, 127U}, {41U, 128U}}) {
      CAPTURE(size.second);
      const Result<void> result = verified(original, flat_jpeg(size.first, size.second), fidelity);
      REQUIRE_FALSE(result);
      CHECK(test::contains(result.error().message, "instead of 40x128"));
    }
  }
}

TEST_CASE("verify: in strips, other pixels are refused, and what does not decode") {
  const Bytes original = test::read_file(test::testdata("images/jpeg/photo-q95-420.jpg"));
  const Probe probe = *format_named("jpeg")->probe(original, {});
  CHECK_FALSE(verified(original, flat_jpeg(probe.width, probe.height), Fidelity::exact));
  Bytes cut = original;
  cut.resize(cut.size() / 2);
  CHECK_FALSE(verified(original, cut, Fidelity::perceptual));
  CHECK(verified(original, original, Fidelity::exact));
}

TEST_CASE("verify: a lossy result that shows another picture is refused, by the score of a thumbnail") {
  const Bytes file = test::read_file(test::testdata("images/png/photo-like.png"));
  const Image original = *format_named("png")->decode(file, {});
  REQUIRE(original.model == ColorModel::rgb);
  Image swapped = original;
  for (std::size_t i = 0; i < swapped.pixels.size(); i += 3)
    std::swap(swapped.pixels[i], swapped.pixels[i + 2]);
  Image shifted = original;
  std::rotate(shifted.pixels.begin(), shifted.pixels.begin() + std::ptrdiff_t(24 * shifted.row_bytes()),
              shifted.pixels.end());
  Image coarse = original;
  for (std::uint8_t& sample : coarse.pixels) sample = static_cast<std::uint8_t>(sample / 16 * 16 + 8);
  for (const Image* wrong : {&swapped, &shifted}) {
    REQUIRE(psnr(original, *wrong) > 10);
    const Result<void> result = verified_png(original, *wrong, 75);
    REQUIRE_FALSE(result);
    CHECK(test::contains(result.error().message, "is not alike (a thumbnail scores"));
  }
  CHECK(verified_png(original, coarse, 75));
  // Little is promised of the lowest qualities.
  CHECK(verified_png(original, swapped, 1));
}

}  // namespace imgc
