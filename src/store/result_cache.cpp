#include "store/result_cache.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <xxhash.h>

#include "base/fd.h"
#include "base/json.h"
#include "store/atomic_file.h"

namespace imgc {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view entry_suffix = ".imgc-result";
constexpr std::uint64_t largest_entry = std::uint64_t{4} << 30U;

std::string hash_of(std::string_view head, ByteView body) {
  return fmt::format("{:016x}",
                     XXH3_64bits_withSeed(body.data(), body.size(), XXH3_64bits(head.data(), head.size())));
}

Json head_of(const CachedResult& result) {
  Json json = Json::object();
  json["bytes"] = result.bytes.size();
  json["format_in"] = result.format_in;
  json["format_out"] = result.format_out;
  json["width"] = result.width;
  json["height"] = result.height;
  if (result.kept) json["kept"] = to_json(*result.kept);
  json["recipe"] = result.recipe;
  if (result.quality) json["quality"] = *result.quality;
  if (result.score) json["score"] = *result.score;
  json["notes"] = Json::array();
  for (const Reason& note : result.notes) json["notes"].push_back(to_json(note));
  return json;
}

CachedResult result_from(const Json& json, ByteView bytes) {
  CachedResult result;
  result.format_in = text_in(json, "format_in");
  result.format_out = text_in(json, "format_out");
  result.width = json.value("width", 0U);
  result.height = json.value("height", 0U);
  if (json.contains("kept")) result.kept = reason_of(json.at("kept"));
  result.recipe = text_in(json, "recipe");
  if (json.contains("quality")) result.quality = json.at("quality").get<int>();
  if (json.contains("score")) result.score = json.at("score").get<double>();
  for (const Json& note : json.value("notes", Json::array())) result.notes.push_back(reason_of(note));
  result.bytes.assign(bytes.begin(), bytes.end());
  return result;
}

// Nothing when the file does not agree with itself.
std::optional<CachedResult> parse(ByteView file) {
  const auto end = std::ranges::find(file, static_cast<std::uint8_t>('\n'));
  if (end == file.end()) return std::nullopt;
  const std::string_view line(reinterpret_cast<const char*>(file.data()),
                              static_cast<std::size_t>(end - file.begin()));
  const ByteView body = file.subspan(line.size() + 1);
  constexpr std::size_t hash_digits = 16;
  if (line.size() < hash_digits + 1 || line[hash_digits] != ' ') return std::nullopt;
  const std::string_view head = line.substr(hash_digits + 1);
  if (hash_of(head, body) != line.substr(0, hash_digits)) return std::nullopt;
  const Json json = Json::parse(head, nullptr, false);
  if (!json.is_object() || json.value("bytes", std::uint64_t{0}) != body.size()) return std::nullopt;
  return result_from(json, body);
}

}  // namespace

Result<std::unique_ptr<DirectoryCache>> DirectoryCache::open(const std::string& directory) {
  if (auto made = make_directories(directory); !made) return tl::unexpected(at_path(directory, made.error()));
  return std::unique_ptr<DirectoryCache>(new DirectoryCache(directory));
}

std::string DirectoryCache::path_of(const CacheKey& key) const {
  return fmt::format("{}/{:02x}/{:016x}{:016x}-{:x}-{:016x}{}", directory_, key.content.high >> 56U,
                     key.content.high, key.content.low, key.size, key.made_with, entry_suffix);
}

std::optional<CachedResult> DirectoryCache::find(const CacheKey& key) {
  const std::string path = path_of(key);
  const auto file = open_path(path, O_RDONLY | O_CLOEXEC, "can't open");
  if (!file) return std::nullopt;
  const auto bytes = read_all(file->get(), largest_entry);
  auto result = bytes ? parse(*bytes) : std::nullopt;
  if (result)
    static_cast<void>(::futimens(file->get(), nullptr));  // used now; where that can't be, it goes sooner
  else
    static_cast<void>(unlink_path(path));
  return result;
}

void DirectoryCache::put(const CacheKey& key, const CachedResult& result) {
  const std::string head = compact(head_of(result));
  auto file = AtomicFile::create(path_of(key), default_publishing());
  if (!file || !file->append(hash_of(head, result.bytes) + ' ' + head + '\n') ||
      !file->append(ByteView(result.bytes)))
    return;
  static_cast<void>(file->commit({}));
}

void DirectoryCache::shrink(std::uint64_t most_bytes) {
  struct Entry {
    fs::file_time_type used;
    std::uint64_t size = 0;
    fs::path path;
  };
  std::vector<Entry> entries;
  std::uint64_t sum = 0;
  std::error_code ignored;
  for (fs::recursive_directory_iterator at(directory_, ignored), end; at != end; at.increment(ignored)) {
    if (ignored) break;
    if (at->path().extension() != entry_suffix) continue;
    Entry entry{at->last_write_time(ignored), at->file_size(ignored), at->path()};
    if (ignored) continue;  // another process was faster
    sum += entry.size;
    entries.push_back(std::move(entry));
  }
  std::ranges::sort(entries, {}, &Entry::used);
  for (const Entry& entry : entries) {
    if (sum <= most_bytes) return;
    fs::remove(entry.path, ignored);
    sum -= entry.size;
  }
}

}  // namespace imgc
