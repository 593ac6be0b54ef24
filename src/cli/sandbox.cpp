#include "cli/sandbox.h"

#include <fmt/format.h>

#include "base/fd.h"
#include "base/landlock.h"

namespace imgc {
namespace {

constexpr const char* everything = "/";

// What libraries read while they work: oneTBB looks for its allocator when its threads start, imgc for its
// memory and its cgroup's limits.
constexpr const char* of_the_system[] = {"/usr/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/proc", "/sys"};

std::string parent_of(const std::string& path) {
  return std::string(split_path(path).parent);
}

void add_inputs(Reach& reach, const DiscoverOptions& discover) {
  const Invocation& invocation = discover.invocation;
  const bool listed =
      !invocation.files_from.empty() || !invocation.files0_from.empty() || !invocation.manifest.empty();
  if (listed || discover.follow_links) reach.readable.emplace_back(everything);
  for (const std::string& input : invocation.inputs)
    if (input != "-") reach.readable.push_back(input);
}

void add_outputs(Reach& reach, const DiscoverOptions& discover) {
  const Invocation& invocation = discover.invocation;
  if (invocation.dry_run || invocation.check) return;
  const bool listed = !invocation.files_from.empty() || !invocation.files0_from.empty();
  // A manifest may name outputs anywhere.
  if ((discover.replaces_inputs && (listed || discover.follow_links)) || !invocation.manifest.empty()) {
    reach.writable.emplace_back(everything);
  } else if (discover.replaces_inputs) {
    for (const std::string& input : invocation.inputs)
      reach.writable.push_back(directory_id(input) ? input : parent_of(input));
  } else if (discover.output_is_file) {
    if (invocation.output != "-") reach.writable.push_back(parent_of(invocation.output));
  } else {
    reach.writable.push_back(invocation.output);
  }
}

}  // namespace

std::string enter_sandbox(const CompressArgs& args) {
  if (!args.sandbox) return {};
  Reach reach;
  for (const char* path : of_the_system) reach.readable.emplace_back(path);
  add_inputs(reach, args.discover);
  add_outputs(reach, args.discover);
  for (const std::string& directory : {args.state.directory, args.cache})
    if (!directory.empty()) reach.writable.push_back(directory);
  for (const std::string& file : {args.report, args.metrics, args.errors_to})
    if (!file.empty() && file != "-") reach.writable.push_back(parent_of(file));
  return confine(reach) ? fmt::format("Landlock {}", landlock_version()) : std::string();
}

}  // namespace imgc
