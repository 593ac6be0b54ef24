// What the end of a run has to say to a person, gathered in bounded memory while the run goes on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "imgc/report.h"

namespace imgc {

// How text is dressed for where it goes.
struct TextStyle {
  bool color = false;
  bool utf8 = true;  // else arrows and ellipses are written in ASCII

  [[nodiscard]] std::string good(std::string_view text) const { return paint("32", text); }
  [[nodiscard]] std::string bad(std::string_view text) const { return paint("1;31", text); }
  [[nodiscard]] std::string strong(std::string_view text) const { return paint("1", text); }
  [[nodiscard]] std::string faint(std::string_view text) const { return paint("2", text); }
  [[nodiscard]] std::string_view ellipsis() const { return utf8 ? "…" : "..."; }
  [[nodiscard]] std::string_view arrow() const { return utf8 ? "→" : "->"; }

 private:
  [[nodiscard]] std::string paint(std::string_view code, std::string_view text) const;
};

// "70.3 %" of `whole`; "0 %" of nothing.
std::string percent(double part, double whole);
// Three figures are enough for a rate: "0.52", "15.7", "1204".
std::string rate(double count, double seconds);

class SummaryText {
 public:
  struct Wording {
    TextStyle style = {};
    bool dry_run = false;
    bool failures_shown = false;   // they have been printed before: count them only
    std::string_view report = {};  // where it is; empty when there is none
  };

  // Keeps at most `max_failures` of them by name.
  explicit SummaryText(std::size_t max_failures) : max_failures_(max_failures) {}

  void add(const Record& record);
  // Lines that end with a line feed.
  [[nodiscard]] std::string text(const Summary& summary, const Wording& wording) const;

 private:
  struct Saving {
    std::uint64_t id = 0;
    std::uint64_t before = 0;
    std::uint64_t after = 0;
    std::string name;

    [[nodiscard]] std::uint64_t bytes() const { return before - after; }
    // Among equal savings the earlier file counts as larger, so the choice is the same on any machine.
    [[nodiscard]] bool beats(const Saving& other) const {
      return bytes() != other.bytes() ? bytes() > other.bytes() : id < other.id;
    }
  };
  struct Failure {
    std::string name;
    std::string message;
  };
  // How often a reason was given, and its sentence as long as all agree on it.
  struct Tally {
    std::uint64_t count = 0;
    std::string text;
    bool varies = false;
  };
  using Tallies = std::map<std::string, Tally, std::less<>>;

  static void count(Tallies& tallies, const Reason& reason);
  static std::string tallies_text(std::string_view title, const Tallies& tallies, const TextStyle& style);
  [[nodiscard]] std::string savings_text(const TextStyle& style) const;
  [[nodiscard]] std::string failures_text(std::uint64_t failed, const Wording& wording) const;
  void offer(Saving saving);

  std::size_t max_failures_;
  std::vector<Saving> savings_;  // a heap of the largest, the least of them in front
  std::vector<Failure> failures_;
  Tallies kept_;
  Tallies skipped_;
  Tallies notes_;
};

}  // namespace imgc
