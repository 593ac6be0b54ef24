#include "cli/discover.h"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>
#include <xxhash.h>

#include "base/fd.h"
#include "base/text.h"
#include "formats/format.h"
#include "journal/made_with.h"

namespace imgc {
namespace {

std::uint64_t hash(const std::string& text) {
  return XXH3_64bits(text.data(), text.size());
}

bool is_directory(const std::string& path) {
  return directory_id(path).has_value();
}

std::string real_path(const std::string& path) {
  char* resolved = realpath(path.c_str(), nullptr);
  std::string out = resolved == nullptr ? std::string() : std::string(resolved);
  std::free(resolved);
  return out;
}

// Without "." and empty parts and a leading '/'; fails on "..", which could lead out of OUTPUT.
Result<std::string> tidy_relative(const std::string& path) {
  std::string out;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    const std::string_view part = std::string_view(path).substr(at, slash - at);
    if (part == "..")
      return fail(ErrorCode::usage,
                  "\"..\" in the path would lead out of the output; start from a directory above");
    if (!part.empty() && part != ".") out += (out.empty() ? "" : "/") + std::string(part);
    at = slash + 1;
  }
  if (out.empty()) return fail(ErrorCode::usage, "the path names no file");
  return out;
}

// Inputs and outputs that would get in each other's way in a manner that no single name shows.
Result<void> check_overlap(const std::string& root, const std::string& output) {
  const std::string real_root = real_path(root);
  const std::string real_output = real_path(output);
  if (real_root.empty() || real_output.empty()) return {};
  if (real_root == real_output)
    return fail(ErrorCode::usage,
                fmt::format("{}: input and output are the same directory; use --in-place, or give "
                            "another OUTPUT",
                            printable(root)));
  const std::string below = real_output == "/" ? real_output : real_output + '/';
  if (!real_root.starts_with(below)) return {};
  const std::string inner = join_path(real_root, real_root.substr(below.size()));
  if (is_directory(inner))
    return fail(
        ErrorCode::usage,
        fmt::format("{}: lies inside the output, and {} would be written over it; give another OUTPUT",
                    printable(root), printable(inner)));
  return {};
}

// By default: "imgc-report.json", and "imgc-report.2-of-4.json" of a shard.
bool is_report_name(std::string_view name) {
  return name.starts_with("imgc-report.") && name.ends_with("json");
}

// "a.png" and "a.webp" become "a.*"; what is not named as an image keeps its name.
std::string any_extension(const std::string& name) {
  const SplitName split = split_extension(name);
  return format_by_extension(split.extension) == nullptr ? name : std::string(split.stem) + ".*";
}

}  // namespace

Result<std::unique_ptr<Discovery>> Discovery::open(const DiscoverOptions& options,
                                                   const std::shared_ptr<const Options>& job_options,
                                                   Store& input) {
  std::unique_ptr<Discovery> discovery(new Discovery(options, input));
  discovery->converts_ =
      job_options->convert_to.has_value() || job_options->any_format || !options.invocation.manifest.empty();
  if (auto added = discovery->add_origins(job_options); !added)
    return tl::unexpected(std::move(added.error()));
  return discovery;
}

Result<void> Discovery::add_origins(const std::shared_ptr<const Options>& job_options) {
  const Invocation& invocation = options_.invocation;
  WalkOptions walk{options_.follow_links, invocation.exclude, invocation.include, std::nullopt};
  if (!options_.replaces_inputs && !options_.output_is_file) walk.skipped = directory_id(invocation.output);

  for (const std::string& path : invocation.inputs) {
    if (path == "-" || !is_directory(path)) {
      origins_.push_back(file_origin(path, job_options));
      continue;
    }
    if (walk.skipped)
      if (auto apart = check_overlap(path, invocation.output); !apart) return apart;
    origins_.push_back(tree_origin(path, walk, job_options));
  }
  const auto add = [&](Result<std::unique_ptr<Origin>> origin) -> Result<void> {
    if (!origin) return tl::unexpected(std::move(origin.error()));
    origins_.push_back(*std::move(origin));
    return {};
  };
  if (!invocation.files_from.empty())
    if (auto added = add(list_origin(invocation.files_from, '\n', walk, job_options)); !added) return added;
  if (!invocation.files0_from.empty())
    if (auto added = add(list_origin(invocation.files0_from, '\0', walk, job_options)); !added) return added;
  if (!invocation.manifest.empty())
    if (auto added = add(manifest_origin(invocation.manifest, job_options)); !added) return added;
  return {};
}

std::optional<std::variant<Found, Problem>> Discovery::next_found() {
  while (origin_ < origins_.size()) {
    auto item = origins_[origin_]->next();
    if (!item) {
      ++origin_;
      continue;
    }
    // The report of an earlier run is not one of its images.
    const auto* found = std::get_if<Found>(&*item);
    if (found != nullptr && !found->named && is_report_name(split_path(found->path).name)) continue;
    return item;
  }
  return std::nullopt;
}

// A directory that can't be listed is everyone's.
bool Discovery::is_ours(const std::variant<Found, Problem>& item) const {
  const auto* found = std::get_if<Found>(&item);
  return found == nullptr || options_.shard.has(found->relative);
}

void Discovery::rewind() {
  for (const std::unique_ptr<Origin>& origin : origins_) origin->rewind();
  origin_ = 0;
  id_ = 0;
}

std::optional<JobSource::Item> Discovery::next() {
  auto item = next_found();
  while (item && !is_ours(*item)) item = next_found();
  if (!item) return std::nullopt;
  if (auto* problem = std::get_if<Problem>(&*item))
    return Rejected{id_++, std::move(problem->path), std::move(problem->error)};
  auto& found = std::get<Found>(*item);
  Result<std::string> output = output_name(found);
  if (!output) return Rejected{id_++, std::move(found.path), std::move(output.error())};
  const bool follows = follows_format(found);
  if (found.options != last_options_) {
    last_options_ = found.options;
    last_made_with_ = made_with(*found.options);
  }
  return Job{.id = id_++,
             .input = std::move(found.path),
             .output = *std::move(output),
             .named = found.named,
             .options = std::move(found.options),
             .output_follows_format = follows,
             .made_with = last_made_with_};
}

Result<std::string> Discovery::output_name(const Found& found) {
  const std::string& output = options_.invocation.output;
  if (options_.replaces_inputs) return found.path;
  if (found.output) {
    if (found.output->starts_with('/')) return *found.output;
    Result<std::string> relative = tidy_relative(*found.output);
    if (!relative) return relative;
    return join_path(output, *relative);
  }
  if (options_.output_is_file) return output;
  Result<std::string> relative = tidy_relative(found.relative);
  if (!relative) return relative;
  const std::string name = join_path(output, converted_name(*relative, found.path, *found.options));
  if (!suffixed_.contains(hash(follows_format(found) ? any_extension(name) : name))) return name;
  return join_path(output, *relative + '.' + split_extension(name).extension);
}

bool Discovery::follows_format(const Found& found) const {
  return found.options->any_format && !found.output && !options_.output_is_file && !options_.replaces_inputs;
}

Result<std::string> Discovery::claimed_name(const Found& found) {
  Result<std::string> name = output_name(found);
  if (name && follows_format(found)) return any_extension(*name);
  return name;
}

// "a.png" becomes "a.webp" when images are converted to WebP; what is no image, or is one already, keeps its
// name.
std::string Discovery::converted_name(const std::string& relative, const std::string& input,
                                      const Options& options) {
  if (!options.convert_to) return relative;
  const Format* target = format_named(*options.convert_to);
  const Format* named = format_by_extension(split_extension(relative).extension);
  if (target == nullptr || named == target) return relative;
  const Result<Blob> prefix = input_.read_prefix(input, sniff_bytes);
  if (!prefix || sniff(prefix->bytes) == nullptr) return relative;
  return named_as(relative, *target);
}

bool Discovery::names_can_collide() const {
  return converts_ || origins_.size() > 1 || !options_.invocation.files_from.empty() ||
         !options_.invocation.files0_from.empty();
}

Census Discovery::census(const std::atomic<bool>& stop) {
  Census census;
  std::vector<std::uint64_t> shared = shared_hashes(stop, census.files);
  if (options_.suffix_on_collision && !shared.empty()) {
    suffixed_.insert(shared.begin(), shared.end());
    rewind();
    shared = shared_hashes(stop, census.files);
  }
  if (!shared.empty()) {
    rewind();
    census.collisions = collisions_among(shared, stop);
  }
  rewind();
  return census;
}

// The hashes that several output names have, sorted; counts the inputs on the way.
std::vector<std::uint64_t> Discovery::shared_hashes(const std::atomic<bool>& stop, std::uint64_t& files) {
  std::vector<std::uint64_t> hashes;
  files = 0;
  if (names_can_collide() && !options_.report.empty()) hashes.push_back(hash(options_.report));
  while (!stop.load(std::memory_order_relaxed)) {
    const auto item = next_found();
    if (!item) break;
    if (is_ours(*item)) ++files;
    const auto* found = std::get_if<Found>(&*item);
    if (found == nullptr || !names_can_collide()) continue;
    if (const auto name = claimed_name(*found); name && *name != "-") hashes.push_back(hash(*name));
  }
  std::ranges::sort(hashes);
  std::vector<std::uint64_t> shared;
  for (std::size_t i = 1; i < hashes.size(); ++i)
    if (hashes[i] == hashes[i - 1] && (shared.empty() || shared.back() != hashes[i]))
      shared.push_back(hashes[i]);
  return shared;
}

std::vector<Collision> Discovery::collisions_among(const std::vector<std::uint64_t>& hashes,
                                                   const std::atomic<bool>& stop) {
  std::map<std::string, std::vector<std::string>> inputs;
  if (!options_.report.empty() && std::ranges::binary_search(hashes, hash(options_.report)))
    inputs[options_.report].emplace_back("the report");
  while (!stop.load(std::memory_order_relaxed)) {
    const auto item = next_found();
    if (!item) break;
    const auto* found = std::get_if<Found>(&*item);
    if (found == nullptr) continue;
    if (const auto name = claimed_name(*found); name && std::ranges::binary_search(hashes, hash(*name)))
      inputs[*name].push_back(found->path);
  }
  std::vector<Collision> collisions;
  for (auto& [output, names] : inputs)
    if (names.size() > 1) collisions.push_back({output, std::move(names)});
  return collisions;
}

}  // namespace imgc
