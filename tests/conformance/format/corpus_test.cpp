// Broken and odd files from the wild, when they are there.
#include <algorithm>
#include <ctime>
#include <filesystem>

#include <doctest/doctest.h>

#include "conformance/format/samples.h"
#include "engine/contest.h"
#include "engine/verify.h"
#include "image/convert.h"
#include "support/images.h"

namespace imgc::test {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr double patience_s = 10;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr double patience_s = 10;
#else
constexpr double patience_s = 1;
#endif
#else
constexpr double patience_s = 1;
#endif

std::vector<std::filesystem::path> files_in(const char* folder) {
  std::vector<std::filesystem::path> files;
  const auto corpus = shared_corpus();
  if (!corpus || !std::filesystem::is_directory(*corpus / folder)) {
    MESSAGE("skipped: no corpus ", std::string(folder), "; IMGC_CORPUS can name its parent");
    return files;
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*corpus / folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::ranges::sort(files);
  REQUIRE_FALSE(files.empty());
  return files;
}

// The processor's time, so that a busy machine is not a slow format.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Everything that reads, in the time it may take. Whether the file decodes.
bool check_reads(const Format& format, const Bytes& bytes) {
  const double start = cpu_seconds();
  const auto probe = format.probe(bytes, Limits{});
  const auto metadata = format.metadata(bytes, Limits{});
  const auto segments = format.segments(bytes);
  const auto image = format.decode(bytes, Limits{});
  CHECK(cpu_seconds() - start < patience_s);
  if (!image) CHECK_FALSE(image.error().message.empty());
  if (image && probe) {
    CHECK(image->pixels.size() == image->row_bytes() * image->height);
    CHECK(probe->width == image->width);
    CHECK(probe->height == image->height);
  }
  return image && probe && metadata && !probe->untouchable;
}

void check_recompresses(const Format& format, const Bytes& bytes) {
  const auto probe = format.probe(bytes, Limits{});
  const auto metadata = format.metadata(bytes, Limits{});
  const Subject subject(bytes, *probe, *metadata, Limits{});
  for (const Fidelity fidelity : {Fidelity::exact, Fidelity::perceptual}) {
    const Options asked = options(fidelity);
    const auto lineup = format.lineup(*probe, asked);
    REQUIRE(lineup.has_value());
    const ContestResult result = contest(*lineup, subject, unbounded);
    if (!result.winner) continue;
    const auto verdict = verify(*result.winner, subject, format, asked.background);
    if (!verdict) FAIL_CHECK(verdict.error().message);
  }
}

}  // namespace

TEST_CASE("corpus: hostile files are read in time and never crash anything") {
  unsigned known = 0;
  unsigned good = 0;
  for (const auto& path : files_in("hostile")) {
    INFO(path.string());
    const Bytes bytes = read_file(path);
    for_each_format([&](const Format& format) { static_cast<void>(format.probe(bytes, Limits{})); });
    const Format* format = sniff(bytes);
    if (format == nullptr) continue;
    ++known;
    if (!check_reads(*format, bytes)) continue;
    ++good;
    check_recompresses(*format, bytes);
  }
  MESSAGE("known formats: ", known, ", recompressed: ", good);
}

TEST_CASE("corpus: PngSuite's good files recompress, and its broken ones fail") {
  for (const auto& path : files_in("pngsuite")) {
    if (path.extension() != ".png") continue;
    INFO(path.string());
    const Bytes bytes = read_file(path);
    const Format* format = sniff(bytes);
    // The suite's broken files begin with an x; some of them have no PNG signature.
    const bool broken = path.filename().string().starts_with('x');
    if (format == nullptr) {
      CHECK(broken);
      continue;
    }
    const bool reads = check_reads(*format, bytes);
    if (broken) CHECK_FALSE(reads);
    if (!broken) CHECK(reads);
    if (reads) check_recompresses(*format, bytes);
  }
}

TEST_CASE("corpus: orientations survive") {
  for (const auto& path : files_in("orientation")) {
    const Bytes bytes = read_file(path);
    const Format* format = sniff(bytes);
    if (format == nullptr || !check_reads(*format, bytes)) continue;
    INFO(path.string());
    const FileSubject subject(*format, bytes);
    const auto made = converted(*subject, *format, options(Fidelity::exact));
    REQUIRE(made.has_value());
    CHECK(format->probe(*made, Limits{})->orientation == subject->probe().orientation);
  }
}

}  // namespace imgc::test
