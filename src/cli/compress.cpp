#include "cli/compress.h"

#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/machine.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/metrics.h"
#include "cli/sandbox.h"
#include "cli/signals.h"
#include "journal/journal.h"
#include "journal/made_with.h"
#include "journal/report_writer.h"
#include "store/dry_run.h"
#include "store/local.h"
#include "store/result_cache.h"
#include "store/retry.h"
#include "store/stream.h"

namespace imgc {
namespace {

constexpr std::size_t most_collisions_shown = 20;

Result<void> write_stdout(std::string_view text) {
  return write_all(STDOUT_FILENO, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

// Where the report goes: a file that appears when it is complete, or stdout.
class ReportFile {
 public:
  static Result<std::unique_ptr<ReportFile>> create(const std::string& path) {
    std::unique_ptr<ReportFile> report(new ReportFile);
    if (path == "-") return report;
    Result<AtomicFile> file = AtomicFile::create(path, default_publishing());
    if (!file) return tl::unexpected(at_path(path, file.error()));
    report->file_ = *std::move(file);
    return report;
  }

  [[nodiscard]] ReportWriter& writer() { return writer_; }
  Result<void> publish() { return file_ ? file_->commit({}) : Result<void>{}; }

 private:
  ReportFile()
      : writer_([this](std::string_view text) { return file_ ? file_->append(text) : write_stdout(text); }) {}

  std::optional<AtomicFile> file_;
  ReportWriter writer_;
};

// Hands what the engine tells to the terminal, the report and the event stream.
class Reporting final : public Observer {
 public:
  Reporting(const CompressArgs& args, Terminal& terminal) : terminal_(terminal) {
    if (args.json) events_.emplace(write_stdout);
    if (!args.metrics.empty()) metrics_.emplace(args.metrics);
  }

  Result<void> begin(const RunHeader& header, const std::string& report_path) {
    if (!report_path.empty()) {
      Result<std::unique_ptr<ReportFile>> report = ReportFile::create(report_path);
      if (!report) return tl::unexpected(std::move(report.error()));
      report_ = *std::move(report);
      note(report_->writer().begin(header));
    }
    if (events_) note(events_->begin(header));
    return {};
  }

  // A file that appears when it is complete, so that a run over a list may write the next one in its place.
  Result<void> write_errors_to(const std::string& path) {
    Result<AtomicFile> file = AtomicFile::create(path, default_publishing());
    if (!file) return tl::unexpected(at_path(path, file.error()));
    errors_ = *std::move(file);
    errors_path_ = path;
    return {};
  }

  void remember(Journal& journal, Incremental& incremental) {
    journal_ = &journal;
    incremental_ = &incremental;
  }

  void started(const Plan& plan) override {
    terminal_.started(plan);
    if (metrics_) metrics_->started();
  }

  void finished(const Record& record) override {
    terminal_.finished(record);
    if (metrics_) metrics_->finished(record);
    if (incremental_ != nullptr) note_beside(incremental_->finished(record));
    // They are counted; lines for millions of them would bury what was done.
    if (is_unchanged(record.outcome)) return;
    if (report_) note(report_->writer().add(record));
    if (events_) note(events_->add(record));
    if (errors_ && std::holds_alternative<Failed>(record.outcome.verdict)) add_error(record.input);
    const auto* skipped = std::get_if<Skipped>(&record.outcome.verdict);
    if (skipped != nullptr && record.outcome.format_in.empty() &&
        (skipped->reason.code == "not_an_image" || skipped->reason.code == "unsupported_format"))
      ++not_images_;
  }

  void tick() override {
    terminal_.tick();
    if (journal_ != nullptr) note_beside(journal_->flush());
    if (metrics_) note_beside(metrics_->tick());
  }

  // Whether everything that was to be reported could be written.
  bool finish(const Summary& summary, const std::string& report_path) {
    if (report_) {
      note(report_->writer().finish(summary));
      if (!broken_) note(report_->publish());
    }
    if (events_) note(events_->finish(summary));
    if (journal_ != nullptr) {
      const bool completed =
          summary.status == Status::completed || summary.status == Status::completed_with_errors;
      if (completed) note_beside(journal_->end_run());
      note_beside(journal_->flush());
    }
    if (errors_) note_of_errors(errors_->commit({}));
    if (metrics_) note_beside(metrics_->finish(summary));
    terminal_.summarize(summary, broken_ || report_path == "-" ? "" : report_path);
    if (broken_) terminal_.message(fmt::format("the report could not be written: {}", broken_->message));
    if (beside_broken_) terminal_.message(beside_broken_->message);
    return !broken_ && !beside_broken_;
  }

  [[nodiscard]] std::uint64_t not_images() const { return not_images_; }

 private:
  void add_error(const Key& input) {
    if (input.find('\n') != std::string::npos)
      terminal_.message(
          fmt::format("{}: its name has a line feed, so --errors-to leaves it out", printable(input)));
    else
      note_of_errors(errors_->append(input + '\n'));
  }

  void note(const Result<void>& result) {
    if (!result && !broken_) broken_ = result.error();
  }

  void note_of_errors(const Result<void>& result) {
    if (!result) note_beside(tl::unexpected(at_path(errors_path_, result.error())));
  }

  // Of the journal, the metrics and the list of errors: the report does not depend on them.
  void note_beside(const Result<void>& result) {
    if (!result && !beside_broken_) beside_broken_ = result.error();
  }

  Terminal& terminal_;
  std::unique_ptr<ReportFile> report_;
  std::optional<EventWriter> events_;
  std::optional<AtomicFile> errors_;
  std::string errors_path_;
  std::optional<Metrics> metrics_;
  Journal* journal_ = nullptr;
  Incremental* incremental_ = nullptr;
  std::optional<Error> broken_;
  std::optional<Error> beside_broken_;
  std::uint64_t not_images_ = 0;
};

TerminalOptions terminal_options(const CompressArgs& args) {
  const Invocation& invocation = args.discover.invocation;
  // A pipe or a reader of events has no use for prose.
  TerminalOptions options = detect_terminal(args.color, args.quiet || args.json || invocation.output == "-");
  options.dry_run = invocation.dry_run || invocation.check;
  return options;
}

Result<void> make_output_directory(const CompressArgs& args) {
  const DiscoverOptions& discover = args.discover;
  const Invocation& invocation = discover.invocation;
  if (discover.replaces_inputs || discover.output_is_file || invocation.output.empty() || invocation.dry_run)
    return {};
  // Before the walk, so that an output inside an input is known by its identity and left out.
  if (const auto made = make_directories(invocation.output, args.durability != Durability::none); !made)
    return tl::unexpected(at_path(invocation.output, made.error()));
  return {};
}

void show_collisions(Terminal& terminal, const std::vector<Collision>& collisions) {
  for (std::size_t i = 0; i < collisions.size() && i < most_collisions_shown; ++i) {
    std::string inputs;
    for (const std::string& input : collisions[i].inputs)
      inputs += (inputs.empty() ? "" : ", ") + printable(input);
    terminal.message(fmt::format("{} would be written from {}", printable(collisions[i].output), inputs));
  }
  if (collisions.size() > most_collisions_shown)
    terminal.message(fmt::format("and {} more such outputs", collisions.size() - most_collisions_shown));
  terminal.message(
      "several inputs would have one output, so nothing was done; name outputs in a --manifest, use "
      "--on-collision suffix, "
      "or run them apart");
}

// The journal of the runs before; nothing when none is kept.
Result<std::optional<Journal>> open_journal(const CompressArgs& args, Terminal& terminal) {
  const StateOptions& state = args.state;
  if (state.directory.empty()) return std::nullopt;
  Result<Journal> journal = Journal::open(state.directory);
  if (!journal && journal.error().code == ErrorCode::refused && !args.state_asked) {
    // Runs over several inputs may share an output, as they could without a journal.
    terminal.message(fmt::format("{}: another imgc works with it, so this run keeps no journal",
                                 printable(state.directory)));
    return std::nullopt;
  }
  if (!journal) return tl::unexpected(std::move(journal.error()));
  if (state.resume && !journal->last_run())
    return fail(ErrorCode::usage, fmt::format("{}: there is no run to resume; --incremental begins one",
                                              printable(state.directory)));
  const std::uint64_t key = made_with(args.options);
  if (state.resume && journal->last_run()->made_with != key)
    return fail(
        ErrorCode::usage,
        fmt::format("{}: the run to resume had other options, or another version of imgc; give the same, or "
                    "--incremental to make anew what they change",
                    printable(state.directory)));
  if (auto begun = journal->begin_run(key); !begun) return tl::unexpected(begun.error());
  if (auto flushed = journal->flush(); !flushed) return tl::unexpected(flushed.error());
  return std::optional<Journal>(*std::move(journal));
}

RunHeader run_header(const CompressArgs& args, std::string sandbox) {
  RunHeader header;
  header.sandbox = std::move(sandbox);
  header.started = std::chrono::system_clock::now();
  header.invocation = args.discover.invocation;
  header.invocation.follow = args.discover.follow_links;
  header.invocation.on_collision = args.discover.suffix_on_collision ? "suffix" : "refuse";
  header.invocation.shard = args.discover.shard.label();
  header.invocation.retries = args.retries;
  header.options = args.options;
  header.run = args.run;
  header.cpus = available_cpus();
  header.more_libraries = {scheduler_version()};
  return header;
}

int exit_code(const CompressArgs& args, const Summary& summary, const Reporting& reporting) {
  const Totals& totals = summary.totals;
  if (summary.status == Status::deadline) return exit_deadline;
  if (summary.status == Status::failed || totals.failed > 0) return exit_some_failed;
  if (summary.status == Status::interrupted) return exit_some_failed;
  if (totals.files() == reporting.not_images()) return exit_no_input;
  if (args.discover.invocation.check && totals.compressed > 0) return exit_check_found_work;
  return exit_done;
}

}  // namespace

int compress_command(const CompressArgs& args) {
  const Invocation& invocation = args.discover.invocation;
  const Signals signals;
  Terminal terminal(terminal_options(args));
  const auto refuse = [&](const Error& error) {
    terminal.message(error.message);
    return error.code == ErrorCode::usage ? exit_usage : exit_some_failed;
  };

  const bool dry = invocation.dry_run || invocation.check;
  LocalStore files({args.durability, !dry});
  RetryStore persistent(files, args.retries);
  StreamStore streams(persistent, args.options.limits.memory);
  DryRunStore nothing_written(streams);
  Store& output = dry ? static_cast<Store&>(nothing_written) : streams;

  if (auto made = make_output_directory(args); !made) return refuse(made.error());
  auto discovery = Discovery::open(args.discover, std::make_shared<const Options>(args.options), streams);
  if (!discovery) return refuse(discovery.error());
  const Census census = (*discovery)->census(signals.stop());
  if (!census.collisions.empty()) {
    show_collisions(terminal, census.collisions);
    return exit_usage;
  }
  terminal.set_total(census.files);

  Reporting reporting(args, terminal);
  Result<std::optional<Journal>> journal = open_journal(args, terminal);
  if (!journal) return refuse(journal.error());
  std::unique_ptr<DirectoryCache> cache;
  RunOptions run_options = args.run;
  if (!args.cache.empty()) {
    auto opened = DirectoryCache::open(args.cache);
    if (!opened) return refuse(opened.error());
    cache = *std::move(opened);
    run_options.cache = cache.get();
  }
  const RunHeader header = run_header(args, enter_sandbox(args));
  if (auto begun = reporting.begin(header, args.report); !begun) return refuse(begun.error());
  if (!args.errors_to.empty())
    if (auto begun = reporting.write_errors_to(args.errors_to); !begun) return refuse(begun.error());
  std::optional<Incremental> incremental;
  if (*journal) {
    const std::string& root = args.discover.replaces_inputs ? std::string() : invocation.output;
    incremental.emplace(**discovery, streams, output, **journal, args.state, root);
    reporting.remember(**journal, *incremental);
  }
  JobSource& source = incremental ? static_cast<JobSource&>(*incremental) : **discovery;
  const Summary summary = run(source, streams, output, run_options, reporting, signals.stop());
  if (cache) cache->shrink(args.cache_size);
  const bool reported = reporting.finish(summary, args.report);

  if (summary.status == Status::interrupted) Signals::raise_again();
  const int code = exit_code(args, summary, reporting);
  if (code == exit_no_input) terminal.message("no image found among the inputs");
  return reported || code != exit_done ? code : exit_some_failed;
}

}  // namespace imgc
