#include "cli/output.h"

#include <cstdint>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/exit_code.h"

namespace imgc {

int print_output(std::string_view text) {
  const auto written =
      write_all(STDOUT_FILENO, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  if (written) return exit_done;
  fmt::print(stderr, "imgc: stdout: {}\n", written.error().message);
  return exit_some_failed;
}

}  // namespace imgc
