#include "journal/report_writer.h"

#include <cstddef>
#include <utility>

#include <tl/expected.hpp>

namespace imgc {
namespace {

constexpr std::size_t piece_bytes = std::size_t{64} << 10U;

}  // namespace

ReportWriter::ReportWriter(ReportSink sink) : sink_(std::move(sink)) {
  buffer_.reserve(piece_bytes);
}

Result<void> ReportWriter::begin(const Json& members) {
  // One member a line: the document must stay open for the records.
  std::string text = "{\n";
  for (const auto& [key, value] : members.items()) text += compact(Json(key)) + ": " + compact(value) + ",\n";
  return append(text + "\"files\": [");
}

Result<void> ReportWriter::add(const Record& record) {
  std::string line;
  JsonWriter json(line);
  put_members(json, record);
  json.close();
  return add_line(line);
}

Result<void> ReportWriter::add_line(std::string_view record) {
  auto done = append(first_ ? "\n" : ",\n");
  first_ = false;
  return done ? append(record) : done;
}

Result<void> ReportWriter::finish(const Summary& summary) {
  if (auto done = append("\n],\n\"summary\": " + compact(to_json(summary)) + "\n}\n"); !done) return done;
  return flush();
}

Result<void> ReportWriter::append(std::string_view text) {
  if (broken_) return tl::unexpected<Error>(*broken_);
  if (buffer_.size() + text.size() > piece_bytes)
    if (auto done = flush(); !done) return done;
  buffer_ += text;
  return {};
}

Result<void> ReportWriter::flush() {
  if (buffer_.empty()) return {};
  auto done = sink_(buffer_);
  if (!done) broken_ = done.error();
  buffer_.clear();
  return done;
}

EventWriter::EventWriter(ReportSink sink) : sink_(std::move(sink)) {}

Result<void> EventWriter::begin(const RunHeader& header) {
  return send("start", to_json(header));
}

Result<void> EventWriter::add(const Record& record) {
  std::string line;
  JsonWriter json(line);
  json.put("event", "file");
  put_members(json, record);
  json.close();
  return send(line += '\n');
}

Result<void> EventWriter::finish(const Summary& summary) {
  return send("summary", to_json(summary));
}

Result<void> EventWriter::send(std::string_view event, const Json& members) {
  Json line = Json::object();
  line["event"] = event;
  line.update(members);
  return send(compact(line) + '\n');
}

Result<void> EventWriter::send(std::string_view line) {
  if (broken_) return tl::unexpected<Error>(*broken_);
  auto done = sink_(line);
  if (!done) broken_ = done.error();
  return done;
}

}  // namespace imgc
