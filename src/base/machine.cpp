#include "base/machine.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <thread>

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace imgc {
namespace {

// Empty when it can't be read, which here always means "no limit".
std::string contents(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Cuts off and returns what is before `separator`.
std::string_view take(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

// Nothing for "max", "-1" and whatever else is not a number.
std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end == text.data()) return std::nullopt;
  return value;
}

bool lists(std::string_view controllers, std::string_view wanted) {
  while (!controllers.empty())
    if (take(controllers, ',') == wanted) return true;
  return false;
}

template <class T>
void tighten(std::optional<T>& limit, std::optional<T> other) {
  if (other && (!limit || *other < *limit)) limit = other;
}

std::optional<double> cpus(std::optional<std::uint64_t> quota, std::optional<std::uint64_t> period) {
  if (!quota || !period || *quota == 0 || *period == 0) return std::nullopt;
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

std::optional<double> cpus_v2(const std::string& group) {
  const std::string text = contents(group + "/cpu.max");  // "$QUOTA $PERIOD"
  std::string_view rest = text;
  const auto quota = number(take(rest, ' '));
  return cpus(quota, number(rest));
}

std::optional<double> cpus_v1(const std::string& group) {
  return cpus(number(contents(group + "/cpu.cfs_quota_us")), number(contents(group + "/cpu.cfs_period_us")));
}

// Calls visit(directory) for `path` below `mount` and every group above it. In a container the path may be
// the host's, of which only the mount's root is to be seen; groups that are not there simply say nothing.
template <class Visit>
void for_each_group(const std::string& mount, std::string path, Visit visit) {
  if (path.find("/..") != std::string::npos) path.clear();  // outside of this cgroup namespace
  while (!path.empty() && path != "/") {
    visit(mount + path);
    path.resize(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
  }
  visit(mount);
}

}  // namespace

CgroupLimits cgroup_limits(std::string_view membership, std::string_view root) {
  CgroupLimits limits;
  while (!membership.empty()) {
    std::string_view line = take(membership, '\n');  // hierarchy:controllers:path, see cgroups(7)
    take(line, ':');
    const std::string_view controllers = take(line, ':');
    const std::string path(line);
    const std::string base(root);
    if (controllers.empty()) {
      const auto read = [&](const std::string& group) {
        tighten(limits.cpus, cpus_v2(group));
        tighten(limits.memory, number(contents(group + "/memory.max")));
      };
      for_each_group(base, path, read);
      for_each_group(base + "/unified", path, read);
    }
    if (lists(controllers, "cpu")) {
      const auto read = [&](const std::string& group) { tighten(limits.cpus, cpus_v1(group)); };
      for_each_group(base + "/cpu", path, read);
      if (controllers != "cpu") for_each_group(base + "/" + std::string(controllers), path, read);
    }
    if (lists(controllers, "memory")) {
      for_each_group(base + "/memory", path, [&](const std::string& group) {
        tighten(limits.memory, number(contents(group + "/memory.limit_in_bytes")));
      });
    }
  }
  return limits;
}

unsigned available_cpus() {
  int count = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  // The kernel refuses a set that is smaller than its own.
  for (int capacity = 1024; capacity <= 1 << 20; capacity *= 2) {
    const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set(
        CPU_ALLOC(static_cast<std::size_t>(capacity)), [](cpu_set_t* allocated) { CPU_FREE(allocated); });
    const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(capacity));
    if (::sched_getaffinity(0, bytes, set.get()) == 0) {
      count = CPU_COUNT_S(bytes, set.get());
      break;
    }
    if (errno != EINVAL) break;
  }
  const auto quota = cgroup_limits(contents("/proc/self/cgroup"), "/sys/fs/cgroup").cpus;
  if (quota && *quota < count) count = static_cast<int>(std::ceil(*quota));
  return static_cast<unsigned>(std::max(1, count));
}

std::uint64_t available_memory() {
  const auto pages = static_cast<std::uint64_t>(std::max(1L, ::sysconf(_SC_PHYS_PAGES)));
  const auto page = static_cast<std::uint64_t>(std::max(1L, ::sysconf(_SC_PAGESIZE)));
  const auto limit = cgroup_limits(contents("/proc/self/cgroup"), "/sys/fs/cgroup").memory;
  return std::min(pages * page, limit.value_or(std::numeric_limits<std::uint64_t>::max()));
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::uint64_t peak_rss() {
  // ru_maxrss survives exec, so a small process started by a large one inherits its parent's peak; VmHWM is
  // ours.
  const std::string status = contents("/proc/self/status");
  if (const std::size_t line = status.find("\nVmHWM:"); line != std::string::npos) {
    std::string_view rest = std::string_view(status).substr(line + 7);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    if (const auto kibibytes = number(rest)) return *kibibytes * 1024;
  }
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace imgc
