// A store that changes nothing: for --dry-run and --check.
#pragma once

#include "imgc/store.h"

namespace imgc {

// Reads go through to `other`, which must outlive this. A write does nothing and succeeds; whether it could
// have been done is not looked into.
class DryRunStore final : public Store {
 public:
  explicit DryRunStore(Store& other) : other_(other) {}

  [[nodiscard]] Result<Blob> read(const Key& key, std::uint64_t limit) override;
  [[nodiscard]] Result<Blob> read_prefix(const Key& key, std::size_t count) override;
  void prefetch(const Key& key) override { other_.prefetch(key); }
  [[nodiscard]] Result<std::optional<Attributes>> head(const Key& key) override;
  [[nodiscard]] Result<void> write(const Key& key, ByteView bytes, const Attributes& attributes) override;
  [[nodiscard]] Result<void> remove(const Key& key) override;

 private:
  Store& other_;
};

}  // namespace imgc
