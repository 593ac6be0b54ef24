#pragma once

#include <string_view>

namespace imgc {

// Writes a subcommand's whole output to stdout. The exit code: 0, or 1 after a complaint on stderr when it
// could not all be written.
int print_output(std::string_view text);

}  // namespace imgc
