#include "journal/report_writer.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "imgc/report.h"

#include "formats/format.h"
#include "journal/report_json.h"
#include "support/records.h"

using namespace imgc;
using namespace std::chrono_literals;

namespace {

RunHeader some_header() {
  RunHeader header;
  header.started = std::chrono::sys_days{std::chrono::year{2026} / 1 / 31} + 9h + 5min + 250ms;
  header.invocation.inputs = {"photos"};
  header.invocation.output = "out";
  header.invocation.follow = false;
  header.invocation.on_collision = "refuse";
  header.invocation.durability = "none";
  header.cpus = 4;
  header.run.jobs = 2;
  header.run.memory_limit = 1'000'000'000;
  header.more_libraries = {"oneTBB 2021.8"};
  return header;
}

Record compressed_record() {
  Record record;
  record.id = 7;
  record.input = "photos/a.png";
  record.output = "out/a.png";
  record.outcome.verdict = Compressed{"png-paeth", 70, 81.256};
  record.outcome.format_in = record.outcome.format_out = "png";
  record.outcome.width = 640;
  record.outcome.height = 480;
  record.outcome.bytes_in = 1000;
  record.outcome.bytes_out = 400;
  record.outcome.notes = {{"wrong_extension", "named .jpg, but a PNG"}};
  record.outcome.timings.encode = Milliseconds(12.34567);
  return record;
}

Summary some_summary() {
  Summary summary;
  summary.status = Status::completed_with_errors;
  summary.totals = {
      .compressed = 3, .kept = 2, .skipped = 1, .failed = 4, .bytes_in = 4000, .bytes_out = 1000};
  summary.by_format["png"] = summary.totals;
  summary.wall = Milliseconds(2000);
  summary.cpu = Milliseconds(3500.4);
  summary.peak_rss_bytes = 50'000'000;
  return summary;
}

ReportSink into(std::string& out) {
  return [&out](std::string_view piece) -> Result<void> {
    out += piece;
    return {};
  };
}

std::string report_of(const std::vector<Record>& records) {
  std::string out;
  ReportWriter writer(into(out));
  REQUIRE(writer.begin(some_header()));
  for (const Record& record : records) REQUIRE(writer.add(record));
  REQUIRE(writer.finish(some_summary()));
  return out;
}

}  // namespace

TEST_CASE("a report of no files is a complete document") {
  const Json report = Json::parse(report_of({}));
  CHECK(report.at("schema") == 1);
  CHECK(report.at("started") == "2026-01-31T09:05:00.250Z");
  CHECK(report.at("files").empty());
  CHECK(report.at("machine") ==
        Json{{"cpus", 4}, {"jobs", 2}, {"memory_limit_bytes", 1'000'000'000}, {"sandbox", nullptr}});
  CHECK(report.at("imgc").at("libraries").at("oneTBB") == "2021.8");
  CHECK(report.at("summary").at("status") == "completed_with_errors");
}

TEST_CASE("the header shows every option under its long name, resolved") {
  RunHeader header = some_header();
  header.options.fidelity = Fidelity::perceptual;
  header.options.quality.all = {10, 80};
  header.options.quality.by_format["png"] = {60, 90};
  header.options.effort = Effort::normal;
  header.options.background = Rgb{255, 0, 16};
  header.options.metadata.keep_names = {"tEXt"};
  header.options.metadata.drop_names = {"APP13"};
  header.options.preserve = {.mode = true, .times = true};
  header.options.min_savings = {0.02, 0};
  header.run.max_errors = 5;
  const Json options = to_json(header).at("options");
  CHECK(options.at("lossy") == true);
  CHECK(options.at("quality").size() == formats().size());
  CHECK(options.at("quality").at("png") == Json{{"min", 60}, {"max", 90}});
  CHECK(options.at("quality").at("jpeg") == Json{{"min", 10}, {"max", 80}});
  CHECK(options.at("effort") == "default");
  CHECK(options.at("format") == "keep");
  CHECK(options.at("background") == "#ff0010");
  CHECK(options.at("keep") ==
        Json{"icc", "color", "density", "attached", "orientation", "thumbnail", "tEXt"});
  CHECK(options.at("strip") == Json{"exif", "xmp", "iptc", "text", "time", "other", "APP13"});
  CHECK(options.at("preserve") == Json{"mode", "times"});
  CHECK(options.at("min_savings").at("fraction") == 0.02);
  CHECK(options.at("backup").is_null());
  CHECK(options.at("max_errors") == 5);
  CHECK(options.at("inputs") == Json{"photos"});
  CHECK(options.at("manifest").is_null());
  CHECK(options.at("follow") == false);
  CHECK(options.at("on_collision") == "refuse");
  CHECK(options.at("durability") == "none");
}

TEST_CASE("a record of a compressed file names the recipe and has no reason") {
  const Json record = test::json_of(compressed_record());
  CHECK(record.at("id") == 7);
  CHECK(record.at("input") == "photos/a.png");
  CHECK(record.at("outcome") == "compressed");
  CHECK(record.at("recipe") == "png-paeth");
  CHECK(record.at("quality") == 70);
  CHECK(record.at("score") == 81.26);
  CHECK(record.at("notes").at(0).at("code") == "wrong_extension");
  CHECK(record.at("timings_ms").at("encode") == 12.346);
  CHECK_FALSE(record.contains("reason"));
  CHECK_FALSE(record.contains("error"));
  CHECK_FALSE(record.contains("input_base64"));
}

TEST_CASE("kept and skipped files say why, failed ones have an error, and what is unknown is null") {
  Record record;
  record.input = "x";
  record.outcome.verdict = Kept{{"no_gain", "no candidate was smaller"}};
  CHECK(test::json_of(record).at("reason").at("code") == "no_gain");
  record.outcome.verdict = Skipped{{"not_image", "not an image"}};
  CHECK(test::json_of(record).at("outcome") == "skipped");
  record.outcome.verdict = Failed{{ErrorCode::truncated, "ends early"}};
  const Json failed = test::json_of(record);
  CHECK(failed.at("error") == Json{{"code", "truncated"}, {"message", "ends early"}});
  CHECK_FALSE(failed.contains("reason"));
  CHECK_FALSE(failed.contains("recipe"));
  CHECK(failed.at("output").is_null());
  CHECK(failed.at("format_in").is_null());
  CHECK(failed.at("width").is_null());
}

TEST_CASE("the summary derives rates and fractions, also when nothing was done") {
  const Json summary = to_json(some_summary());
  CHECK(summary.at("files") ==
        Json{{"total", 10}, {"compressed", 3}, {"kept", 2}, {"skipped", 1}, {"failed", 4}});
  CHECK(summary.at("bytes_saved") == 3000);
  CHECK(summary.at("saved_fraction") == 0.75);
  CHECK(summary.at("wall_seconds") == 2);
  CHECK(summary.at("cpu_seconds") == 3.5);
  CHECK(summary.at("files_per_second") == 5);
  CHECK(summary.at("mb_per_second") == 0.002);
  CHECK(summary.at("by_format").at("png").at("files").at("failed") == 4);
  CHECK(summary.at("stopped_by").is_null());

  const Json nothing = to_json(Summary{});
  CHECK(nothing.at("saved_fraction") == 0);
  CHECK(nothing.at("files_per_second") == 0);
}

TEST_CASE("a run that grew its files reports negative savings") {
  Summary summary;
  summary.totals = {.compressed = 1, .bytes_in = 100, .bytes_out = 150};
  CHECK(to_json(summary).at("bytes_saved") == -50);
  CHECK(to_json(summary).at("saved_fraction") == -0.5);
}

TEST_CASE("a run that was stopped names the error") {
  Summary summary;
  summary.status = Status::failed;
  summary.stopped_by = Error{ErrorCode::no_space, "the disk is full"};
  CHECK(to_json(summary).at("stopped_by") == Json{{"code", "no_space"}, {"message", "the disk is full"}});
}

TEST_CASE("names that are not UTF-8 come as text and as their exact bytes") {
  Record record = compressed_record();
  record.input =
      "a\xFF"
      "b\n\"\\\x01.png";
  const Json json = Json::parse(report_of({record})).at("files").at(0);
  CHECK(json.at("input") == "a\uFFFDb\n\"\\\x01.png");
  CHECK(json.at("input_base64") == "Yf9iCiJcAS5wbmc=");
  CHECK_FALSE(json.contains("output_base64"));
}

TEST_CASE("one root that is not UTF-8 brings the bytes of all, in the same order") {
  RunHeader header = some_header();
  header.invocation.inputs = {"ok", "\xC3"};
  const Json options = to_json(header).at("options");
  CHECK(options.at("inputs") == Json{"ok", "\uFFFD"});
  CHECK(options.at("inputs_base64") == Json{"b2s=", "ww=="});
}

TEST_CASE("messages of codecs that are not UTF-8 do not break the document") {
  Record record = compressed_record();
  record.outcome.verdict = Failed{{ErrorCode::malformed, "bad chunk \xE4\xFF"}};
  record.outcome.notes = {{"n", "\x80"}};
  const Json json = Json::parse(report_of({record})).at("files").at(0);
  CHECK(json.at("error").at("message") == "bad chunk \uFFFD\uFFFD");
}

TEST_CASE("times that are no numbers do not become broken JSON") {
  Record record = compressed_record();
  record.outcome.timings.total = Milliseconds(std::numeric_limits<double>::infinity());
  CHECK(Json::parse(report_of({record})).at("files").at(0).at("timings_ms").at("total") == 0);
}

TEST_CASE("each record stands on a line of its own") {
  const std::string report = report_of({compressed_record(), compressed_record()});
  std::size_t lines = 0;
  for (std::size_t at = report.find("\n{\"id\":"); at != std::string::npos;
       at = report.find("\n{\"id\":", at + 1))
    ++lines;
  CHECK(lines == 2);
  CHECK(report.ends_with("}\n"));
}

TEST_CASE("200,000 records pass through in pieces that do not grow") {
  std::uint64_t bytes = 0;
  std::size_t largest = 0;
  std::uint64_t records = 0;
  ReportWriter writer([&](std::string_view piece) -> Result<void> {
    bytes += piece.size();
    largest = std::max(largest, piece.size());
    for (std::size_t at = piece.find("\"id\":"); at != std::string_view::npos;
         at = piece.find("\"id\":", at + 1))
      ++records;
    return {};
  });
  REQUIRE(writer.begin(some_header()));
  Record record = compressed_record();
  for (record.id = 0; record.id < 200'000; ++record.id) REQUIRE(writer.add(record));
  // What the sink has not seen yet is at most one piece: the records are not kept.
  CHECK(records > 199'000);
  REQUIRE(writer.finish(some_summary()));
  CHECK(records == 200'000);
  CHECK(bytes > 200'000 * std::uint64_t{200});
  CHECK(largest <= std::size_t{64} << 10U);
}

TEST_CASE("a record larger than a piece passes whole") {
  Record record = compressed_record();
  record.outcome.verdict = Failed{{ErrorCode::malformed, std::string(200'000, 'x')}};
  const Json report = Json::parse(report_of({record, compressed_record()}));
  CHECK(report.at("files").at(0).at("error").at("message").get<std::string>().size() == 200'000);
  CHECK(report.at("files").size() == 2);
}

TEST_CASE("a sink's error comes back at once, ever after, and is not retried") {
  int calls = 0;
  ReportWriter writer([&](std::string_view) -> Result<void> {
    ++calls;
    return fail(ErrorCode::no_space, "full");
  });
  REQUIRE(writer.begin(some_header()));
  Result<void> added;
  for (int i = 0; i < 1000 && added; ++i) added = writer.add(compressed_record());
  REQUIRE_FALSE(added);
  CHECK(added.error().code == ErrorCode::no_space);
  CHECK_FALSE(writer.add(compressed_record()));
  const auto finished = writer.finish(some_summary());
  REQUIRE_FALSE(finished);
  CHECK(finished.error().message == "full");
  CHECK(calls == 1);
}

TEST_CASE("an error on the last piece is not lost") {
  ReportWriter writer([](std::string_view) -> Result<void> { return fail(ErrorCode::io, "gone"); });
  REQUIRE(writer.begin(some_header()));
  CHECK_FALSE(writer.finish(some_summary()));
}

TEST_CASE("events are lines that can be read as they come") {
  std::vector<std::string> lines;
  EventWriter writer([&](std::string_view line) -> Result<void> {
    lines.emplace_back(line);
    return {};
  });
  REQUIRE(writer.begin(some_header()));
  REQUIRE(lines.size() == 1);
  Record record = compressed_record();
  record.input = "two\nlines";
  REQUIRE(writer.add(record));
  REQUIRE(lines.size() == 2);
  REQUIRE(writer.finish(some_summary()));
  REQUIRE(lines.size() == 3);
  for (const std::string& line : lines) CHECK(line.find('\n') == line.size() - 1);
  CHECK(Json::parse(lines[0]).at("event") == "start");
  CHECK(Json::parse(lines[0]).at("schema") == 1);
  const Json file = Json::parse(lines[1]);
  CHECK(file.at("event") == "file");
  CHECK(file.at("input") == "two\nlines");
  CHECK(Json::parse(lines[2]).at("event") == "summary");
  CHECK(Json::parse(lines[2]).at("status") == "completed_with_errors");
}

TEST_CASE("an event that could not be written ends the stream") {
  int calls = 0;
  EventWriter writer([&](std::string_view) -> Result<void> {
    ++calls;
    return fail(ErrorCode::io, "broken pipe");
  });
  CHECK_FALSE(writer.begin(some_header()));
  CHECK_FALSE(writer.add(compressed_record()));
  CHECK(calls == 1);
}

TEST_CASE("library versions name each library once, the caller's last") {
  const auto versions = library_versions({"libdeflate twice", "Some Library 1"});
  std::size_t deflates = 0;
  for (const LibraryVersion& library : versions) {
    CHECK_FALSE(library.version.empty());
    if (library.name == "libdeflate") ++deflates;
  }
  CHECK(deflates == 1);
  CHECK(versions.back() == LibraryVersion{"Some Library", "1"});
}
