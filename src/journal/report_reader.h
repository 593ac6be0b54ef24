// Reads reports back, record by record, in memory that does not grow with the number of files.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "imgc/report.h"
#include "imgc/result.h"

#include "journal/report_json.h"

namespace imgc {

// A report without its records.
struct ReportFrame {
  Json header = Json::object();  // schema, imgc, started, options and machine
  Summary summary;
};

// Fails with malformed when this is no report of a schema that it knows.
Result<ReportFrame> read_report(const std::string& path, const std::function<void(Json&& record)>& each);

// The other way round than to_json. What a report does not say stays at its default.
Record record_of(const Json& json);
Summary summary_of(const Json& json);

// Counts and bytes of both, the longer wall time, the worse status.
void merge(Summary& into, const Summary& other);

}  // namespace imgc
