// What this process may use of the machine, and what it has used.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace imgc {

// The CPUs that this process may keep busy: its affinity, and its cgroup's quota rounded up. At least 1.
unsigned available_cpus();
// Bytes: the machine's memory, or its cgroup's limit when that is lower.
std::uint64_t available_memory();

// User and system time of all threads so far.
double cpu_seconds();
// The most resident memory there has been, in bytes.
std::uint64_t peak_rss();

// The limits that hold in a cgroup: the tightest along its path up to the root, since each binds all below
// it.
struct CgroupLimits {
  std::optional<double> cpus;
  std::optional<std::uint64_t> memory;  // bytes
};
// `membership` is the text of /proc/self/cgroup and `root` where the hierarchies are mounted, /sys/fs/cgroup.
// Knows version 2 and version 1, alone and side by side.
CgroupLimits cgroup_limits(std::string_view membership, std::string_view root);

}  // namespace imgc
