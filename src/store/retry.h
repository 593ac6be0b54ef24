// A store that tries again what may pass: an I/O error of a disk or a network that comes back.
#pragma once

#include <chrono>
#include <functional>

#include "imgc/store.h"

namespace imgc {

class RetryStore final : public Store {
 public:
  using Sleep = std::function<void(std::chrono::milliseconds)>;

  // Up to `retries` times, after 0.1 s and then four times as long each time, up to 10 s. `other` must
  // outlive this.
  RetryStore(Store& other, unsigned retries, Sleep sleep = {});

  [[nodiscard]] Result<Blob> read(const Key& key, std::uint64_t limit) override;
  [[nodiscard]] Result<Blob> read_prefix(const Key& key, std::size_t count) override;
  void prefetch(const Key& key) override { other_.prefetch(key); }
  [[nodiscard]] Result<std::optional<Attributes>> head(const Key& key) override;
  [[nodiscard]] Result<void> write(const Key& key, ByteView bytes, const Attributes& attributes) override;
  [[nodiscard]] Result<void> remove(const Key& key) override;
  [[nodiscard]] bool puts_off() const override { return other_.puts_off(); }
  [[nodiscard]] std::vector<Unpublished> publish() override { return other_.publish(); }

 private:
  template <class Call>
  auto persist(const Call& call);

  Store& other_;
  unsigned retries_;
  Sleep sleep_;
};

}  // namespace imgc
