#include "cli/args.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/machine.h"
#include "base/text.h"
#include "cli/settings.h"
#include "cli/walk.h"

namespace imgc {
namespace {

constexpr const char* examples =
    R"(Makes images smaller, losslessly or to a stated quality, and never harms an original.

Examples:
  imgc compress ./in ./out                       lossless, the tree kept
  imgc compress --lossy -q 70 ./in ./out         lossy at quality 70
  imgc compress --lossy -q png=60-80,jpeg=75 ./in ./out
  imgc compress --target high ./in ./out         the smallest that score 80 by SSIMULACRA 2
  imgc compress --lossy --format webp ./in ./out convert to WebP
  imgc compress --incremental ./in ./out         only what is new or changed since the last run
  imgc compress --in-place --backup .orig photos replace the originals, keep a copy of each
  imgc compress --check assets                   exit 3 when something would shrink
  imgc compress --lossy - - < a.png > b.png      one image through a pipe
  find . -name '*.png' -print0 | imgc compress --files0-from - ./out)";

struct DurabilityName {
  std::string_view name;
  Durability value;
};
constexpr std::array<DurabilityName, 3> durabilities = {
    {{"none", Durability::none}, {"batch", Durability::batch}, {"each", Durability::each}}};

// CLI11 reports a bad value by an exception of its own; it never leaves the parse.
void require(const Result<void>& result) {
  if (!result) throw CLI::ValidationError(result.error().message);
}

void add_setting(CLI::App& app, Options& options, const Setting& setting) {
  CLI::Option* option = nullptr;
  const auto set = [&options, &setting](const std::vector<std::string>& values) {
    require(apply_setting(options, setting.name, values.back()));
    return true;
  };
  if (setting.value.empty()) {
    const std::string help(setting.help);
    option = app.add_flag(std::string(setting.flags), help);
    // A switch that also takes a value, but only after '=': "--preserve=mode".
    option->each([set](const std::string& value) { set({value}); });
  } else {
    option = app.add_option(std::string(setting.flags), set, std::string(setting.help));
    option->type_name(std::string(setting.value))->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }
  option->group(std::string(setting.group));
}

void add_size(CLI::App& app, const std::string& name, std::uint64_t& field, const std::string& help,
              const std::string& group) {
  app.add_option(
         name,
         [&field, name](const std::vector<std::string>& values) {
           const auto size = parse_size(values.back());
           if (!size || *size == 0)
             throw CLI::ValidationError(fmt::format("{}: \"{}\" is not a size such as 500M or 2GiB", name,
                                                    printable(values.back())));
           field = *size;
           return true;
         },
         help)
      ->type_name("SIZE")
      ->group(group);
}

void add_inputs(CLI::App& app, CompressWords& words) {
  Invocation& invocation = words.args.discover.invocation;
  app.add_option("INPUT", invocation.inputs,
                 "Files and directories, the last one OUTPUT; \"-\" is stdin or stdout")
      ->type_name("");
  const std::string group = "Input";
  app.add_option("--files-from", invocation.files_from, "Read input paths from a file or -, a line each")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--files0-from", invocation.files0_from,
                 "The same with NUL after each path, as find -print0 writes")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--manifest", invocation.manifest,
                 "Read jobs from a file or -, a line each: {\"input\": …, \"output\": …, \"options\": {…}}")
      ->type_name("FILE")
      ->group(group);
  for (auto [name, field, help] :
       {std::tuple{"--include", &invocation.include,
                   "Only files that match; without '/' the name is compared"},
        std::tuple{"--exclude", &invocation.exclude, "Leave out files and directories that match"}})
    app.add_option(name, *field, help)->type_name("GLOB")->allow_extra_args(false)->group(group);
  app.add_option(
         "--shard",
         [&words](const std::vector<std::string>& values) {
           const auto shard = parse_shard(values.back(), [](const char* name) {
             const char* value = std::getenv(name);
             return std::string(value == nullptr ? "" : value);
           });
           require(shard ? Result<void>{} : fail(ErrorCode::usage, "--shard: " + shard.error().message));
           words.args.discover.shard = *shard;
           return true;
         },
         "Only the K-th of N parts of the inputs, by their names; auto: as a Slurm array, a Kubernetes "
         "indexed Job or "
         "an AWS Batch array says")
      ->type_name("K/N|auto")
      ->group(group);
  app.add_flag("--follow", words.args.discover.follow_links, "Follow symbolic links inside directories")
      ->group(group);
}

void add_output(CLI::App& app, CompressWords& words) {
  const std::string group = "Output";
  app.add_option("-o,--output", words.output, "Where to write: a directory, a file for a single input, or -")
      ->type_name("PATH")
      ->group(group);
  app.add_flag("--in-place", words.in_place, "Replace the inputs")->group(group);
  app.add_option("--backup", words.args.options.backup_suffix,
                 "With --in-place: keep each original under its name and SUFFIX")
      ->type_name("SUFFIX")
      ->group(group);
  app.add_option(
         "--on-collision",
         [&words](const std::vector<std::string>& values) {
           if (values.back() != "refuse" && values.back() != "suffix")
             throw CLI::ValidationError("--on-collision: refuse or suffix");
           words.args.discover.suffix_on_collision = values.back() == "suffix";
           return true;
         },
         "When two inputs would get one output: refuse to start (the default), or call them a.png.webp and "
         "a.jpg.webp")
      ->type_name("refuse|suffix")
      ->group(group);
  app.add_option(
         "--durability",
         [&words](const std::vector<std::string>& values) {
           const auto found = std::ranges::find(durabilities, values.back(), &DurabilityName::name);
           if (found == durabilities.end()) throw CLI::ValidationError("--durability: none, batch or each");
           words.durability = found->value;
           return true;
         },
         "What outputs survive: none, this process being killed; batch, a power cut too, synced many at a "
         "time (the "
         "default); each, synced one by one (the default in place)")
      ->type_name("none|batch|each")
      ->group(group);
  app.add_flag("-n,--dry-run", words.args.discover.invocation.dry_run, "Do all the work and write nothing")
      ->group(group);
  app.add_flag("--check", words.args.discover.invocation.check,
               "Write nothing, and exit 3 when an INPUT would shrink by more than --min-savings")
      ->group(group);
}

void add_run(CLI::App& app, CompressWords& words) {
  const std::string group = "Limits";
  RunOptions& run = words.args.run;
  app.add_option("-j,--jobs", run.jobs, "Threads (default: the CPUs this process may use)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024))
      ->group(group);
  add_size(app, "--memory-limit", run.memory_limit,
           "What the images in work may take (default: half the memory)", group);
  app.add_option("--retries", words.args.retries,
                 "Try I/O errors that may pass so many times more, ever more slowly (default 0)")
      ->type_name("N")
      ->check(CLI::Range(0, 100))
      ->group(group);
  app.add_option(
         "--deadline",
         [&run](const std::vector<std::string>& values) {
           run.deadline = parse_duration(values.back());
           if (!run.deadline || run.deadline->count() == 0)
             throw CLI::ValidationError(fmt::format("--deadline: \"{}\" is not a time such as 6h or 1h30m",
                                                    printable(values.back())));
           return true;
         },
         "Begin nothing after this time, bring what has begun to its end, and exit 5; --resume goes on")
      ->type_name("TIME")
      ->group(group);
  app.add_flag("--untrusted", words.untrusted,
               "For images of strangers: at most 50 megapixels, one frame and 10 seconds each, unless less "
               "is asked for")
      ->group(group);
  app.add_flag("--no-sandbox", words.no_sandbox,
               "Do without Landlock, for outputs that are links to elsewhere")
      ->group(group);
  app.add_flag("--fail-fast", run.fail_fast, "Stop at the first failure")->group(group);
  app.add_option("--max-errors", run.max_errors, "Stop when more than N inputs failed")
      ->type_name("N")
      ->group(group);
}

void add_state(CLI::App& app, CompressWords& words) {
  const std::string group = "Again";
  StateOptions& state = words.args.state;
  app.add_flag("--incremental", state.incremental,
               "Leave out what is unchanged since an earlier run, its output being what was written then")
      ->group(group);
  app.add_flag("--resume", state.resume,
               "Go on with an interrupted run; refused when the options have changed")
      ->group(group);
  app.add_flag("--checksum", state.checksum, "Compare contents even where size and times are the same")
      ->group(group);
  app.add_flag("--retry-failed", state.retry_failed, "Also try again what failed and is unchanged")
      ->group(group);
  app.add_flag("--delete", state.remove_gone,
               "With --incremental: remove outputs whose inputs are gone, if imgc wrote them")
      ->group(group);
  app.add_option("--state", state.directory,
                 "Where the journal of what was done is kept (default OUTPUT/.imgc; none with --in-place)")
      ->type_name("DIR")
      ->group(group);
  app.add_option(
         "--cache", words.args.cache,
         "Keep results in a directory, found again by the contents they were made from; runs may share it")
      ->type_name("DIR")
      ->group(group);
  add_size(app, "--cache-size", words.args.cache_size,
           "What the cache may hold at the end of a run; what was not used for longest goes (default 5GiB)",
           group);
  app.add_flag("--no-state", words.no_state, "Keep no journal")->group(group);
}

void add_reporting(CLI::App& app, CompressWords& words) {
  const std::string group = "Report";
  app.add_option("--report", words.report,
                 "Where the JSON report goes (default OUTPUT/imgc-report.json), - for stdout")
      ->type_name("FILE")
      ->group(group);
  app.add_flag("--no-report", words.no_report,
               "Write no report, and keep no journal but for --incremental and --resume")
      ->group(group);
  app.add_option("--errors-to", words.args.errors_to,
                 "Write the inputs that failed to a file, a line each, as --files-from reads them")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--metrics", words.args.metrics,
                 "Write figures of the run for Prometheus's node exporter to a file that ends in .prom")
      ->type_name("FILE")
      ->group(group);
  app.add_flag("--json", words.args.json, "A JSON line an event on stdout instead of text on stderr")
      ->group(group);
  app.add_flag("-Q,--quiet", words.args.quiet, "Only failures on stderr")->group(group);
  static const std::map<std::string, ColorChoice> colors = {
      {"auto", ColorChoice::automatic}, {"always", ColorChoice::always}, {"never", ColorChoice::never}};
  app.add_option("--color", words.args.color, "Colours on stderr; auto also obeys NO_COLOR")
      ->transform(CLI::CheckedTransformer(colors).description(""))
      ->type_name("auto|always|never")
      ->group(group);
}

// Which words are inputs and which is the output.
Result<void> resolve_output(CompressWords& words) {
  DiscoverOptions& discover = words.args.discover;
  Invocation& invocation = discover.invocation;
  const bool lists =
      !invocation.files_from.empty() || !invocation.files0_from.empty() || !invocation.manifest.empty();
  if (words.in_place || invocation.check) {
    discover.replaces_inputs = true;
    if (words.output) return fail(ErrorCode::usage, "--output has no meaning with --in-place or --check");
  } else if (words.output) {
    invocation.output = *words.output;
  } else if (invocation.inputs.size() > 1 || (lists && !invocation.inputs.empty())) {
    invocation.output = std::move(invocation.inputs.back());
    invocation.inputs.pop_back();
  } else if (invocation.inputs == std::vector<std::string>{"-"}) {
    invocation.output = "-";
  } else if (invocation.manifest.empty()) {
    return fail(ErrorCode::usage, invocation.inputs.empty()
                                      ? "give an INPUT and an OUTPUT; imgc compress --help shows examples"
                                      : "give an OUTPUT behind the inputs, or --in-place to replace them");
  }
  if (invocation.inputs.empty() && !lists) return fail(ErrorCode::usage, "give an INPUT");

  const bool one_file = invocation.inputs.size() == 1 && !lists && !directory_id(invocation.inputs.front());
  discover.output_is_file = !discover.replaces_inputs && one_file && !invocation.output.ends_with('/') &&
                            (invocation.output == "-" || !directory_id(invocation.output));
  if (invocation.output == "-" && !discover.output_is_file)
    return fail(ErrorCode::usage, "only one file can be written to stdout");
  for (const std::string& input : invocation.inputs)
    if (input == "-" && !discover.output_is_file)
      return fail(ErrorCode::usage, "stdin holds one image: give one OUTPUT file, or - for stdout");
  return {};
}

Result<void> resolve_report(CompressWords& words) {
  CompressArgs& args = words.args;
  const Invocation& invocation = args.discover.invocation;
  if (words.report && words.no_report)
    return fail(ErrorCode::usage, "--report and --no-report exclude each other");
  const bool own_directory = !invocation.output.empty() && !args.discover.output_is_file;
  const std::string part = args.discover.shard.label();
  if (words.report) {
    args.report = *words.report;
  } else if (own_directory && !words.no_report && !invocation.dry_run) {
    args.report =
        join_path(invocation.output, part.empty() ? "imgc-report.json" : "imgc-report." + part + ".json");
  }
  if (int{args.report == "-"} + int{args.json} + int{invocation.output == "-"} > 1)
    return fail(ErrorCode::usage, "only one of --report -, --json and OUTPUT - can have stdout");
  if (args.report != "-") args.discover.report = args.report;
  return {};
}

// What a picture of an upload form needs, and no more.
void tighten(Limits& limits) {
  constexpr Limits tight{.max_pixels = 50'000'000,
                         .png_chunk_bytes = std::uint64_t{1} << 20U,
                         .jpeg_scans = 30,
                         .memory = std::uint64_t{1} << 30U,
                         .max_frames = 1,
                         .time = std::chrono::seconds(10)};
  limits.max_pixels = std::min(limits.max_pixels, tight.max_pixels);
  limits.png_chunk_bytes = std::min(limits.png_chunk_bytes, tight.png_chunk_bytes);
  limits.jpeg_scans = std::min(limits.jpeg_scans, tight.jpeg_scans);
  limits.memory = std::min(limits.memory, tight.memory);
  limits.max_frames = tight.max_frames;
  if (limits.time.count() == 0 || limits.time > tight.time) limits.time = tight.time;
}

Result<void> resolve_state(CompressWords& words) {
  StateOptions& state = words.args.state;
  const DiscoverOptions& discover = words.args.discover;
  const Invocation& invocation = discover.invocation;
  if (words.no_state && (state.skips() || !state.directory.empty()))
    return fail(ErrorCode::usage, "--no-state excludes --state, --incremental and --resume");
  if (state.incremental && state.resume)
    return fail(ErrorCode::usage,
                "--resume goes on with a run and --incremental begins one; give one of them");
  if (!state.skips() && (state.checksum || state.retry_failed || state.remove_gone))
    return fail(ErrorCode::usage,
                "--checksum, --retry-failed and --delete have no meaning without --incremental or --resume");
  if (state.remove_gone && state.resume)
    return fail(ErrorCode::usage, "--delete needs --incremental, which looks at all inputs");
  const bool own_directory =
      !invocation.output.empty() && !discover.output_is_file && !discover.replaces_inputs;
  const bool dry = invocation.dry_run || invocation.check;
  if (dry && state.skips())
    return fail(ErrorCode::usage, "--incremental and --resume have no meaning with --dry-run or --check");
  if (dry) state.directory.clear();
  if (dry || words.no_state) return {};
  words.args.state_asked = state.skips() || !state.directory.empty();
  if (state.directory.empty() && own_directory && (state.skips() || !words.no_report)) {
    state.directory = join_path(invocation.output, state_name);
    if (const std::string part = discover.shard.label(); !part.empty()) state.directory += "/shard-" + part;
  } else if (state.directory.empty() && state.skips()) {
    return fail(ErrorCode::usage,
                "there is no directory of outputs to keep the journal in; give a --state DIR");
  }
  return {};
}

}  // namespace

CLI::App* add_compress(CLI::App& app, CompressWords& words) {
  CLI::App* compress = app.add_subcommand("compress", "Make images smaller");
  compress->description(examples);
  words.args.run.jobs = available_cpus();
  words.args.run.memory_limit = available_memory() / 2;
  add_inputs(*compress, words);
  for (const Setting& setting : settings())
    if (setting.group == "Fidelity" || setting.group == "Metadata")
      add_setting(*compress, words.args.options, setting);
  add_output(*compress, words);
  for (const Setting& setting : settings())
    if (setting.group != "Fidelity" && setting.group != "Metadata")
      add_setting(*compress, words.args.options, setting);
  add_state(*compress, words);
  add_run(*compress, words);
  add_reporting(*compress, words);
  return compress;
}

Result<CompressArgs> resolve(CompressWords words) {
  if (auto output = resolve_output(words); !output) return tl::unexpected(std::move(output.error()));
  if (auto report = resolve_report(words); !report) return tl::unexpected(std::move(report.error()));
  if (auto state = resolve_state(words); !state) return tl::unexpected(std::move(state.error()));
  Options& options = words.args.options;
  if (!options.backup_suffix.empty() && !words.in_place)
    return fail(ErrorCode::usage, "--backup has no meaning without --in-place");
  if (options.backup_suffix.find('/') != std::string::npos)
    return fail(ErrorCode::usage, "--backup: the suffix can't hold a '/'");
  options.in_place = words.args.discover.replaces_inputs;
  if (words.in_place) {
    // A file that is replaced stays as accessible as it was; its owner only root can give.
    options.preserve.mode = true;
    options.preserve.owner |= geteuid() == 0;
  }
  if (words.args.discover.invocation.check) options.break_hard_links = true;
  if (auto sound = check_options(options); !sound) return tl::unexpected(std::move(sound.error()));
  options.limits.memory = words.args.run.memory_limit;
  if (words.untrusted) tighten(options.limits);
  words.args.sandbox = !words.no_sandbox;
  words.args.durability = words.durability.value_or(words.in_place ? Durability::each : Durability::batch);
  // A backup has to be there before its original goes.
  if (words.args.durability == Durability::batch && !options.backup_suffix.empty())
    words.args.durability = Durability::each;
  const auto named = std::ranges::find(durabilities, words.args.durability, &DurabilityName::value);
  words.args.discover.invocation.durability = named->name;
  return std::move(words.args);
}

}  // namespace imgc
