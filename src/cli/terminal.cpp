#include "cli/terminal.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "imgc/job.h"

#include "base/text.h"
#include "cli/columns.h"

namespace imgc {
namespace {

constexpr double live_interval = 0.1;
constexpr double log_interval = 10;
// A job that runs longer than this is named.
constexpr double slow_after = 2;
// Before this an estimate of what is left would jump about.
constexpr double eta_after = 1;
// The room that other parts give way for; a longer name takes what happens to be free.
constexpr std::size_t name_columns = 24;
constexpr unsigned name_rank = 4;
constexpr std::string_view line_start = "\r\x1b[K";

void write_to_stderr(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::size_t stderr_columns() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here calls setenv
  return value == nullptr ? std::string_view() : std::string_view(value);
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = environment(name);
    if (value.empty()) continue;
    return value.find("UTF-8") != std::string_view::npos || value.find("utf8") != std::string_view::npos;
  }
  return false;
}

}  // namespace

TerminalOptions detect_terminal(ColorChoice color, bool quiet) {
  TerminalOptions options;
  const std::string_view term = environment("TERM");
  options.tty = ::isatty(STDERR_FILENO) == 1 && !term.empty() && term != "dumb";
  options.style.color = color == ColorChoice::always ||
                        (color == ColorChoice::automatic && options.tty && environment("NO_COLOR").empty());
  options.style.utf8 = locale_is_utf8();
  options.quiet = quiet;
  return options;
}

TerminalPorts stderr_ports() {
  const auto seconds = [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  };
  return {write_to_stderr, seconds, stderr_columns};
}

Terminal::Terminal(const TerminalOptions& options, TerminalPorts ports)
    : options_(options),
      ports_(std::move(ports)),
      start_(ports_.seconds()),
      last_shown_(start_),
      summary_text_(options.max_failures) {}

void Terminal::started(const Plan& plan) {
  if (!options_.quiet) running_[plan.job.id] = {plan.job.input, ports_.seconds()};
}

void Terminal::finished(const Record& record) {
  running_.erase(record.id);
  totals_.add(record.outcome);
  if (const auto* failed = std::get_if<Failed>(&record.outcome.verdict)) show_failure(record, failed->error);
  if (options_.quiet) return;
  summary_text_.add(record);
  show_progress();
}

void Terminal::tick() {
  if (!options_.quiet) show_progress();
}

void Terminal::message(std::string_view text) {
  clear();
  ports_.write(fmt::format("imgc: {}\n", text));
}

void Terminal::clear() {
  if (live_) ports_.write(line_start);
  live_ = false;
}

void Terminal::summarize(const Summary& summary, std::string_view report) {
  clear();
  if (options_.quiet) {
    if (summary.stopped_by) message("the run ended early: " + printable(summary.stopped_by->message));
    return;
  }
  ports_.write(summary_text_.text(summary, {.style = options_.style,
                                            .dry_run = options_.dry_run,
                                            .failures_shown = !options_.tty,
                                            .report = report}));
}

void Terminal::show_failure(const Record& record, const Error& error) {
  if (options_.tty && !options_.quiet) return;
  if (totals_.failed <= options_.max_failures)
    message(printable(record.input) + ": " + printable(error.message));
  else if (totals_.failed == options_.max_failures + 1)
    message(
        fmt::format("more than {} files failed; only the report names the others", options_.max_failures));
}

void Terminal::show_progress() {
  const double now = ports_.seconds();
  if (now - last_shown_ < (options_.tty ? live_interval : log_interval)) return;
  last_shown_ = now;
  if (options_.tty) {
    ports_.write(fmt::format("{}{}", line_start, live_line(now)));
    live_ = true;
    return;
  }
  message(log_line(now));
}

std::vector<Terminal::Part> Terminal::progress_parts(double now) const {
  const std::uint64_t done = totals_.files();
  const double elapsed = now - start_;
  const auto bytes_in = static_cast<double>(totals_.bytes_in);
  std::vector<Part> parts;
  // A count that came out too low must not show as "12/10".
  parts.push_back({0, total_ ? fmt::format("{}/{} files", done, std::max(*total_, done))
                             : fmt::format("{} files", done)});
  if (totals_.failed > 0) parts.push_back({1, fmt::format("{} failed", totals_.failed), true});
  if (totals_.bytes_in > 0) {
    parts.push_back({6, human_size(totals_.bytes_in)});
    parts.push_back({3, "saved " + percent(bytes_in - static_cast<double>(totals_.bytes_out), bytes_in)});
  }
  if (done > 0) {
    parts.push_back({5, rate(static_cast<double>(done), elapsed) + " files/s"});
    parts.push_back({7, rate(bytes_in / 1e6, elapsed) + " MB/s"});
  }
  if (total_ && *total_ > done && done > 0 && elapsed >= eta_after) {
    const auto left = static_cast<double>(*total_ - done);
    parts.push_back({2, "ETA " + human_duration(left * elapsed / static_cast<double>(done))});
  }
  return parts;
}

std::string Terminal::log_line(double now) const {
  std::string line;
  for (const Part& part : progress_parts(now)) line += (line.empty() ? "" : ", ") + part.text;
  if (const Running* slow = slowest(now))
    line += fmt::format("; {} for {}", printable(slow->name), human_duration(now - slow->since));
  return line;
}

std::string Terminal::live_line(double now) const {
  // One column stays free: a character in the last one makes some terminals go to the next line.
  const std::size_t width = std::max<std::size_t>(ports_.columns(), 1) - 1;
  std::vector<Part> parts = progress_parts(now);
  const Running* slow = slowest(now);
  const std::string name = slow == nullptr ? std::string() : printable(slow->name);
  const std::string since = slow == nullptr ? std::string() : ' ' + human_duration(now - slow->since);
  if (slow != nullptr)
    parts.push_back({name_rank, fit_end(name, name_columns, options_.style.ellipsis()) + since});

  const auto columns = [&] {
    std::size_t sum = 2 * parts.size();
    for (const Part& part : parts) sum += display_columns(part.text);
    return sum - std::min<std::size_t>(sum, 2);
  };
  while (columns() > width && !parts.empty()) parts.erase(std::ranges::max_element(parts, {}, &Part::rank));

  const std::size_t free = width - columns();
  std::string line;
  for (const Part& part : parts) {
    if (!line.empty()) line += "  ";
    if (part.rank == name_rank) {
      const std::size_t room = display_columns(part.text) - since.size() + free;
      line += options_.style.faint(fit_end(name, room, options_.style.ellipsis()) + since);
    } else {
      line += part.alarming ? options_.style.bad(part.text) : part.text;
    }
  }
  return line;
}

const Terminal::Running* Terminal::slowest(double now) const {
  const Running* slow = nullptr;
  for (const auto& [id, job] : running_)
    if (now - job.since > slow_after && (slow == nullptr || job.since < slow->since)) slow = &job;
  return slow;
}

}  // namespace imgc
