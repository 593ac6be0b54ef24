// From argv to what a run needs. Parsed once, resolved once.
#pragma once

#include <optional>
#include <string>

#include "imgc/engine.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "cli/discover.h"
#include "cli/incremental.h"
#include "cli/terminal.h"
#include "store/atomic_file.h"

namespace CLI {
class App;
}

namespace imgc {

struct CompressArgs {
  DiscoverOptions discover;
  Options options;
  RunOptions run;
  Durability durability = Durability::none;
  unsigned retries = 0;
  StateOptions state;
  bool state_asked = false;  // for a journal, by one option or another: a run without is not what was meant
  std::string errors_to;     // a path; empty for none
  std::string metrics;       // likewise
  std::string cache;         // a directory; empty for none
  std::uint64_t cache_size = std::uint64_t{5} << 30U;
  std::string report;  // a path or "-"; empty for none
  bool sandbox = true;
  bool json = false;
  bool quiet = false;
  ColorChoice color = ColorChoice::automatic;
};

// The raw words of the command line that only make sense together.
struct CompressWords {
  CompressArgs args;
  bool in_place = false;
  bool no_report = false;
  bool untrusted = false;
  bool no_state = false;
  bool no_sandbox = false;
  std::optional<std::string> output;
  std::optional<std::string> report;
  std::optional<Durability> durability;
};

// Declares `compress` with its options, whose values land in `words`.
CLI::App* add_compress(CLI::App& app, CompressWords& words);

// What the words mean together: which positional is OUTPUT, where the report goes, the machine's defaults.
Result<CompressArgs> resolve(CompressWords words);

}  // namespace imgc
