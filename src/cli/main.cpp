#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <malloc.h>

#include "imgc/engine.h"

#include "cli/args.h"
#include "cli/commands.h"
#include "cli/compress.h"
#include "cli/exit_code.h"
#include "cli/help.h"

namespace {

using namespace imgc;

struct CommandLine {
  CLI::App app{"imgc: makes trees of PNG, JPEG and WebP images smaller", "imgc"};
  CompressWords compress_words;
  std::vector<std::string> inspect_files;
  bool inspect_json = false;
  std::string score_reference;
  std::vector<std::string> score_distorted;
  bool score_json = false;
  bool formats_json = false;
  std::string shown_report;
  std::vector<std::string> merged_reports;
  std::string merged_output;
  std::string shell;
  CLI::App* compress = nullptr;
  CLI::App* inspect = nullptr;
  CLI::App* score = nullptr;
  CLI::App* formats = nullptr;
  CLI::App* completion = nullptr;
  CLI::App* show = nullptr;
  CLI::App* merge = nullptr;
};

void declare(CommandLine& line) {
  line.app.formatter(std::make_shared<HelpFormatter>());
  line.app.set_version_flag("-V,--version", [] { return version_text({scheduler_version()}); });
  line.app.require_subcommand(1);
  line.app.footer("imgc COMMAND --help says more; so do imgc(1) and imgc-report(5).");
  line.compress = add_compress(line.app, line.compress_words);

  line.inspect = line.app.add_subcommand("inspect", "Show what the headers of images say");
  line.inspect->add_option("FILE", line.inspect_files, "Images")->required()->type_name("");
  line.inspect->add_flag("--json", line.inspect_json, "A JSON object a line");

  line.score = line.app.add_subcommand("score", "Say how much images look like a reference");
  line.score->add_option("REF", line.score_reference, "The image that the others are to look like")
      ->required()
      ->type_name("");
  line.score->add_option("DIST", line.score_distorted, "Images of the same size")->required()->type_name("");
  line.score->add_flag("--json", line.score_json, "A JSON object a line");

  CLI::App* report = line.app.add_subcommand("report", "Show reports of runs, or make one of several");
  report->require_subcommand(1);
  line.show = report->add_subcommand("show", "The sums, the largest savings, the slowest and what failed");
  line.show->add_option("FILE", line.shown_report, "A report")->required()->type_name("");
  line.merge = report->add_subcommand("merge", "One report of those of a run's shards");
  line.merge->add_option("FILE", line.merged_reports, "Reports")->required()->type_name("");
  line.merge->add_option("-o,--output", line.merged_output, "Where to write it (default stdout)")
      ->type_name("FILE");

  line.formats = line.app.add_subcommand("formats", "List the formats and the libraries behind them");
  line.formats->add_flag("--json", line.formats_json, "As JSON");

  line.completion = line.app.add_subcommand("completion", "Print a completion script for a shell");
  line.completion->add_option("SHELL", line.shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->type_name("bash|zsh|fish");
}

int complain(const std::string& what) {
  fmt::print(stderr, "imgc: {}\n", what);
  return exit_usage;
}

int dispatch(CommandLine& line) {
  if (line.compress->parsed()) {
    const Result<CompressArgs> args = resolve(line.compress_words);
    return args ? compress_command(*args) : complain(args.error().message);
  }
  if (line.inspect->parsed()) return inspect(line.inspect_files, line.inspect_json);
  if (line.score->parsed()) return score_files(line.score_reference, line.score_distorted, line.score_json);
  if (line.show->parsed()) return show_report(line.shown_report);
  if (line.merge->parsed()) return merge_reports(line.merged_reports, line.merged_output);
  if (line.formats->parsed()) return list_formats(line.formats_json);
  return completion(line.app, *shell_named(line.shell));
}

int run_program(int argc, char** argv) {
  CommandLine line;
  declare(line);
  try {
    line.app.parse(argc, argv);
  } catch (const CLI::ParseError& end) {
    // --help and --version come this way too, with an exit code of 0.
    if (end.get_exit_code() == 0) return line.app.exit(end);
    return complain(std::string(end.what()) + "\nTry imgc --help or imgc compress --help.");
  }
  return dispatch(line);
}

}  // namespace

int main(int argc, char** argv) {
  // Threads that each keep a heap of their own held 2.4 times the live bytes; two heaps 1.4 times.
  mallopt(M_ARENA_MAX, 2);
  try {
    return run_program(argc, argv);
  } catch (const std::exception& problem) {
    fmt::print(stderr, "imgc: {}\n", problem.what());
    return exit_some_failed;
  }
}
