#include "journal/report_reader.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace imgc {
namespace {

// From the best to the worst.
constexpr std::array<Status, 5> statuses = {Status::completed, Status::completed_with_errors,
                                            Status::deadline, Status::interrupted, Status::failed};

template <class Number>
Number number_in(const Json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_number() ? found->get<Number>() : Number{};
}

const Json& object_in(const Json& object, const char* field) {
  static const Json empty = Json::object();
  const auto found = object.find(field);
  return found != object.end() && found->is_object() ? *found : empty;
}

Verdict verdict_of(const Json& json) {
  const std::string outcome = text_in(json, "outcome");
  if (outcome == "compressed") {
    Compressed compressed;
    compressed.recipe = text_in(json, "recipe");
    if (const Json quality = json.value("quality", Json()); quality.is_number())
      compressed.quality = quality.get<int>();
    if (const Json score = json.value("score", Json()); score.is_number())
      compressed.score = score.get<double>();
    return compressed;
  }
  if (outcome == "kept") return Kept{reason_of(object_in(json, "reason"))};
  if (outcome == "skipped") return Skipped{reason_of(object_in(json, "reason"))};
  return Failed{error_of(object_in(json, "error"))};
}

Totals totals_of(const Json& json) {
  const Json& files = object_in(json, "files");
  Totals totals;
  totals.compressed = number_in<std::uint64_t>(files, "compressed");
  totals.kept = number_in<std::uint64_t>(files, "kept");
  totals.skipped = number_in<std::uint64_t>(files, "skipped");
  totals.failed = number_in<std::uint64_t>(files, "failed");
  totals.bytes_in = number_in<std::uint64_t>(json, "bytes_in");
  totals.bytes_out = number_in<std::uint64_t>(json, "bytes_out");
  return totals;
}

void add(Totals& into, const Totals& other) {
  into.compressed += other.compressed;
  into.kept += other.kept;
  into.skipped += other.skipped;
  into.failed += other.failed;
  into.bytes_in += other.bytes_in;
  into.bytes_out += other.bytes_out;
}

bool is_record(const Json& json) {
  return json.is_object() && json.contains("outcome") && json.contains("input") &&
         json.contains("timings_ms");
}

}  // namespace

Result<ReportFrame> read_report(const std::string& path, const std::function<void(Json&& record)>& each) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::not_found, fmt::format("{}: can't open for reading", printable(path)));
  // A record is taken out of the document as soon as it is complete.
  const auto take = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth != 2 || event != Json::parse_event_t::object_end || !is_record(parsed)) return true;
    each(std::move(parsed));
    return false;
  };
  Json document = Json::parse(file, take, false);
  if (document.is_discarded())
    return fail(ErrorCode::malformed, fmt::format("{}: is not a whole JSON document", printable(path)));
  if (!document.is_object() || document.value("schema", 0) != report_schema || !document.contains("summary"))
    return fail(ErrorCode::malformed,
                fmt::format("{}: is not a report of imgc with schema {}", printable(path), report_schema));
  ReportFrame frame;
  frame.summary = summary_of(document.at("summary"));
  document.erase("files");
  document.erase("summary");
  frame.header = std::move(document);
  return frame;
}

Record record_of(const Json& json) {
  Record record;
  record.id = number_in<std::uint64_t>(json, "id");
  record.input = name_in(json, "input");
  record.output = name_in(json, "output");
  Outcome& outcome = record.outcome;
  if (Key first = name_in(json, "duplicate_of"); !first.empty()) outcome.duplicate_of = std::move(first);
  outcome.verdict = verdict_of(json);
  for (const Json& note : json.value("notes", Json::array()))
    if (note.is_object()) outcome.notes.push_back(reason_of(note));
  outcome.format_in = text_in(json, "format_in");
  outcome.format_out = text_in(json, "format_out");
  outcome.width = number_in<std::uint32_t>(json, "width");
  outcome.height = number_in<std::uint32_t>(json, "height");
  outcome.bytes_in = number_in<std::uint64_t>(json, "bytes_in");
  outcome.bytes_out = number_in<std::uint64_t>(json, "bytes_out");
  const Json& timings = object_in(json, "timings_ms");
  const auto stage = [&](const char* name) { return Milliseconds(number_in<double>(timings, name)); };
  outcome.timings = {stage("read"),   stage("decode"), stage("encode"),
                     stage("verify"), stage("write"),  stage("total")};
  return record;
}

Summary summary_of(const Json& json) {
  Summary summary;
  const std::string status = text_in(json, "status");
  const auto* found = std::ranges::find(statuses, status, [](Status one) { return name(one); });
  summary.status = found == statuses.end() ? Status::failed : *found;
  if (const Json& stopped = object_in(json, "stopped_by"); !stopped.empty())
    summary.stopped_by = error_of(stopped);
  summary.totals = totals_of(json);
  for (const auto& [format, totals] : object_in(json, "by_format").items())
    summary.by_format[format] = totals_of(totals);
  summary.wall = std::chrono::duration<double>(number_in<double>(json, "wall_seconds"));
  summary.cpu = std::chrono::duration<double>(number_in<double>(json, "cpu_seconds"));
  summary.peak_rss_bytes = number_in<std::uint64_t>(json, "peak_rss_bytes");
  summary.unchanged = number_in<std::uint64_t>(json, "unchanged");
  return summary;
}

void merge(Summary& into, const Summary& other) {
  const auto rank = [](Status status) { return std::ranges::find(statuses, status); };
  if (rank(other.status) > rank(into.status)) into.status = other.status;
  if (!into.stopped_by) into.stopped_by = other.stopped_by;
  add(into.totals, other.totals);
  for (const auto& [format, totals] : other.by_format) add(into.by_format[format], totals);
  into.wall = std::max(into.wall, other.wall);
  into.cpu += other.cpu;
  into.peak_rss_bytes = std::max(into.peak_rss_bytes, other.peak_rss_bytes);
  into.unchanged += other.unchanged;
}

}  // namespace imgc
