// The words a user may give for the fields of Options: one table for the command line and for manifests.
#pragma once

#include <span>
#include <string_view>

#include "imgc/options.h"
#include "imgc/result.h"

namespace imgc {

struct Setting {
  std::string_view name;   // the long option without its dashes: "min-savings"
  std::string_view flags;  // as CLI11 writes them: "-q,--quality"
  std::string_view value;  // what stands for the value in the help; empty for a switch
  std::string_view group;
  std::string_view help;
  // A switch is called with "true", or with what a manifest gives it.
  Result<void> (*set)(Options&, std::string_view value);
};

std::span<const Setting> settings();

// As `--name value` would. Errors say what was wrong with the value and what may stand there.
Result<void> apply_setting(Options& options, std::string_view name, std::string_view value);

// What can only be judged when every setting is in: a quality without --lossy, and the like.
Result<void> check_options(const Options& options);

}  // namespace imgc
