#include "cli/summary_text.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/text.h"

namespace imgc {
namespace {

constexpr std::size_t savings_shown = 5;
// Reasons have fixed codes, a few dozen; this only bounds what a defect could do.
constexpr std::size_t max_codes = 200;

// "13.8 MB → 4.10 MB, saved 9.70 MB (70.3 %)"
std::string change(const Totals& totals, bool dry_run, const TextStyle& style) {
  if (totals.bytes_in == totals.bytes_out) return human_size(totals.bytes_in) + ", nothing saved";
  const bool saved = totals.bytes_out < totals.bytes_in;
  const std::uint64_t difference =
      saved ? totals.bytes_in - totals.bytes_out : totals.bytes_out - totals.bytes_in;
  const std::string_view verb =
      saved ? (dry_run ? "would save" : "saved") : (dry_run ? "would grow by" : "grew by");
  const std::string amount =
      fmt::format("{} {} ({})", verb, human_size(difference),
                  percent(static_cast<double>(difference), static_cast<double>(totals.bytes_in)));
  return fmt::format("{} {} {}, {}", human_size(totals.bytes_in), style.arrow(), human_size(totals.bytes_out),
                     saved ? style.good(amount) : amount);
}

std::string_view plural(std::uint64_t count) {
  return count == 1 ? "file" : "files";
}

std::string headline(const Summary& summary, bool dry_run, const TextStyle& style) {
  const Totals& totals = summary.totals;
  if (totals.files() == 0) return style.strong("No files.") + "\n";
  std::string text = style.strong(fmt::format("{} {} of {} {}", dry_run ? "Would compress" : "Compressed",
                                              totals.compressed, totals.files(), plural(totals.files())));
  if (totals.compressed + totals.kept > 0) text += ": " + change(totals, dry_run, style);
  text += '\n';
  std::string others;
  const auto add = [&](std::uint64_t count, std::string_view what) {
    if (count > 0) others += fmt::format("{}{} {}", others.empty() ? "" : ", ", count, what);
  };
  add(totals.kept, "kept");
  add(totals.skipped, "skipped");
  if (totals.failed > 0)
    others += (others.empty() ? "" : ", ") + style.bad(fmt::format("{} failed", totals.failed));
  if (!others.empty()) others += "; ";
  const double seconds = summary.wall.count() / 1000;
  return text + fmt::format("{}{}, {} files/s, {} MB/s\n", others, human_duration(seconds),
                            rate(static_cast<double>(totals.files()), seconds),
                            rate(static_cast<double>(totals.bytes_in) / 1e6, seconds));
}

std::string ending(const Summary& summary, const TextStyle& style) {
  std::string text;
  if (summary.status == Status::interrupted)
    text += style.bad("Interrupted:") + " what is counted above is complete, the rest was not started\n";
  if (summary.status == Status::deadline)
    text += style.bad("The time was up:") +
            " what is counted above is complete; --resume goes on with the rest\n";
  if (summary.stopped_by)
    text += style.bad("The run ended early:") + ' ' + printable(summary.stopped_by->message) + '\n';
  return text;
}

}  // namespace

std::string TextStyle::paint(std::string_view code, std::string_view text) const {
  return color ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

std::string percent(double part, double whole) {
  return whole > 0 ? fmt::format("{:.1f} %", 100 * part / whole) : "0 %";
}

std::string rate(double count, double seconds) {
  const double value = seconds > 0 ? count / seconds : 0;
  return fmt::format("{:.{}f}", value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

void SummaryText::add(const Record& record) {
  const Outcome& outcome = record.outcome;
  if (const auto* failed = std::get_if<Failed>(&outcome.verdict)) {
    if (failures_.size() < max_failures_) failures_.push_back({record.input, failed->error.message});
  } else if (const auto* kept = std::get_if<Kept>(&outcome.verdict)) {
    count(kept_, kept->reason);
  } else if (const auto* skipped = std::get_if<Skipped>(&outcome.verdict)) {
    count(skipped_, skipped->reason);
  } else if (outcome.bytes_out < outcome.bytes_in) {
    offer({record.id, outcome.bytes_in, outcome.bytes_out, record.input});
  }
  for (const Reason& note : outcome.notes) count(notes_, note);
}

void SummaryText::offer(Saving saving) {
  const auto worse_first = [](const Saving& a, const Saving& b) { return a.beats(b); };
  if (savings_.size() == savings_shown) {
    if (!saving.beats(savings_.front())) return;
    std::ranges::pop_heap(savings_, worse_first);
    savings_.pop_back();
  }
  savings_.push_back(std::move(saving));
  std::ranges::push_heap(savings_, worse_first);
}

void SummaryText::count(Tallies& tallies, const Reason& reason) {
  auto found = tallies.find(reason.code);
  if (found == tallies.end()) {
    if (tallies.size() >= max_codes) return;
    found = tallies.emplace(reason.code, Tally{0, reason.text, false}).first;
  }
  ++found->second.count;
  found->second.varies |= found->second.text != reason.text;
}

std::string SummaryText::text(const Summary& summary, const Wording& wording) const {
  const TextStyle& style = wording.style;
  std::string text = headline(summary, wording.dry_run, style);
  text += savings_text(style);
  text += tallies_text("Kept as they were", kept_, style);
  text += tallies_text("Skipped", skipped_, style);
  text += tallies_text("Notes", notes_, style);
  text += failures_text(summary.totals.failed, wording);
  text += ending(summary, style);
  if (wording.dry_run) text += "Dry run: no image was written\n";
  if (!wording.report.empty()) text += "Report: " + printable(wording.report) + '\n';
  return text;
}

std::string SummaryText::savings_text(const TextStyle& style) const {
  if (savings_.empty()) return {};
  std::vector<Saving> largest = savings_;
  std::ranges::sort(largest, [](const Saving& a, const Saving& b) { return a.beats(b); });
  std::string text = style.strong("Largest savings:") + '\n';
  for (const Saving& saving : largest) {
    const std::string share =
        percent(static_cast<double>(saving.bytes()), static_cast<double>(saving.before));
    text += fmt::format("  {:>7} {} {:>7}  {:>7}  {}\n", human_size(saving.before), style.arrow(),
                        human_size(saving.after), '-' + share, printable(saving.name));
  }
  return text;
}

std::string SummaryText::tallies_text(std::string_view title, const Tallies& tallies,
                                      const TextStyle& style) {
  if (tallies.empty()) return {};
  std::vector<std::pair<std::string, Tally>> rows(tallies.begin(), tallies.end());
  std::ranges::stable_sort(rows,
                           [](const auto& a, const auto& b) { return a.second.count > b.second.count; });
  const std::size_t width = std::to_string(rows.front().second.count).size();
  std::string text = style.strong(fmt::format("{}:", title)) + '\n';
  for (const auto& [code, tally] : rows) {
    // Where the sentences differ, one file's would mislead: its code says what they share.
    std::string what = tally.varies || tally.text.empty() ? code : tally.text;
    if (tally.varies) std::ranges::replace(what, '_', ' ');
    text += fmt::format("  {:>{}}  {}\n", tally.count, width, printable(what));
  }
  return text;
}

std::string SummaryText::failures_text(std::uint64_t failed, const Wording& wording) const {
  if (failed == 0) return {};
  std::string text = wording.style.bad("Failed:") + '\n';
  if (wording.failures_shown) return text + fmt::format("  {} {}, named above\n", failed, plural(failed));
  for (const Failure& failure : failures_)
    text += fmt::format("  {}: {}\n", printable(failure.name), printable(failure.message));
  if (failed > failures_.size())
    text += fmt::format("  and {} more{}\n", failed - failures_.size(),
                        wording.report.empty() ? "" : ": the report names them all");
  return text;
}

}  // namespace imgc
