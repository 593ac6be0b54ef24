#include "store/dry_run.h"

namespace imgc {

Result<Blob> DryRunStore::read(const Key& key, std::uint64_t limit) {
  return other_.read(key, limit);
}

Result<Blob> DryRunStore::read_prefix(const Key& key, std::size_t count) {
  return other_.read_prefix(key, count);
}

Result<std::optional<Attributes>> DryRunStore::head(const Key& key) {
  return other_.head(key);
}

Result<void> DryRunStore::write(const Key& /*key*/, ByteView /*bytes*/, const Attributes& /*attributes*/) {
  return {};
}

Result<void> DryRunStore::remove(const Key& /*key*/) {
  return {};
}

}  // namespace imgc
