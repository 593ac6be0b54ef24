// What imgc's exit status says; after a signal the process ends by that signal instead.
#pragma once

namespace imgc {

constexpr int exit_done = 0;              // every input compressed, or kept or skipped for a good reason
constexpr int exit_some_failed = 1;       // finished, or stopped early, and at least one input failed
constexpr int exit_usage = 2;             // the command line is wrong, or inputs collide; nothing was done
constexpr int exit_check_found_work = 3;  // --check: something would shrink
constexpr int exit_no_input = 4;          // no image among the inputs
constexpr int exit_deadline = 5;          // --deadline: the time was up before all was done

}  // namespace imgc
