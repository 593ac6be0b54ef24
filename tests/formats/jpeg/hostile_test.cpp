#include <chrono>
#include <filesystem>
#include <random>
#include <string>

#include <doctest/doctest.h>

#include "formats/jpeg/jpeg.h"
#include "formats/jpeg/markers.h"
#include "formats/jpeg/samples.h"
#include "image/convert.h"
#include "support/images.h"

namespace imgc {
namespace {

double seconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

// All that the engine would do with it. What matters is that it ends, soon and without a crash.
void do_everything(const Bytes& bytes) {
  Limits limits;
  limits.memory = std::uint64_t{512} << 20U;
  jpeg_format.segments(bytes);
  const auto metadata = jpeg_format.metadata(bytes, limits);
  const auto probe = jpeg_format.probe(bytes, limits);
  const auto image = jpeg_format.decode(bytes, limits);
  if (!probe || probe->untouchable || !metadata) return;
  const Subject subject(bytes, *probe, *metadata, limits);
  for (const Options& options : {test::exact(Effort::fast), test::lossy(40, Effort::fast)}) {
    const auto lineup = jpeg_format.lineup(*probe, options);
    if (!lineup) continue;
    for (const Recipe& recipe : lineup->recipes) {
      const auto attempt = recipe.run(subject, SIZE_MAX);
      // What a recipe takes, the decoder takes, and so it takes what came of it.
      if (!attempt || !std::holds_alternative<Candidate>(*attempt)) continue;
      REQUIRE(image);
      const auto made = jpeg_format.decode(std::get<Candidate>(*attempt).bytes, limits);
      REQUIRE_MESSAGE(made, made.error().message);
      if (recipe.fidelity == Fidelity::exact) CHECK(made->pixels == image->pixels);
    }
  }
}

void set_size(Bytes& jpeg, std::uint8_t frame_marker, unsigned width, unsigned height) {
  const std::size_t frame = test::payload_of(jpeg, frame_marker);
  jpeg[frame + 1] = static_cast<std::uint8_t>(height >> 8U);
  jpeg[frame + 2] = static_cast<std::uint8_t>(height);
  jpeg[frame + 3] = static_cast<std::uint8_t>(width >> 8U);
  jpeg[frame + 4] = static_cast<std::uint8_t>(width);
}

}  // namespace

TEST_CASE("the 230-byte arithmetic JPEG of 665 million pixels fails at once, and says which option helps") {
  Bytes jpeg = test::make_jpeg({.width = 8, .height = 8, .h = 1, .v = 1, .arithmetic = true});
  set_size(jpeg, 0xC9, 35584, 18696);
  const auto start = std::chrono::steady_clock::now();
  const auto probe = jpeg_format.probe(jpeg, Limits{});
  REQUIRE_FALSE(probe);
  CHECK(probe.error().code == ErrorCode::limit);
  CHECK(probe.error().message.find("35584 x 18696") != std::string::npos);
  CHECK(probe.error().message.find("--max-pixels") != std::string::npos);
  Limits raised;
  raised.max_pixels = 1'000'000'000;
  const auto image = jpeg_format.decode(jpeg, raised);
  REQUIRE_FALSE(image);
  CHECK(image.error().code == ErrorCode::unsupported);
  CHECK(seconds(start) < 0.1);
}

TEST_CASE("a small file that declares hundreds of megapixels costs neither time nor memory") {
  for (const bool progressive : {false, true}) {
    Bytes jpeg = test::make_jpeg({.width = 64, .height = 64, .progressive = progressive});
    set_size(jpeg, progressive ? 0xC2 : 0xC0, 20000, 20000);
    const auto start = std::chrono::steady_clock::now();
    const auto image = jpeg_format.decode(jpeg, Limits{});
    REQUIRE_FALSE(image);
    CHECK(image.error().code == ErrorCode::truncated);
    CHECK(seconds(start) < 0.1);
  }
}

TEST_CASE("a file cut anywhere is an error, never grey pixels") {
  for (const bool progressive : {false, true}) {
    const Bytes whole = test::make_jpeg({.width = 64, .height = 64, .progressive = progressive});
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const auto image = jpeg_format.decode(ByteView(whole).first(size), Limits{});
      REQUIRE_FALSE(image);
      CHECK(!image.error().message.empty());
    }
    REQUIRE(jpeg_format.decode(whole, Limits{}));
  }
}

TEST_CASE("where damage is accepted, a file cut anywhere in its data shows what is left") {
  Limits limits;
  limits.accept_damage = true;
  for (const bool progressive : {false, true}) {
    const Bytes whole = test::make_jpeg({.width = 64, .height = 64, .progressive = progressive});
    const std::size_t scan = test::payload_of(whole, jpeg::marker::sos) + 10;
    for (std::size_t size = scan; size < whole.size(); ++size) {
      const auto image = jpeg_format.decode(ByteView(whole).first(size), limits);
      if (progressive && !image) continue;  // libjpeg gives up inside the header of a later scan
      REQUIRE(image);
      CHECK(image->height == 64);
    }
    CHECK(same_pixels(*jpeg_format.decode(whole, limits), *jpeg_format.decode(whole, Limits{})));
  }
}

TEST_CASE("damaged entropy-coded data are an error, and recipes find the same") {
  Bytes jpeg = test::make_jpeg({.width = 200, .height = 200, .restart_interval = 5});
  const std::size_t scan = test::payload_of(jpeg, jpeg::marker::sos) + 10;
  // A restart marker out of order.
  for (std::size_t i = scan; i + 1 < jpeg.size(); ++i) {
    if (jpeg[i] != 0xFF || jpeg[i + 1] != 0xD1) continue;
    jpeg[i + 1] = 0xD6;
    break;
  }
  const auto image = jpeg_format.decode(jpeg, Limits{});
  REQUIRE_FALSE(image);
  CHECK(image.error().code == ErrorCode::damaged);
  const auto probe = jpeg_format.probe(jpeg, Limits{});
  REQUIRE(probe);
  const Subject subject(jpeg, *probe, {}, Limits{});
  const auto lineup = jpeg_format.lineup(*probe, {});
  const auto attempt = lineup->recipes.at(0).run(subject, SIZE_MAX);
  REQUIRE_FALSE(attempt);
  CHECK(attempt.error().code == ErrorCode::damaged);
}

TEST_CASE("more scans than the limit are refused") {
  Bytes jpeg = test::make_jpeg({.progressive = true});
  // The last scan, a hundred times over.
  jpeg::MarkerWalk walk(jpeg);
  Bytes last;
  while (const auto found = walk.next())
    if (found->code == jpeg::marker::sos)
      last.assign(jpeg.begin() + static_cast<std::ptrdiff_t>(found->offset),
                  jpeg.begin() + static_cast<std::ptrdiff_t>(found->offset + found->bytes));
  jpeg.resize(jpeg.size() - 2);
  for (int i = 0; i < 120; ++i) jpeg.insert(jpeg.end(), last.begin(), last.end());
  jpeg.insert(jpeg.end(), {0xFF, 0xD9});
  const auto image = jpeg_format.decode(jpeg, Limits{});
  REQUIRE_FALSE(image);
  // libjpeg may find the repeated refinement wrong first.
  const bool stopped = image.error().code == ErrorCode::limit || image.error().code == ErrorCode::damaged;
  CHECK(stopped);
  Limits few;
  few.jpeg_scans = 3;
  const auto limited = jpeg_format.decode(test::make_jpeg({.progressive = true}), few);
  REQUIRE_FALSE(limited);
  CHECK(limited.error().code == ErrorCode::limit);
}

TEST_CASE("the memory limit holds for decoding and for coefficients") {
  const Bytes jpeg = test::make_jpeg({.width = 1000, .height = 1000, .progressive = true});
  Limits limits;
  limits.memory = 1'000'000;
  const auto image = jpeg_format.decode(jpeg, limits);
  REQUIRE_FALSE(image);
  CHECK(image.error().code == ErrorCode::out_of_memory);
  CHECK(image.error().message.find("--memory-limit") != std::string::npos);
  const auto probe = jpeg_format.probe(jpeg, limits);
  REQUIRE(probe);
  const Subject subject(jpeg, *probe, {}, limits);
  const auto lineup = jpeg_format.lineup(*probe, {});
  const auto attempt = lineup->recipes.at(0).run(subject, SIZE_MAX);
  REQUIRE_FALSE(attempt);
  CHECK(attempt.error().code == ErrorCode::out_of_memory);
}

TEST_CASE("files with random damage end without a crash") {
  // NOLINTNEXTLINE(cert-msc32-c,cert-msc51-cpp): the same on every run
  std::mt19937 random(7);
  for (const bool progressive : {false, true}) {
    for (const auto colors : {test::JpegColors::ycc, test::JpegColors::ycck}) {
      const Bytes good = test::make_jpeg(
          {.width = 70, .height = 50, .colors = colors, .progressive = progressive, .restart_interval = 4});
      for (int round = 0; round < 300; ++round) {
        Bytes bad = good;
        for (unsigned i = 0; i <= random() % 4; ++i)
          bad[random() % bad.size()] = static_cast<std::uint8_t>(random());
        do_everything(bad);
      }
    }
  }
}

TEST_CASE("every file of the hostile corpus ends within a second") {
  const auto corpus = test::shared_corpus();
  if (!corpus) return;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*corpus / "hostile" / "jpeg")) {
    if (!entry.is_regular_file()) continue;
    const std::string name = entry.path().filename().string();
    CAPTURE(name);
    const auto start = std::chrono::steady_clock::now();
    do_everything(test::read_file(entry.path()));
#if defined(__SANITIZE_ADDRESS__)
    constexpr double most = 20;
#else
    constexpr double most = 1;
#endif
    CHECK(seconds(start) < most);
  }
}

}  // namespace imgc
