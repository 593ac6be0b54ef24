#include "cli/summary_text.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include "imgc/report.h"

#include "support/contains.h"
#include "support/records.h"

using namespace imgc;
using test::contains;
using test::record_of;

namespace {

Summary run_of(SummaryText& words, const std::vector<Record>& records) {
  Summary summary;
  for (const Record& record : records) {
    words.add(record);
    summary.totals.add(record.outcome);
  }
  summary.wall = Milliseconds(2000);
  return summary;
}

}  // namespace

TEST_CASE("summary: the whole summary as a person reads it") {
  SummaryText words(10);
  Record noted = record_of(1, "in/b.png", Compressed{"png-paeth", {}, {}}, 3'200'000, 1'100'000);
  noted.outcome.notes = {{"wrong_extension", "named .jpg, but a PNG"}};
  const Summary summary = run_of(
      words, {record_of(0, "in/a.png", Compressed{"png-quant", 70, {}}, 10'000'000, 2'500'000), noted,
              record_of(2, "in/c.jpg", Kept{{"no_gain", "no smaller result was found"}}, 50'000, 50'000),
              record_of(3, "in/d.txt", Skipped{{"not_image", "not an image"}}),
              record_of(4, "in/e.png", Failed{{ErrorCode::malformed, "bad CRC"}})});
  CHECK(words.text(summary, {.report = "out/imgc-report.json"}) ==
        "Compressed 2 of 5 files: 13.2 MB → 3.65 MB, saved 9.60 MB (72.5 %)\n"
        "1 kept, 1 skipped, 1 failed; 2.0 s, 2.50 files/s, 6.62 MB/s\n"
        "Largest savings:\n"
        "  10.0 MB → 2.50 MB  -75.0 %  in/a.png\n"
        "  3.20 MB → 1.10 MB  -65.6 %  in/b.png\n"
        "Kept as they were:\n"
        "  1  no smaller result was found\n"
        "Skipped:\n"
        "  1  not an image\n"
        "Notes:\n"
        "  1  named .jpg, but a PNG\n"
        "Failed:\n"
        "  in/e.png: bad CRC\n"
        "Report: out/imgc-report.json\n");
}

TEST_CASE("summary: nothing to do is said in one line") {
  SummaryText words(10);
  CHECK(words.text(Summary{}, {}) == "No files.\n");
}

TEST_CASE("summary: the five largest savings, the same whatever order the files ended in") {
  const auto file = [](std::uint64_t id, std::uint64_t saved) {
    return record_of(id, "f" + std::to_string(id), Compressed{}, 1'000'000, 1'000'000 - saved);
  };
  std::vector<Record> records;
  for (std::uint64_t id = 0; id < 50; ++id) records.push_back(file(id, 1000 + id / 3));
  SummaryText forwards(10);
  SummaryText backwards(10);
  const Summary summary = run_of(forwards, records);
  run_of(backwards, {records.rbegin(), records.rend()});
  const std::string text = forwards.text(summary, {});
  CHECK(text == backwards.text(summary, {}));
  // 48 and 49 saved most; of the three that follow, and the three after them, the earlier come first.
  std::size_t at = 0;
  for (const char* name : {"f48\n", "f49\n", "f45\n", "f46\n", "f47\n"}) {
    const std::size_t found = text.find(name);
    REQUIRE(found != std::string::npos);
    CHECK(found > at);
    at = found;
  }
  CHECK_FALSE(contains(text, "f44\n"));
}

TEST_CASE("summary: reasons are grouped, the commonest first; where sentences differ the code speaks") {
  SummaryText words(10);
  std::vector<Record> records;
  for (std::uint64_t i = 0; i < 12; ++i)
    records.push_back(
        record_of(i, "x", Kept{{"already_at_quality", "is at quality " + std::to_string(i)}}, 1, 1));
  records.push_back(record_of(20, "y", Kept{{"animated", "animated images are kept"}}, 1, 1));
  const std::string text = words.text(run_of(words, records), {});
  CHECK(contains(text, "Kept as they were:\n  12  already at quality\n   1  animated images are kept\n"));
}

TEST_CASE("summary: more failures than are kept are counted, and the report is pointed to") {
  SummaryText words(2);
  std::vector<Record> records;
  for (std::uint64_t i = 0; i < 7; ++i)
    records.push_back(record_of(i, "f" + std::to_string(i), Failed{{ErrorCode::io, "gone"}}));
  const Summary summary = run_of(words, records);
  CHECK(contains(words.text(summary, {.report = "r"}),
                 "Failed:\n  f0: gone\n  f1: gone\n  and 5 more: the report names them all\n"));
  CHECK(contains(words.text(summary, {}), "  and 5 more\n"));
  CHECK(contains(words.text(summary, {.failures_shown = true}), "Failed:\n  7 files, named above\n"));
}

TEST_CASE("summary: a dry run says what would be, and that nothing was written") {
  SummaryText words(2);
  const Summary summary = run_of(words, {record_of(0, "a", Compressed{}, 1000, 500)});
  const std::string text = words.text(summary, {.dry_run = true});
  CHECK(text.starts_with("Would compress 1 of 1 file: 1.00 KB → 500 B, would save 500 B (50.0 %)\n"));
  CHECK(contains(text, "Dry run: no image was written\n"));
}

TEST_CASE("summary: converted files that grew are not called a saving") {
  SummaryText words(2);
  const Summary summary = run_of(words, {record_of(0, "a", Compressed{}, 1000, 1500)});
  const std::string text = words.text(summary, {});
  CHECK(contains(text, "grew by 500 B (50.0 %)"));
  CHECK_FALSE(contains(text, "saved"));
  CHECK_FALSE(contains(text, "Largest savings"));
}

TEST_CASE("summary: why a run ended early") {
  SummaryText words(2);
  Summary summary = run_of(words, {record_of(0, "a", Kept{{"no_gain", "no gain"}}, 10, 10)});
  summary.status = Status::interrupted;
  CHECK(contains(words.text(summary, {}), "Interrupted:"));
  summary.status = Status::failed;
  summary.stopped_by = Error{ErrorCode::no_space, "the disk is full"};
  CHECK(contains(words.text(summary, {}), "The run ended early: the disk is full\n"));
}

TEST_CASE("summary: without UTF-8 there is none") {
  SummaryText words(2);
  const Summary summary = run_of(words, {record_of(0, "a", Compressed{}, 1000, 500)});
  for (const char c : words.text(summary, {.style = {.utf8 = false}}))
    CHECK(static_cast<unsigned char>(c) < 0x80);
}
