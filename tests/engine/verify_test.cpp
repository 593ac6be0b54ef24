#include "engine/verify.h"

#include <cstdint>
#include <memory>
#include <utility>

#include <doctest/doctest.h>

#include "engine/compress.h"
#include "engine/plan.h"
#include "formats/png/make.h"
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

}  // namespace imgc
