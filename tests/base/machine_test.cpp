#include "base/machine.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <sched.h>
#include <unistd.h>

#include "store/temp_dir.h"

namespace imgc {
namespace {

class FakeCgroups {
 public:
  void put(const std::string& file, const std::string& text) {
    const std::filesystem::path path = dir_ / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  [[nodiscard]] CgroupLimits limits(const std::string& membership) const {
    return cgroup_limits(membership, dir_.path().string());
  }

 private:
  test::TempDir dir_;
};

}  // namespace

TEST_CASE("without cgroup files there are no limits") {
  const FakeCgroups groups;
  for (const char* membership : {"", "0::/\n", "junk", "::::\n\n:", "4:memory:/a/b\n3:cpu,cpuacct:/a\n"}) {
    CHECK_FALSE(groups.limits(membership).cpus.has_value());
    CHECK_FALSE(groups.limits(membership).memory.has_value());
  }
}

TEST_CASE("cgroup v2: the tightest limit on the way up holds") {
  FakeCgroups groups;
  groups.put("a/cpu.max", "150000 100000\n");
  groups.put("a/b/cpu.max", "max 100000\n");
  groups.put("a/b/c/cpu.max", "400000 100000\n");
  groups.put("a/memory.max", "max\n");
  groups.put("a/b/memory.max", "1000000\n");
  groups.put("a/b/c/memory.max", "2000000\n");
  const CgroupLimits limits = groups.limits("0::/a/b/c\n");
  CHECK(limits.cpus.value() == doctest::Approx(1.5));
  CHECK(limits.memory.value() == 1000000);
  CHECK_FALSE(groups.limits("0::/other\n").cpus.has_value());
}

TEST_CASE("cgroup v2 in a container: the host's path is not there, the mount's root is") {
  FakeCgroups groups;
  groups.put("cpu.max", "50000 100000\n");
  groups.put("memory.max", "500\n");
  for (const char* membership : {"0::/\n", "0::/docker/abc\n", "0::/../../x\n"}) {
    CHECK(groups.limits(membership).cpus.value() == doctest::Approx(0.5));
    CHECK(groups.limits(membership).memory.value() == 500);
  }
}

TEST_CASE("cgroup v1: quota over period, and no limit when the quota is -1") {
  FakeCgroups groups;
  groups.put("cpu,cpuacct/slice/cpu.cfs_quota_us", "250000\n");
  groups.put("cpu,cpuacct/slice/cpu.cfs_period_us", "100000\n");
  groups.put("cpu,cpuacct/slice/job/cpu.cfs_quota_us", "-1\n");
  groups.put("cpu,cpuacct/slice/job/cpu.cfs_period_us", "100000\n");
  groups.put("memory/slice/memory.limit_in_bytes", "3000\n");
  groups.put("memory/slice/job/memory.limit_in_bytes", "9223372036854771712\n");
  const CgroupLimits limits = groups.limits("5:cpu,cpuacct:/slice/job\n4:memory:/slice/job\n0::/\n");
  CHECK(limits.cpus.value() == doctest::Approx(2.5));
  CHECK(limits.memory.value() == 3000);
}

TEST_CASE("cgroup v1 and v2 side by side: both bind") {
  FakeCgroups groups;
  groups.put("cpu/x/cpu.cfs_quota_us", "300000\n");
  groups.put("cpu/x/cpu.cfs_period_us", "100000\n");
  groups.put("unified/y/cpu.max", "200000 100000\n");
  groups.put("unified/y/memory.max", "77\n");
  const CgroupLimits limits = groups.limits("1:cpu:/x\n0::/y\n");
  CHECK(limits.cpus.value() == doctest::Approx(2));
  CHECK(limits.memory.value() == 77);
}

TEST_CASE("a period of zero, a quota of zero and words are no limit") {
  FakeCgroups groups;
  groups.put("z/cpu.max", "100000 0\n");
  groups.put("z/w/cpu.max", "0 100000\n");
  groups.put("z/w/memory.max", "lots\n");
  CHECK_FALSE(groups.limits("0::/z/w\n").cpus.has_value());
  CHECK_FALSE(groups.limits("0::/z/w\n").memory.has_value());
}

TEST_CASE("affinity limits the CPUs") {
  cpu_set_t before;
  REQUIRE(::sched_getaffinity(0, sizeof before, &before) == 0);
  CHECK(available_cpus() <= static_cast<unsigned>(CPU_COUNT(&before)));
  cpu_set_t one;
  CPU_ZERO(&one);
  for (unsigned cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu)
    if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &one);
  REQUIRE(::sched_setaffinity(0, sizeof one, &one) == 0);
  CHECK(available_cpus() == 1);
  REQUIRE(::sched_setaffinity(0, sizeof before, &before) == 0);
}

TEST_CASE("memory is at most the machine's, and the peak of this process is below it") {
  const auto machine = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                       static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  CHECK(available_memory() > 0);
  CHECK(available_memory() <= machine);

  const std::uint64_t before = peak_rss();
  CHECK(before > 1'000'000);
  CHECK(before <= machine);
  const std::vector<char> touched(before + 50'000'000, 'x');
  CHECK(peak_rss() >= touched.size());
}

TEST_CASE("CPU time goes up with work and not with the clock") {
  const double before = cpu_seconds();
  volatile std::uint64_t sum = 0;
  while (cpu_seconds() - before < 0.02)
    for (unsigned i = 0; i < 100'000; ++i) sum = sum + i;
  const double worked = cpu_seconds();
  ::usleep(100'000);
  CHECK(cpu_seconds() - worked < 0.05);
}

}  // namespace imgc
