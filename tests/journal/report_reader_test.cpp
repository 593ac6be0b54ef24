#include "journal/report_reader.h"

#include <fstream>

#include <doctest/doctest.h>

#include "journal/report_writer.h"
#include "store/temp_dir.h"
#include "support/records.h"

namespace imgc {
namespace {

Record record_with(Verdict verdict, std::uint64_t id = 3) {
  Record record{id, "in/\xFF.png", "out/a.png", {}};
  Outcome& outcome = record.outcome;
  outcome.verdict = std::move(verdict);
  outcome.format_in = "png";
  outcome.format_out = "png";
  outcome.width = 20;
  outcome.height = 10;
  outcome.bytes_in = 900;
  outcome.bytes_out = 300;
  outcome.notes = {{"code", "text"}};
  outcome.timings.total = Milliseconds(12.5);
  return record;
}

Summary half_summary() {
  Summary summary;
  summary.status = Status::completed_with_errors;
  summary.totals.compressed = 5;
  summary.totals.failed = 1;
  summary.totals.bytes_in = 900;
  summary.totals.bytes_out = 300;
  summary.by_format["png"] = summary.totals;
  summary.wall = Milliseconds(2000);
  summary.cpu = Milliseconds(3000);
  summary.peak_rss_bytes = 77;
  summary.unchanged = 4;
  return summary;
}

}  // namespace

TEST_CASE("report reader: a record read back and written again is the same") {
  for (const Verdict& verdict :
       {Verdict(Compressed{"png-paeth", 70, 81.25}), Verdict(Compressed{"png", {}, {}}),
        Verdict(Kept{{"no_gain", "no"}}), Verdict(Skipped{{"exists", "is there"}}),
        Verdict(Failed{{ErrorCode::truncated, "ends early"}})}) {
    const Json json = test::json_of(record_with(verdict));
    CHECK(test::json_of(record_of(json)) == json);
  }
  CHECK(record_of(test::json_of(record_with(Kept{}))).input == "in/\xFF.png");
}

TEST_CASE("report reader: a summary read back and written again is the same") {
  Summary summary = half_summary();
  CHECK(to_json(summary_of(to_json(summary))) == to_json(summary));
  summary.stopped_by = Error{ErrorCode::no_space, "full"};
  summary.status = Status::failed;
  CHECK(to_json(summary_of(to_json(summary))) == to_json(summary));
}

TEST_CASE("report reader: merging adds what was done, and keeps the worst and the longest") {
  Summary sum = half_summary();
  Summary other = half_summary();
  other.status = Status::failed;
  other.wall = Milliseconds(5000);
  other.peak_rss_bytes = 50;
  merge(sum, other);
  CHECK(sum.status == Status::failed);
  CHECK(sum.totals.compressed == 10);
  CHECK(sum.totals.bytes_out == 600);
  CHECK(sum.by_format.at("png").failed == 2);
  CHECK(sum.wall == Milliseconds(5000));
  CHECK(sum.cpu == Milliseconds(6000));
  CHECK(sum.peak_rss_bytes == 77);
  CHECK(sum.unchanged == 8);
}

TEST_CASE("report reader: records come one by one, and are not kept") {
  const test::TempDir dir;
  const std::string path = dir / "report.json";
  {
    std::ofstream file(path, std::ios::binary);
    ReportWriter writer([&](std::string_view text) -> Result<void> {
      file << text;
      return {};
    });
    REQUIRE(writer.begin(RunHeader{}));
    for (std::uint64_t id = 0; id < 1000; ++id) REQUIRE(writer.add(record_with(Kept{{"no_gain", "no"}}, id)));
    REQUIRE(writer.finish(half_summary()));
  }
  std::uint64_t next = 0;
  const auto frame = read_report(path, [&](Json&& record) { CHECK(record.at("id") == next++); });
  REQUIRE(frame);
  CHECK(next == 1000);
  CHECK(frame->summary.unchanged == 4);
  CHECK(frame->header.contains("options"));
  CHECK_FALSE(frame->header.contains("files"));
  CHECK(read_report(dir / "none.json", [](Json&&) {}).error().code == ErrorCode::not_found);
}

}  // namespace imgc
