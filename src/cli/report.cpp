#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/fd.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/summary_text.h"
#include "cli/terminal.h"
#include "journal/report_reader.h"
#include "journal/report_writer.h"
#include "store/atomic_file.h"

namespace imgc {
namespace {

constexpr std::size_t failures_shown = 20;
constexpr std::size_t slowest_shown = 5;

int complain(const Error& error) {
  fmt::print(stderr, "imgc: {}\n", error.message);
  return error.code == ErrorCode::usage ? exit_usage : exit_some_failed;
}

// Those that took longest, of which some may have waited for a processor.
class Slowest {
 public:
  void add(const Record& record) {
    const double seconds = record.outcome.timings.total.count() / 1000;
    if (seconds <= 0) return;
    rows_.emplace_back(-seconds, record.input);
    std::ranges::sort(rows_);
    rows_.resize(std::min(rows_.size(), slowest_shown));
  }
  [[nodiscard]] std::string text(const TextStyle& style) const {
    if (rows_.empty()) return {};
    std::string text = style.strong("Slowest:") + '\n';
    for (const auto& [seconds, name] : rows_)
      text += fmt::format("  {:>7}  {}\n", human_duration(-seconds), printable(name));
    return text;
  }

 private:
  std::vector<std::pair<double, std::string>> rows_;  // seconds, negated
};

// What two reports must share to be of one run: all but which part each took and where it wrote that down.
Json shared_options(const Json& header) {
  Json options = header.value("options", Json::object());
  for (const char* field : {"shard", "jobs", "memory_limit", "limits"}) options.erase(field);
  return options;
}

// Twice over the files: how the whole begins is known when all are.
Result<void> merge_into(const ReportSink& sink, const std::vector<std::string>& files) {
  Json header;
  Summary summary;
  bool first = true;
  for (const std::string& file : files) {
    Result<ReportFrame> frame = read_report(file, [](Json&&) {});
    if (!frame) return tl::unexpected(std::move(frame.error()));
    if (first) {
      header = std::move(frame->header);
      summary = std::move(frame->summary);
    } else {
      if (shared_options(header) != shared_options(frame->header))
        return fail(
            ErrorCode::usage,
            fmt::format("{}: is of a run with other options than {}; only parts of one run make a whole",
                        printable(file), printable(files.front())));
      header["started"] = std::min(header.value("started", ""), frame->header.value("started", ""));
      merge(summary, frame->summary);
    }
    first = false;
  }
  if (header.contains("options")) header["options"]["shard"] = nullptr;
  ReportWriter writer(sink);
  if (auto begun = writer.begin(header); !begun) return begun;
  std::uint64_t id = 0;
  for (const std::string& file : files) {
    Result<void> added;
    const auto read = read_report(file, [&](Json&& record) {
      record["id"] = id++;
      if (added) added = writer.add(record);
    });
    if (!read) return tl::unexpected(read.error());
    if (!added) return added;
  }
  return writer.finish(summary);
}

}  // namespace

int show_report(const std::string& file) {
  SummaryText text(failures_shown);
  Slowest slowest;
  const auto frame = read_report(file, [&](Json&& json) {
    const Record record = record_of(json);
    text.add(record);
    slowest.add(record);
  });
  if (!frame) return complain(frame.error());
  // For stdout, which may be a file.
  const TextStyle style = detect_terminal(ColorChoice::never, true).style;
  SummaryText::Wording wording;
  wording.style = style;
  const Json options = frame->header.value("options", Json::object());
  wording.dry_run = options.value("dry_run", false) || options.value("check", false);
  std::string whole = text.text(frame->summary, wording);
  whole += slowest.text(style);
  return print_output(whole);
}

int merge_reports(const std::vector<std::string>& files, const std::string& output) {
  if (output.empty() || output == "-") {
    const auto merged = merge_into(
        [](std::string_view piece) -> Result<void> {
          if (print_output(piece) == exit_done) return {};
          return fail(ErrorCode::io, "the report is not whole");
        },
        files);
    return merged ? exit_done : complain(merged.error());
  }
  auto file = AtomicFile::create(output, default_publishing());
  if (!file) return complain(at_path(output, file.error()));
  if (const auto merged = merge_into([&](std::string_view piece) { return file->append(piece); }, files);
      !merged)
    return complain(merged.error());
  if (const auto published = file->commit({}); !published)
    return complain(at_path(output, published.error()));
  return exit_done;
}

}  // namespace imgc
