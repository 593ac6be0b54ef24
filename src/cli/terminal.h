// What a person sees on stderr while imgc runs, and the summary at the end.
//
// On a terminal one live line is redrawn at most ten times a second. Failures wait for the summary, where
// they stand together; the live line counts them meanwhile. Elsewhere, as in a CI log, a line of progress
// comes at most every ten seconds, and each failure is written when it happens, so that even a killed run has
// named them; the summary then only counts them. Quiet: only failures, each when it happens, and what stopped
// the run. Never more than `max_failures` are named: the report has them all. Names are made printable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgc/report.h"

#include "cli/summary_text.h"

namespace imgc {

enum class ColorChoice : std::uint8_t { automatic, always, never };

struct TerminalOptions {
  bool tty = false;  // stderr can rewrite its line
  TextStyle style;
  bool quiet = false;
  bool dry_run = false;  // the summary says "would save"
  std::size_t max_failures = 1000;
};

// From stderr, TERM, NO_COLOR (no-color.org) and the locale's variables.
TerminalOptions detect_terminal(ColorChoice color, bool quiet);

// What Terminal needs of the world.
struct TerminalPorts {
  std::function<void(std::string_view)> write;
  std::function<double()> seconds;       // of a monotonic clock
  std::function<std::size_t()> columns;  // of the terminal now
};
// stderr. That it can't be written to is no reason to stop: there would be nowhere to say so.
TerminalPorts stderr_ports();

class Terminal final : public Observer {
 public:
  explicit Terminal(const TerminalOptions& options, TerminalPorts ports = stderr_ports());

  // What a counting pass found, for the ETA; may come late or never.
  void set_total(std::uint64_t files) { total_ = files; }

  void started(const Plan& plan) override;
  void finished(const Record& record) override;
  void tick() override;

  // "imgc: " and `text` on a line of its own, above the live line, also when quiet. The text must be
  // printable.
  void message(std::string_view text);
  // Takes the live line away; the next tick may draw it again. For whoever else is about to write to stderr
  // or to a stdout that shows on the same screen.
  void clear();
  // The end of the run. `report` is where the report is, empty when there is none.
  void summarize(const Summary& summary, std::string_view report);

 private:
  struct Running {
    std::string name;
    double since = 0;
  };

  // A piece of the progress: the higher its rank, the sooner it gives way on a narrow terminal.
  struct Part {
    unsigned rank = 0;
    std::string text;
    bool alarming = false;
  };

  void show_progress();
  void show_failure(const Record& record, const Error& error);
  [[nodiscard]] std::vector<Part> progress_parts(double now) const;
  [[nodiscard]] std::string live_line(double now) const;
  [[nodiscard]] std::string log_line(double now) const;
  [[nodiscard]] const Running* slowest(double now) const;

  TerminalOptions options_;
  TerminalPorts ports_;
  double start_;
  double last_shown_;
  bool live_ = false;  // a live line stands on the terminal
  std::optional<std::uint64_t> total_;
  Totals totals_;
  std::map<std::uint64_t, Running> running_;
  SummaryText summary_text_;
};

}  // namespace imgc
