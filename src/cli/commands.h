// The small subcommands. Each prints to stdout, complains on stderr, and returns the process's exit code.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgc/options.h"

namespace CLI {
class App;
}

namespace imgc {

// What the headers of `files` say; "-" is stdin. For people, or with `json` one object a line. A file that
// can't be read or understood is named on stderr, the others go on, and the exit code is 1.
int inspect(const std::vector<std::string>& files, bool json, const Limits& limits = {});

// How much each of `files` looks like `reference`, as SSIMULACRA 2 and PSNR: for people, or with `json` one
// object a line. A file that can't be compared is named on stderr, the others go on, and the exit code is 1.
int score_files(const std::string& reference, const std::vector<std::string>& files, bool json,
                const Limits& limits = {});

// What a person wants to know of a report: sums, the largest savings, the slowest, and what failed.
int show_report(const std::string& file);
// One report of those of a run's shards, to a file or, as "-" or empty, to stdout.
int merge_reports(const std::vector<std::string>& files, const std::string& output);

// The table of formats; with `json` an array of objects.
int list_formats(bool json);

// Several lines for `imgc --version`: imgc itself, then a library a line. `more` names the libraries that
// only the caller sees: "oneTBB 2021.8".
std::string version_text(const std::vector<std::string>& more = {});

enum class Shell { bash, zsh, fish };
std::optional<Shell> shell_named(std::string_view name);

// A completion script for `app`, made from its subcommands, options and their type names: alternatives
// written as "a|b|c" or by CLI::IsMember are offered, FILE and PATH complete files, DIR directories.
std::string completion_script(const CLI::App& app, Shell shell);
// Prints it.
int completion(const CLI::App& app, Shell shell);

}  // namespace imgc
