#include "cli/metrics.h"

#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "store/temp_dir.h"

namespace imgc {
namespace {

std::string content(const std::string& path) {
  std::ostringstream all;
  all << std::ifstream(path).rdbuf();
  return all.str();
}

bool has_line(const std::string& text, const std::string& line) {
  return text.find("\n" + line + "\n") != std::string::npos;
}

Record record(Verdict verdict) {
  Record record;
  record.outcome.verdict = std::move(verdict);
  record.outcome.bytes_in = 1000;
  record.outcome.bytes_out = 600;
  record.outcome.timings.encode = Milliseconds(1500);
  record.outcome.timings.total = Milliseconds(1600);
  return record;
}

}  // namespace

TEST_CASE("metrics: counts, bytes, errors by code, seconds by stage and jobs in work") {
  const test::TempDir dir;
  Metrics metrics(dir / "imgc.prom");
  for (int i = 0; i < 3; ++i) metrics.started();
  metrics.finished(record(Compressed{"png", {}, {}}));
  metrics.finished(record(Failed{{ErrorCode::truncated, "ends early"}}));
  const std::string text = metrics.text();
  CHECK(has_line(text, "imgc_files{outcome=\"compressed\"} 1"));
  CHECK(has_line(text, "imgc_files{outcome=\"failed\"} 1"));
  CHECK(has_line(text, "imgc_input_bytes 1000"));
  CHECK(has_line(text, "imgc_output_bytes 600"));
  CHECK(has_line(text, "imgc_errors{code=\"truncated\"} 1"));
  CHECK(has_line(text, "imgc_stage_seconds{stage=\"encode\"} 3.000"));
  CHECK(has_line(text, "imgc_jobs_in_work 1"));
  CHECK(has_line(text, "imgc_last_success_timestamp_seconds 0"));
}

TEST_CASE("metrics: the time of the last success outlives runs that fail") {
  const test::TempDir dir;
  const std::string path = dir / "imgc.prom";
  Summary summary;
  summary.status = Status::completed;
  REQUIRE(Metrics(path).finish(summary));
  const std::string good = content(path);
  const std::size_t at = good.find("\nimgc_last_success_timestamp_seconds ");
  REQUIRE(at != std::string::npos);
  const std::string line = good.substr(at + 1, good.find('\n', at + 1) - at - 1);
  CHECK(line != "imgc_last_success_timestamp_seconds 0");
  summary.status = Status::completed_with_errors;
  REQUIRE(Metrics(path).finish(summary));
  CHECK(has_line(content(path), line));
}

}  // namespace imgc
