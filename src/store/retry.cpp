#include "store/retry.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace imgc {

RetryStore::RetryStore(Store& other, unsigned retries, Sleep sleep)
    : other_(other), retries_(retries), sleep_(std::move(sleep)) {
  if (!sleep_) sleep_ = [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); };
}

template <class Call>
auto RetryStore::persist(const Call& call) {
  constexpr std::chrono::milliseconds longest(10'000);
  std::chrono::milliseconds wait(100);
  for (unsigned tried = 0;; ++tried, wait = std::min(4 * wait, longest)) {
    auto result = call();
    if (result || !result.error().may_pass || tried >= retries_) return result;
    sleep_(wait);
  }
}

Result<Blob> RetryStore::read(const Key& key, std::uint64_t limit) {
  return persist([&] { return other_.read(key, limit); });
}

Result<Blob> RetryStore::read_prefix(const Key& key, std::size_t count) {
  return persist([&] { return other_.read_prefix(key, count); });
}

Result<std::optional<Attributes>> RetryStore::head(const Key& key) {
  return persist([&] { return other_.head(key); });
}

Result<void> RetryStore::write(const Key& key, ByteView bytes, const Attributes& attributes) {
  return persist([&] { return other_.write(key, bytes, attributes); });
}

Result<void> RetryStore::remove(const Key& key) {
  return persist([&] { return other_.remove(key); });
}

}  // namespace imgc
