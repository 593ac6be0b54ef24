// What a job is admitted by is never less than what it takes.
#include <cstdint>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/compress.h"
#include "engine/plan.h"
#include "formats/png/make.h"
#include "store/dry_run.h"
#include "store/memory.h"
#include "support/images.h"
#include "support/pipe.h"

namespace imgc {
namespace {

constexpr std::uint64_t no_limit = std::uint64_t{1} << 40U;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
constexpr bool sanitized = __has_feature(address_sanitizer);
#else
constexpr bool sanitized = false;
#endif

std::uint64_t from_status(const char* what) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(what)) return std::stoull(line.substr(std::string(what).size())) * 1024;
  return 0;
}

struct Measured {
  std::uint64_t estimate = 0;
  std::uint64_t peak = 0;  // above what the process had before
  bool failed = false;
};

// In a process of its own, whose heap holds nothing that could be used again, and whose code has been read in
// by the same job on a small image.
Measured measure(const Job& job, const Key& small, Store& store) {
  test::Pipe pipe;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    DryRunStore nowhere(store);
    Job warming = job;
    warming.input = small;
    static_cast<void>(compress(plan(warming, store, 1, no_limit), store, nowhere));
    ::mallopt(M_MMAP_THRESHOLD, 128 << 10);
    ::malloc_trim(0);
    std::ofstream("/proc/self/clear_refs") << "5";  // forgets the peak so far
    const std::uint64_t before = from_status("VmRSS:");
    Measured measured;
    const Plan planned = plan(job, store, 1, no_limit);
    measured.estimate = planned.cost_bytes;
    const Outcome outcome = compress(planned, store, nowhere);
    measured.failed = std::holds_alternative<Failed>(outcome.verdict);
    measured.peak = from_status("VmHWM:") - before;
    const bool told = ::write(pipe.in.get(), &measured, sizeof measured) == sizeof measured;
    ::_exit(told ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  Measured measured;
  REQUIRE(::read(pipe.out.get(), &measured, sizeof measured) == sizeof measured);
  return measured;
}

struct Way {
  std::string name;
  std::function<void(Options&)> set;
};

std::vector<Way> ways() {
  const auto lossy = [](Options& options) { options.fidelity = Fidelity::perceptual; };
  return {
      {"fast", [](Options& options) { options.effort = Effort::fast; }},
      {"default", [](Options&) {}},
      {"lossy fast",
       [=](Options& options) {
         lossy(options);
         options.effort = Effort::fast;
       }},
      {"lossy", lossy},
      {"target",
       [=](Options& options) {
         lossy(options);
         options.target = 70;
       }},
      {"near-lossless",
       [=](Options& options) {
         lossy(options);
         options.quality.all = {100, 100};
       }},
      {"to jpeg",
       [=](Options& options) {
         lossy(options);
         options.convert_to = "jpeg";
         options.background = Rgb{255, 255, 255};
       }},
      {"to webp", [](Options& options) { options.convert_to = "webp"; }},
      {"lossy to webp",
       [=](Options& options) {
         lossy(options);
         options.convert_to = "webp";
       }},
      {"turned", [](Options& options) { options.rotate = 90; }},
      {"any format", [](Options& options) { options.any_format = true; }},
  };
}

// The image as a PNG, and as what imgc makes of it in the other formats.
void put_in_formats(MemoryStore& store, const std::string& name, const Image& image) {
  const auto put = [&](const std::string& key, ByteView bytes) { REQUIRE(store.write(key, bytes, {})); };
  const Bytes png = test::png_of(image);
  put(name + ".png", png);
  for (const char* format : {"jpeg", "webp"}) {
    Options options;
    options.fidelity = Fidelity::perceptual;
    options.quality.all = {0, 90};
    options.effort = Effort::fast;
    options.convert_to = format;
    options.background = Rgb{};
    const Job job{0, name + ".png", name + '.' + format, true, std::make_shared<const Options>(options)};
    const Outcome outcome = compress(plan(job, store, 1, no_limit), store, store);
    CAPTURE(name);
    CAPTURE(format);
    REQUIRE(std::holds_alternative<Compressed>(outcome.verdict));
  }
}

void put_files(MemoryStore& store, std::uint32_t width, std::uint32_t height) {
  const auto put = [&](const std::string& key, ByteView bytes) { REQUIRE(store.write(key, bytes, {})); };
  put_in_formats(store, "noise", test::noise(width, height, ColorModel::rgb));
  put_in_formats(store, "gradient", test::gradient(width, height, ColorModel::rgba));
  put_in_formats(store, "blocks", test::blocks(width, height, 40));
  put_in_formats(store, "gray", test::gradient(width, height, ColorModel::gray));
  put("deep.png", test::png_of(test::gradient(width, height, ColorModel::rgb, 16)));
  put("deep-noise.png", test::png_of(test::noise(width, height, ColorModel::rgba, 16)));
  put("interlaced.png", test::interlaced_png_of(test::gradient(width, height, ColorModel::rgb)));
}

}  // namespace

TEST_CASE("estimate: no job takes more memory than it is admitted by") {
  if (sanitized) {
    MESSAGE("skipped: a sanitizer takes memory of its own");
    return;
  }
  constexpr std::uint32_t width = 480;
  constexpr std::uint32_t height = 360;
  MemoryStore store;
  put_files(store, width, height);
  MemoryStore small;
  put_files(small, 48, 48);
  const std::vector<Key> keys = store.keys();
  for (const Key& key : small.keys())
    REQUIRE(store.write("small/" + key, small.read(key, no_limit)->bytes, {}));

  for (const Key& key : keys) {
    for (const Way& way : ways()) {
      Options options;
      way.set(options);
      const Job job{0, key, "out", true, std::make_shared<const Options>(options)};
      const Measured measured = measure(job, "small/" + key, store);
      CAPTURE(key);
      CAPTURE(way.name);
      CAPTURE(measured.failed);
      CHECK(measured.peak <= measured.estimate);
    }
  }
}

}  // namespace imgc
