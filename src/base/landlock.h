// Landlock (Linux 5.13): a process gives up, for good, all files but those it names. Nothing else is asked of
// the machine, and no privilege is needed.
#pragma once

#include <string>
#include <vector>

namespace imgc {

// Directories with all below them, and files.
struct Reach {
  std::vector<std::string> readable;
  std::vector<std::string> writable;  // readable too
};

// The kernel's version of Landlock; 0 when it has none, or it is switched off.
unsigned landlock_version();

// From here on this thread, and those that it will start, reach nothing else by name: nor may they run
// programs or use TCP, where the kernel's version knows of that. What is open stays open. Paths that do not
// exist are left out. Says whether it took hold.
bool confine(const Reach& reach);

}  // namespace imgc
