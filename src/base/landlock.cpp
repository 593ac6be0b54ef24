#include "base/landlock.h"

#include <cstddef>
#include <cstdint>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

namespace imgc {
namespace {

// From Linux' include/uapi/linux/landlock.h, whose copy on the machine may be older than its kernel. No C
// library wraps the calls.
constexpr long create_ruleset_call = 444;
constexpr long add_rule_call = 445;
constexpr long restrict_self_call = 446;
constexpr std::uint32_t ask_version = 1;
constexpr int path_beneath = 1;

struct RulesetAttr {
  std::uint64_t handled_access_fs = 0;
  std::uint64_t handled_access_net = 0;
};
struct [[gnu::packed]] PathBeneathAttr {
  std::uint64_t allowed_access = 0;
  std::int32_t parent_fd = -1;
};

constexpr std::uint64_t write_file = 1U << 1U;
constexpr std::uint64_t read_file = 1U << 2U;
constexpr std::uint64_t read_dir = 1U << 3U;
constexpr std::uint64_t remove_dir = 1U << 4U;
constexpr std::uint64_t remove_file = 1U << 5U;
constexpr std::uint64_t make_dir = 1U << 7U;
constexpr std::uint64_t make_regular = 1U << 8U;
constexpr std::uint64_t refer = 1U << 13U;     // since version 2
constexpr std::uint64_t truncate = 1U << 14U;  // since version 3
constexpr unsigned net_since = 4;
constexpr std::uint64_t bind_and_connect_tcp = 3;

constexpr std::uint64_t reading = read_file | read_dir;
constexpr std::uint64_t writing =
    reading | write_file | remove_dir | remove_file | make_dir | make_regular | refer | truncate;
constexpr std::uint64_t of_a_file = read_file | write_file | truncate;

// All that a version knows of.
constexpr std::uint64_t known_access(unsigned version) {
  constexpr std::uint64_t first = (std::uint64_t{1} << 13U) - 1;
  return first | (version >= 2 ? refer : 0) | (version >= 3 ? truncate : 0);
}

void allow(const Fd& ruleset, const std::string& path, std::uint64_t access) {
  const auto fd = open_path(path, O_PATH | O_CLOEXEC, "can't open");
  if (!fd) return;
  struct stat status {};
  if (::fstat(fd->get(), &status) != 0) return;
  if (!S_ISDIR(status.st_mode)) access &= of_a_file;
  const PathBeneathAttr rule{access, fd->get()};
  ::syscall(add_rule_call, ruleset.get(), path_beneath, &rule, 0U);
}

}  // namespace

unsigned landlock_version() {
  const long version = ::syscall(create_ruleset_call, nullptr, std::size_t{0}, ask_version);
  return version < 0 ? 0 : static_cast<unsigned>(version);
}

bool confine(const Reach& reach) {
  const unsigned version = landlock_version();
  if (version == 0) return false;
  const std::uint64_t known = known_access(version);
  const RulesetAttr attr{known, version >= net_since ? bind_and_connect_tcp : 0};
  // An older kernel takes no longer structure than it knows.
  const std::size_t size = version >= net_since ? sizeof attr : sizeof attr.handled_access_fs;
  const Fd ruleset(static_cast<int>(::syscall(create_ruleset_call, &attr, size, 0U)));
  if (!ruleset) return false;
  for (const std::string& path : reach.readable) allow(ruleset, path, reading & known);
  for (const std::string& path : reach.writable) allow(ruleset, path, writing & known);
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::syscall(restrict_self_call, ruleset.get(), 0U) == 0;
}

}  // namespace imgc
