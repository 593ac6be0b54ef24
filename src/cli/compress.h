#pragma once

#include "cli/args.h"

namespace imgc {

// `imgc compress`: discovers, runs, reports. Returns the exit code of the process; after a signal it does not
// return but ends the process by that signal.
int compress_command(const CompressArgs& args);

}  // namespace imgc
