// What a person sees on stderr while imgc runs, and the summary at the end.
//
// On a terminal one live line is redrawn at most ten times a second; failures wait for the summary, where
// they stand together (the live line counts them meanwhile). Elsewhere, as in a CI log, a line of progress
// comes at most every ten seconds, and each failure is written when it happens, so that a killed run has
// named them; the summary then only counts them. Quiet: failures only, each when it happens. Never more than
// `max_listed` failures: the report has the rest. Names go through printable().
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

namespace imgc {

enum class ColorChoice : std::uint8_t { automatic, always, never };

struct TerminalOptions {
  bool tty = false;    // stderr can move its cursor
  bool color = false;  // escape sequences for colour may be used
  bool utf8 = true;    // else arrows and ellipses are written in ASCII
  bool quiet = false;
  bool dry_run = false;  // the summary says "would save"
  std::size_t max_listed = 1000;
};

// From stderr, TERM, NO_COLOR and the locale's variables.
TerminalOptions detect_terminal(ColorChoice color, bool quiet);

// What Terminal needs of the world; the defaults are the real ones.
struct TerminalPorts {
  std::function<void(std::string_view)> write;  // to stderr
  std::function<double()> seconds;              // of a monotonic clock
  std::function<unsigned()> columns;            // of the terminal now
};
TerminalPorts real_ports();

class Terminal final : public Observer {
 public:
  explicit Terminal(TerminalOptions options, TerminalPorts ports = real_ports());

  // What a counting pass found, for the ETA; may come late or never.
  void set_total(std::uint64_t files);

  void started(const Plan& plan) override;
  void finished(const Record& record) override;
  void tick() override;

  // A line of its own ("imgc: " is put in front), above the live line. Also when quiet: for what must be
  // said.
  void message(std::string_view text);
  // Removes the live line; the next tick may draw it again. Call it before anybody else writes to the
  // terminal.
  void clear();
  // The end. `report` is where the report is, for people; empty when there is none.
  void summarize(const Summary& summary, std::string_view report);

 private:
  struct Running {
    std::string name;
    double since = 0;
  };
  struct Saving {
    std::uint64_t id = 0;
    std::uint64_t before = 0;
    std::uint64_t after = 0;
    std::string name;
  };
  struct Failure {
    std::string name;
    std::string message;
  };
  // How often a reason was given, and its sentence while all agree on it.
  struct Tally {
    std::uint64_t count = 0;
    std::string text;
    bool varies = false;
  };
  using Tallies = std::map<std::string, Tally, std::less<>>;

  void draw_live(double now);
  void print_progress(double now);
  void note_saving(const Record& record);
  void note_failure(const Record& record, const Error& error);
  static void count(Tallies& tallies, const Reason& reason);
  [[nodiscard]] std::string progress_text(double now) const;
  [[nodiscard]] const Running* slowest(double now) const;

  [[nodiscard]] std::string headline(const Summary& summary) const;
  [[nodiscard]] std::string savings_text() const;
  [[nodiscard]] std::string tallies_text(std::string_view title, const Tallies& tallies) const;
  [[nodiscard]] std::string failures_text() const;
  [[nodiscard]] std::string paint(std::string_view style, std::string_view text) const;
  [[nodiscard]] std::string change(std::uint64_t before, std::uint64_t after) const;

  TerminalOptions options_;
  TerminalPorts ports_;
  double start_;
  double last_shown_;
  bool live_ = false;  // a live line stands on the terminal
  std::optional<std::uint64_t> total_;
  Totals totals_;
  std::map<std::uint64_t, Running> running_;
  std::vector<Saving> savings_;  // a heap of the few largest, the least of them in front
  std::vector<Failure> failures_;
  std::uint64_t failures_listed_ = 0;
  Tallies kept_;
  Tallies skipped_;
  Tallies notes_;
};

}  // namespace imgc
