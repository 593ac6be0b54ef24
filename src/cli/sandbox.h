// The files that a run has to do with, and no others.
#pragma once

#include <string>

#include "cli/args.h"

namespace imgc {

// Gives up all else, as far as the kernel can and what the run will touch is known by now: a list or a
// manifest may name any input. To be called when the output, the state and the cache have their directories,
// and before the run's threads start. Says what holds, "Landlock 4" for example; empty when nothing does.
std::string enter_sandbox(const CompressArgs& args);

}  // namespace imgc
