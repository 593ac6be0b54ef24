// The first SIGINT or SIGTERM asks the run to drain; the second ends the process at once.
#pragma once

#include <atomic>

namespace imgc {

class Signals {
 public:
  // Catches from here on, until the end of the process.
  Signals();

  [[nodiscard]] const std::atomic<bool>& stop() const;
  // When one came: raises it again with its default action, so that the caller's shell sees how we ended.
  static void raise_again();
};

}  // namespace imgc
