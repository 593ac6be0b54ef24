#include "cli/metrics.h"

#include <charconv>
#include <utility>
#include <variant>

#include <fcntl.h>
#include <fmt/format.h>

#include "base/fd.h"
#include "store/atomic_file.h"

namespace imgc {
namespace {

constexpr std::chrono::seconds write_every(10);
constexpr std::string_view success = "imgc_last_success_timestamp_seconds";
constexpr std::uint64_t most_bytes = 1U << 20U;

std::int64_t unix_time(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::int64_t success_in(const std::string& path) {
  const auto file = open_path(path, O_RDONLY | O_CLOEXEC, "can't open");
  if (!file) return 0;
  const auto bytes = read_up_to(file->get(), most_bytes);
  if (!bytes) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  const std::size_t at = text.find("\n" + std::string(success) + " ");
  std::int64_t value = 0;
  if (at != std::string_view::npos)
    std::from_chars(text.data() + at + success.size() + 2, text.data() + text.size(), value);
  return value;
}

class Page {
 public:
  void gauge(std::string_view name, std::string_view help) {
    text_ += fmt::format("# HELP {} {}\n# TYPE {} gauge\n", name, help, name);
  }
  template <class Number>
  void value(std::string_view name, Number number) {
    text_ += fmt::format("{} {}\n", name, number);
  }
  template <class Number>
  void value(std::string_view name, std::string_view label, std::string_view is, Number number) {
    text_ += fmt::format("{}{{{}=\"{}\"}} {}\n", name, label, is, number);
  }
  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

Metrics::Metrics(std::string path) : path_(std::move(path)), last_success_(success_in(path_)) {}

void Metrics::finished(const Record& record) {
  const Outcome& outcome = record.outcome;
  totals_.add(outcome);
  if (const auto* failed = std::get_if<Failed>(&outcome.verdict))
    ++errors_[std::string(name(failed->error.code))];
  stages_.read += outcome.timings.read;
  stages_.decode += outcome.timings.decode;
  stages_.encode += outcome.timings.encode;
  stages_.verify += outcome.timings.verify;
  stages_.write += outcome.timings.write;
  // What never was a job took no time.
  if (in_work_ > 0 && outcome.timings.total.count() > 0) --in_work_;
}

Result<void> Metrics::tick() {
  if (std::chrono::steady_clock::now() - written_ < write_every) return {};
  return write();
}

Result<void> Metrics::finish(const Summary& summary) {
  in_work_ = 0;
  if (summary.status == Status::completed) last_success_ = unix_time(std::chrono::system_clock::now());
  return write();
}

std::string Metrics::text() const {
  Page page;
  page.gauge("imgc_files", "Inputs of the last run, by what became of them.");
  page.value("imgc_files", "outcome", "compressed", totals_.compressed);
  page.value("imgc_files", "outcome", "kept", totals_.kept);
  page.value("imgc_files", "outcome", "skipped", totals_.skipped);
  page.value("imgc_files", "outcome", "failed", totals_.failed);
  page.gauge("imgc_input_bytes", "Of the inputs that were compressed or kept.");
  page.value("imgc_input_bytes", totals_.bytes_in);
  page.gauge("imgc_output_bytes", "Of their outputs.");
  page.value("imgc_output_bytes", totals_.bytes_out);
  page.gauge("imgc_errors", "Inputs that failed, by the kind of error.");
  for (const auto& [code, count] : errors_) page.value("imgc_errors", "code", code, count);
  page.gauge("imgc_stage_seconds", "Time of all threads, by what it went to.");
  const auto stage = [&](std::string_view what, Milliseconds time) {
    page.value("imgc_stage_seconds", "stage", what, fmt::format("{:.3f}", time.count() / 1000));
  };
  stage("read", stages_.read);
  stage("decode", stages_.decode);
  stage("encode", stages_.encode);
  stage("verify", stages_.verify);
  stage("write", stages_.write);
  page.gauge("imgc_jobs_in_work", "Images in work now.");
  page.value("imgc_jobs_in_work", in_work_);
  page.gauge("imgc_start_timestamp_seconds", "When the last run began.");
  page.value("imgc_start_timestamp_seconds", unix_time(started_));
  page.gauge(success, "When a run last ended without an error; 0 for never.");
  page.value(success, last_success_);
  return std::move(page).text();
}

Result<void> Metrics::write() {
  written_ = std::chrono::steady_clock::now();
  auto file = AtomicFile::create(path_, default_publishing());
  if (!file) return tl::unexpected(at_path(path_, file.error()));
  Result<void> written = file->append(text());
  if (written) written = file->commit({});
  if (!written) return tl::unexpected(at_path(path_, written.error()));
  return {};
}

}  // namespace imgc
