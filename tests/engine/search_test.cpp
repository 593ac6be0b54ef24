#include "engine/search.h"

#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "engine/compress.h"
#include "engine/plan.h"
#include "formats/format.h"
#include "image/convert.h"
#include "image/ssimulacra2.h"
#include "store/memory.h"
#include "support/images.h"

namespace imgc {
namespace {

struct Tried {
  Outcome outcome;
  Bytes original;
  Bytes bytes;  // empty when nothing was written

  [[nodiscard]] const Compressed* compressed() const { return std::get_if<Compressed>(&outcome.verdict); }
  [[nodiscard]] const Failed* failed() const { return std::get_if<Failed>(&outcome.verdict); }
};

Tried try_out(const std::string& testdata, const Options& options) {
  MemoryStore store;
  Tried tried;
  tried.original = test::read_file(test::testdata(testdata));
  REQUIRE(store.write("in", tried.original, {}));
  Job job{0, "in", "out", true, std::make_shared<const Options>(options)};
  tried.outcome = compress(plan(std::move(job), store, 1, std::uint64_t{1} << 30U), store, store);
  tried.bytes = store.read("out", 1U << 26U).value_or(Blob{}).bytes;
  return tried;
}

Options target(double score) {
  Options options;
  options.fidelity = Fidelity::perceptual;
  options.target = score;
  return options;
}

Options max_size(std::uint64_t bytes) {
  Options options;
  options.fidelity = Fidelity::perceptual;
  options.max_size = bytes;
  return options;
}

double score_of(const Tried& tried) {
  const Metadata none;
  const Image before = *sniff(tried.original)->decode(tried.original, {});
  const Image after = *sniff(tried.bytes)->decode(tried.bytes, {});
  return *score({before, none}, {after, none});
}

constexpr const char* photos[] = {"images/png/photo-like.png", "images/jpeg/photo-q95-420.jpg",
                                  "images/webp/lossy.webp"};

}  // namespace

TEST_CASE("search: a result scores what was asked, says so, and a lower target makes it smaller") {
  for (const char* photo : photos) {
    std::uint64_t larger = std::numeric_limits<std::uint64_t>::max();
    for (const double goal : {85.0, 60.0}) {
      CAPTURE(photo);
      CAPTURE(goal);
      const Tried tried = try_out(photo, target(goal));
      CHECK(tried.outcome.bytes_out < larger);
      larger = tried.outcome.bytes_out;
      if (tried.compressed() == nullptr) {  // nothing smaller is as good
        CHECK(goal == 85);
        CHECK(tried.bytes == tried.original);
        continue;
      }
      if (!tried.compressed()->score) continue;  // nothing was lost
      CHECK(*tried.compressed()->score >= goal);
      CHECK(*tried.compressed()->score == doctest::Approx(score_of(tried)).epsilon(1e-6));
    }
  }
}

TEST_CASE("search: more effort than the search began with gives up no target that loss can reach") {
  const std::uint64_t exact = try_out(photos[0], {}).outcome.bytes_out;
  for (const Effort effort : {Effort::normal, Effort::high})
    for (const double goal : {55.0, 70.0}) {
      CAPTURE(goal);
      Options options = target(goal);
      options.effort = effort;
      const Tried tried = try_out(photos[0], options);
      REQUIRE(tried.compressed() != nullptr);
      CHECK(tried.compressed()->score.value_or(100) >= goal);
      CHECK(tried.outcome.bytes_out < exact / 2);
    }
}

TEST_CASE("search: one quality less misses the target, or scores it as well") {
  Options options = target(75);
  options.effort = Effort::high;
  const Tried tried = try_out("images/jpeg/photo-q95-420.jpg", options);
  REQUIRE(tried.compressed() != nullptr);
  REQUIRE(tried.compressed()->quality);
  Options worse;
  worse.effort = Effort::high;
  worse.fidelity = Fidelity::perceptual;
  worse.score = true;
  worse.quality.all.max = *tried.compressed()->quality - 1;
  const Tried below = try_out("images/jpeg/photo-q95-420.jpg", worse);
  REQUIRE(below.compressed() != nullptr);
  CHECK(below.compressed()->score.value() < 75);
}

TEST_CASE("search: the same again is the same") {
  const Tried first = try_out(photos[0], target(75));
  const Tried second = try_out(photos[0], target(75));
  CHECK(first.bytes == second.bytes);
}

TEST_CASE("search: what no loss can reach loses nothing, and fails where that can't be") {
  const Tried exact = try_out(photos[0], target(100));
  REQUIRE(exact.compressed() != nullptr);
  CHECK_FALSE(exact.compressed()->quality);
  CHECK(same_pixels(*sniff(exact.original)->decode(exact.original, {}),
                    *sniff(exact.bytes)->decode(exact.bytes, {})));
  REQUIRE(exact.outcome.notes.size() == 1);
  CHECK(exact.outcome.notes[0].code == "target_needs_all");

  Options jpeg = target(100);
  jpeg.convert_to = "jpeg";
  const Tried refused = try_out(photos[0], jpeg);
  REQUIRE(refused.failed() != nullptr);
  CHECK(refused.failed()->error.code == ErrorCode::refused);
  CHECK(refused.failed()->error.message.find("no jpeg of it scores 100, the best has 9") == 0);
  CHECK(refused.bytes.empty());
}

TEST_CASE(
    "search: what palettes can't reach is rounded in truecolour, for a score and for the room of a size") {
  const Tried exact = try_out(photos[0], target(100));
  const Tried tried = try_out(photos[0], target(95));
  REQUIRE(tried.compressed() != nullptr);
  CHECK(tried.compressed()->recipe.starts_with("png-near-lossless"));
  CHECK(tried.outcome.notes.empty());
  CHECK(score_of(tried) >= 95);
  CHECK(tried.bytes.size() < exact.bytes.size() * 3 / 4);

  const Tried roomy = try_out(photos[0], max_size(tried.bytes.size()));
  REQUIRE(roomy.compressed() != nullptr);
  CHECK(roomy.bytes.size() <= tried.bytes.size());
  CHECK(score_of(roomy) >= 95);
}

TEST_CASE("search: an animation is compressed losslessly") {
  const Tried tried = try_out("images/png/apng-two-frames.png", target(50));
  REQUIRE(tried.compressed() != nullptr);
  CHECK_FALSE(tried.compressed()->score);
  REQUIRE(tried.outcome.notes.size() == 1);
  CHECK(tried.outcome.notes[0].code == "animated");
  const Tried too_large = try_out("images/png/apng-two-frames.png", max_size(100));
  REQUIRE(too_large.failed() != nullptr);
  CHECK(too_large.failed()->error.message.find("it can only be compressed losslessly") == 0);
}

TEST_CASE("search: the best that fits, losslessly where that fits") {
  for (const char* photo : photos) {
    CAPTURE(photo);
    const std::size_t whole = test::read_file(test::testdata(photo)).size();
    const Tried roomy = try_out(photo, max_size(whole));
    CHECK((roomy.compressed() == nullptr || !roomy.compressed()->score));
    CHECK(roomy.outcome.bytes_out <= whole);

    double before = 100;
    for (const std::size_t size : {whole / 3, whole / 6}) {
      CAPTURE(size);
      const Tried tried = try_out(photo, max_size(size));
      REQUIRE(tried.compressed() != nullptr);
      CHECK(tried.bytes.size() <= size);
      if (!tried.compressed()->score) continue;
      CHECK(*tried.compressed()->score < before);
      before = *tried.compressed()->score;
    }
    const Tried impossible = try_out(photo, max_size(100));
    REQUIRE(impossible.failed() != nullptr);
    CHECK(impossible.failed()->error.code == ErrorCode::refused);
    CHECK(impossible.failed()->error.message.find("even at the lowest quality it takes ") == 0);
    CHECK(impossible.bytes.empty());
  }
}

TEST_CASE("search: transparent pixels are scored on what they are laid on") {
  Options jpeg = target(70);
  jpeg.convert_to = "jpeg";
  jpeg.background = Rgb{255, 255, 255};
  const Tried tried = try_out("images/png/hidden-rgb-under-alpha.png", jpeg);
  REQUIRE(tried.compressed() != nullptr);
  CHECK(tried.compressed()->score.value() >= 70);
}

}  // namespace imgc
