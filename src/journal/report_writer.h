// Writes the report while the run goes on, in memory that does not grow with the number of files.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "imgc/report.h"
#include "imgc/result.h"

#include "journal/report_json.h"

namespace imgc {

// Takes all the bytes or says why not.
using ReportSink = std::function<Result<void>(std::string_view)>;

// One JSON document:
//   {"schema": 1, …, "files": [ <one record a line> ], "summary": {…}}
// Call begin, then add for each file, then finish. The sink gets pieces of about 64 KiB; what it is given
// before finish() is not yet a document, so publish the file only after that. After the sink's first error
// every call returns that error and the sink is left alone.
class ReportWriter {
 public:
  explicit ReportWriter(ReportSink sink);

  [[nodiscard]] Result<void> begin(const RunHeader& header) { return begin(to_json(header)); }
  [[nodiscard]] Result<void> begin(const Json& members);
  [[nodiscard]] Result<void> add(const Record& record);
  [[nodiscard]] Result<void> add(const Json& record) { return add_line(compact(record)); }
  [[nodiscard]] Result<void> finish(const Summary& summary);

 private:
  Result<void> add_line(std::string_view record);
  Result<void> append(std::string_view text);
  Result<void> flush();

  ReportSink sink_;
  std::string buffer_;
  std::optional<Error> broken_;
  bool first_ = true;
};

// The stream of `--json`: one JSON object a line, handed to the sink whole and at once, so that a reader can
// follow the run. "event" is "start", "file" or "summary"; the other members are those of the report.
class EventWriter {
 public:
  explicit EventWriter(ReportSink sink);

  [[nodiscard]] Result<void> begin(const RunHeader& header);
  [[nodiscard]] Result<void> add(const Record& record);
  [[nodiscard]] Result<void> finish(const Summary& summary);

 private:
  Result<void> send(std::string_view event, const Json& members);
  Result<void> send(std::string_view line);

  ReportSink sink_;
  std::optional<Error> broken_;
};

}  // namespace imgc
