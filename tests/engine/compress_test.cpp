#include "engine/compress.h"

#include <doctest/doctest.h>

#include "engine/plan.h"
#include "formats/format.h"
#include "formats/png/make.h"
#include "image/convert.h"
#include "image/exif.h"
#include "image/turn.h"
#include "store/memory.h"
#include "support/images.h"

namespace imgc {
namespace {

struct Desk {
  Outcome run(const Options& options, Key input = "in", Key output = "out", bool named = true) {
    Job job{0, std::move(input), std::move(output), named, std::make_shared<const Options>(options)};
    return compress(plan(std::move(job), store, 1, memory_limit), store, store);
  }
  void put(const Key& key, const std::string& testdata) {
    original = test::read_file(test::testdata(testdata));
    REQUIRE(store.write(key, original, {}));
  }
  Bytes get(const Key& key = "out") { return store.read(key, 1U << 26U).value_or(Blob{}).bytes; }

  MemoryStore store;
  Bytes original;
  std::uint64_t memory_limit = std::uint64_t{1} << 30U;
};

std::string reason(const Outcome& outcome) {
  if (const auto* kept = std::get_if<Kept>(&outcome.verdict)) return kept->reason.code;
  if (const auto* skipped = std::get_if<Skipped>(&outcome.verdict)) return skipped->reason.code;
  if (const auto* failed = std::get_if<Failed>(&outcome.verdict))
    return std::string(name(failed->error.code));
  return {};
}

}  // namespace

TEST_CASE("compress: a result that is smaller is written, and decodes to the same pixels") {
  Desk desk;
  desk.put("in", "images/png/gray-saved-as-rgba.png");
  const Outcome outcome = desk.run({});
  REQUIRE(std::holds_alternative<Compressed>(outcome.verdict));
  CHECK(outcome.bytes_out < outcome.bytes_in);
  CHECK(desk.get().size() == outcome.bytes_out);
  const Format* png = format_named("png");
  CHECK(same_pixels(*png->decode(desk.original, {}), *png->decode(desk.get(), {})));
  CHECK(outcome.timings.total >= outcome.timings.encode);
}

TEST_CASE("compress: with any format an image gets the one that is smallest, and its extension") {
  Desk desk;
  desk.put("in", "images/png/gray-alpha.png");
  Options options;
  options.any_format = true;
  const auto run = [&](const Key& output, bool follows) {
    Job job{0, "in", output, true, std::make_shared<const Options>(options), follows};
    return compress(plan(std::move(job), desk.store, 1, desk.memory_limit), desk.store, desk.store);
  };
  const Outcome outcome = run("out/a.png", true);
  CHECK(outcome.format_out == "webp");
  CHECK(outcome.output == "out/a.webp");
  CHECK(same_pixels(*format_named("png")->decode(desk.original, {}),
                    *format_named("webp")->decode(desk.get("out/a.webp"), {})));
  for (const char* format : {"png", "webp"}) {
    Options one;
    one.convert_to = format;
    CHECK(outcome.bytes_out <= desk.run(one).bytes_out);
  }

  const Outcome named = run("given.png", false);
  CHECK_FALSE(named.output);
  CHECK(desk.get("given.png") == desk.get("out/a.webp"));

  // Whatever the format of the run before.
  options.overwrite = Overwrite::never;
  CHECK(reason(run("out/a.png", true)) == "exists");
}

TEST_CASE("compress: with any format a JPEG's pixels may go into no PNG, and CMYK into nothing else") {
  Desk desk;
  Options options;
  options.any_format = true;
  for (const char* file : {"images/jpeg/photo-q60.jpg", "images/jpeg/cmyk.jpg"}) {
    desk.put("in", file);
    const Outcome outcome = desk.run(options);
    CHECK(std::holds_alternative<Compressed>(outcome.verdict));
    CHECK(outcome.format_out == "jpeg");
  }
}

TEST_CASE("compress: what does not shrink, or not enough, is copied byte for byte with its reason") {
  Desk desk;
  desk.put("in", "images/png/gray-saved-as-rgba.png");
  (void)desk.run({}, "in", "best");
  CHECK(reason(desk.run({}, "best", "out")) == "no_gain");
  CHECK(desk.get() == desk.get("best"));

  Options greedy;
  greedy.min_savings.fraction = 0.999;
  CHECK(reason(desk.run(greedy)) == "below_min_savings");
  CHECK(desk.get() == desk.original);
}

TEST_CASE("compress: kinds that would be harmed are kept byte for byte") {
  Desk desk;
  for (const auto& sample : {std::pair{"images/webp/animated.webp", "animated"},
                             std::pair{"images/jpeg/arithmetic.jpg", "arithmetic_jpeg"}}) {
    const std::string file = sample.first;
    CAPTURE(file);
    desk.put("in", file);
    CHECK(reason(desk.run({})) == sample.second);
    CHECK(desk.get() == desk.original);
  }
}

TEST_CASE(
    "compress: an animated PNG is compressed, lossless even when lossy is asked, or kept when it is odd") {
  Desk desk;
  desk.put("in", "images/png/apng-hidden-default.png");
  Options options;
  options.fidelity = Fidelity::perceptual;
  const Outcome outcome = desk.run(options);
  REQUIRE(std::holds_alternative<Compressed>(outcome.verdict));
  CHECK(outcome.bytes_out < outcome.bytes_in);
  REQUIRE(outcome.notes.size() == 1);
  CHECK(outcome.notes[0].code == "animated");
  CHECK(*format_named("png")->same_picture(desk.original, desk.get(), {}));
  desk.memory_limit = std::uint64_t{3} << 20U;
  const Outcome lean = desk.run(options);
  REQUIRE(std::holds_alternative<Compressed>(lean.verdict));
  CHECK(std::get<Compressed>(lean.verdict).recipe == "png-frames-by-rows");
  CHECK(lean.notes.size() == 2);

  desk.put("in", "images/png/apng-wrong-sequence.png");
  CHECK(reason(desk.run({})) == "odd_animation");
  CHECK(desk.get() == desk.original);
  options.convert_to = "webp";
  CHECK(reason(desk.run(options)) == "refused");
}

TEST_CASE("compress: content decides the format, and a wrong name is noted") {
  Desk desk;
  desk.put("a.png", "images/jpeg/photo-q95-420.jpg");
  const Outcome outcome = desk.run({}, "a.png");
  CHECK(outcome.format_in == "jpeg");
  REQUIRE(outcome.notes.size() == 1);
  CHECK(outcome.notes[0].code == "wrong_extension");
}

TEST_CASE("compress: what is no image is left out, copied when asked, and an error when named") {
  Desk desk;
  REQUIRE(desk.store.write("notes.txt", Bytes{'h', 'i'}, {}));
  CHECK(reason(desk.run({}, "notes.txt", "out", false)) == "not_an_image");
  CHECK(desk.get().empty());
  CHECK(reason(desk.run({}, "notes.txt", "out", true)) == "unsupported");
  Options copying;
  copying.copy_others = true;
  CHECK(reason(desk.run(copying, "notes.txt", "out", false)) == "not_an_image");
  CHECK(desk.get() == Bytes{'h', 'i'});
  REQUIRE(desk.store.write("b.png", Bytes{'h', 'i'}, {}));
  CHECK(reason(desk.run({}, "b.png", "b", false)) == "malformed");
}

TEST_CASE("compress: an output that exists is left alone when asked, and the input is never the output") {
  Desk desk;
  desk.put("in", "images/png/gray-saved-as-rgba.png");
  REQUIRE(desk.store.write("out", Bytes{1}, {}));
  Options options;
  options.overwrite = Overwrite::never;
  CHECK(reason(desk.run(options)) == "exists");
  CHECK(desk.get() == Bytes{1});
  CHECK(reason(desk.run({}, "in", "in")) == "refused");
}

TEST_CASE("compress: in place it writes only what shrank, and keeps a copy when asked") {
  Desk desk;
  desk.put("in", "images/png/gray-saved-as-rgba.png");
  Options options;
  options.in_place = true;
  options.backup_suffix = ".orig";
  CHECK(std::holds_alternative<Compressed>(desk.run(options, "in", "in").verdict));
  CHECK(desk.get("in.orig") == desk.original);
  CHECK(desk.get("in").size() < desk.original.size());
}

TEST_CASE("compress: conversion ignores the original's size, and refuses what it would lose") {
  Desk desk;
  Options options;
  options.convert_to = "webp";
  desk.put("in", "images/png/gray-saved-as-rgba.png");
  const Outcome outcome = desk.run(options);
  CHECK(outcome.format_out == "webp");
  CHECK(sniff(desk.get()) == format_named("webp"));
  desk.put("in", "images/png/apng-two-frames.png");
  CHECK(reason(desk.run(options)) == "refused");
}

TEST_CASE("compress: a picture whose orientation stands behind its pixels is turned as well") {
  Desk desk;
  const Image lying = test::gradient(30, 20, ColorModel::rgb);
  REQUIRE(desk.store.write("in", test::png_of(lying, {}, {{"eXIf", minimal_exif(6)}}), {}));
  Options upright;
  upright.auto_orient = true;
  Options other_format;
  other_format.convert_to = "webp";
  for (const Options& options : {upright, other_format}) {
    REQUIRE(std::holds_alternative<Compressed>(desk.run(options).verdict));
    const Format* format = sniff(desk.get());
    CHECK(format->probe(desk.get(), {})->orientation == 1);
    CHECK(same_pixels(*format->decode(desk.get(), {}), turned(lying, turn_of_orientation(6))));
  }
}

TEST_CASE("compress: damage is an error, and nothing is written") {
  Desk desk;
  for (const char* file : {"broken/truncated.png", "broken/bad-crc.png", "broken/huge-text-chunk.png",
                           "broken/huge-arithmetic.jpg", "broken/truncated.webp"}) {
    CAPTURE(file);
    desk.put("in", file);
    CHECK(std::holds_alternative<Failed>(desk.run({}).verdict));
    CHECK(desk.get().empty());
  }
}

}  // namespace imgc
