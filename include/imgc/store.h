// Where bytes come from and go to. Nothing but a store opens a file for an image.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imgc/bytes.h"
#include "imgc/result.h"

namespace imgc {

// A name inside a store: bytes with '/' between the parts, not necessarily UTF-8. In the local store, a path.
using Key = std::string;

// What a store knows of an object, and what it is asked to give a new one. A field without a value is not
// known when read, and left to the store when written.
struct Attributes {
  std::optional<std::uint32_t> mode;  // permission bits
  std::optional<std::uint32_t> owner;
  std::optional<std::uint32_t> group;
  std::optional<std::int64_t> modified_ns;  // since 1970
  std::optional<std::int64_t> accessed_ns;
  std::optional<std::int64_t> changed_ns;  // of anything, attributes included; never given, only read
  std::optional<std::uint64_t> inode;      // likewise: the object's number in its store
  std::uint64_t size = 0;
  std::uint64_t links = 1;            // names of this object; above 1 replacing it would part them
  std::optional<std::string> object;  // equal for two keys exactly when they name the same object
};

struct Blob {
  Bytes bytes;
  Attributes attributes;
};

class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  // The whole object. Fails with `limit` above `limit` bytes, `changed` when it changed underneath.
  [[nodiscard]] virtual Result<Blob> read(const Key& key, std::uint64_t limit) = 0;
  // Its first `count` bytes, or all when it is shorter; attributes.size is that of the whole.
  [[nodiscard]] virtual Result<Blob> read_prefix(const Key& key, std::size_t count) = 0;
  // Says that the whole object will soon be read. Advice, which a store may ignore.
  virtual void prefetch(const Key& /*key*/) {}
  // What is there under that name: nothing when it is free.
  [[nodiscard]] virtual Result<std::optional<Attributes>> head(const Key& key) = 0;
  // All or nothing: at any moment the key holds the complete old object or the complete new one.
  [[nodiscard]] virtual Result<void> write(const Key& key, ByteView bytes, const Attributes& attributes) = 0;
  // Fails with not_found when there is no such object.
  [[nodiscard]] virtual Result<void> remove(const Key& key) = 0;

  struct Unpublished {
    Key key;
    Error error;
  };
  // Some stores put writes off and do many at a time: until publish() the keys hold what they held. It tells
  // of those that could not be done.
  [[nodiscard]] virtual bool puts_off() const { return false; }
  [[nodiscard]] virtual std::vector<Unpublished> publish() { return {}; }
};

}  // namespace imgc
