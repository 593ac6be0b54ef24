// A store in memory, for tests and for programs that embed the engine.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "imgc/store.h"

namespace imgc {

// A key is any sequence of bytes. Keeps the attributes it is given, mode 0644 and the time of writing where
// there are none. Safe to use from many threads; no lock is held while bytes are copied.
class MemoryStore final : public Store {
 public:
  [[nodiscard]] Result<Blob> read(const Key& key, std::uint64_t limit) override;
  [[nodiscard]] Result<Blob> read_prefix(const Key& key, std::size_t count) override;
  [[nodiscard]] Result<std::optional<Attributes>> head(const Key& key) override;
  [[nodiscard]] Result<void> write(const Key& key, ByteView bytes, const Attributes& attributes) override;
  [[nodiscard]] Result<void> remove(const Key& key) override;

  // Of all objects, sorted.
  [[nodiscard]] std::vector<Key> keys() const;

 private:
  [[nodiscard]] Result<std::shared_ptr<const Blob>> find(const Key& key) const;

  mutable std::mutex mutex_;
  std::map<Key, std::shared_ptr<const Blob>> objects_;  // under mutex_; the blobs never change
  std::uint64_t made_ = 0;                              // under mutex_; numbers the objects
};

}  // namespace imgc
