#include "store/memory.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include "base/fd.h"

namespace imgc {

Result<std::shared_ptr<const Blob>> MemoryStore::find(const Key& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(key);
  if (found == objects_.end()) return fail(ErrorCode::not_found, "no such object");
  return found->second;
}

Result<Blob> MemoryStore::read(const Key& key, std::uint64_t limit) {
  const auto object = find(key);
  if (!object) return tl::unexpected(object.error());
  if ((*object)->bytes.size() > limit) return tl::unexpected(over_limit(limit));
  return **object;
}

Result<Blob> MemoryStore::read_prefix(const Key& key, std::size_t count) {
  const auto object = find(key);
  if (!object) return tl::unexpected(object.error());
  const Bytes& bytes = (*object)->bytes;
  const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(std::min(count, bytes.size()));
  return Blob{Bytes(bytes.begin(), end), (*object)->attributes};
}

Result<std::optional<Attributes>> MemoryStore::head(const Key& key) {
  const auto object = find(key);
  if (!object) return std::nullopt;
  return (*object)->attributes;
}

Result<void> MemoryStore::write(const Key& key, ByteView bytes, const Attributes& attributes) {
  if (key.empty()) return fail(ErrorCode::not_found, "the name is empty");
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  const std::int64_t now = std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count();
  auto blob = std::make_shared<Blob>(Blob{Bytes(bytes.begin(), bytes.end()), attributes});
  Attributes& kept = blob->attributes;
  kept.mode = attributes.mode.value_or(0644);
  kept.modified_ns = attributes.modified_ns.value_or(now);
  kept.accessed_ns = attributes.accessed_ns.value_or(now);
  kept.size = bytes.size();
  kept.links = 1;

  const std::lock_guard lock(mutex_);
  kept.object = "memory:" + std::to_string(++made_);
  objects_.insert_or_assign(key, std::move(blob));
  return {};
}

Result<void> MemoryStore::remove(const Key& key) {
  const std::lock_guard lock(mutex_);
  if (objects_.erase(key) == 0) return fail(ErrorCode::not_found, "no such object");
  return {};
}

std::vector<Key> MemoryStore::keys() const {
  const std::lock_guard lock(mutex_);
  std::vector<Key> keys;
  keys.reserve(objects_.size());
  for (const auto& [key, blob] : objects_) keys.push_back(key);
  return keys;
}

}  // namespace imgc
