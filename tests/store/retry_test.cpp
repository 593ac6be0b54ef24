#include "store/retry.h"

#include <cerrno>
#include <vector>

#include <doctest/doctest.h>

#include "base/fd.h"
#include "store/memory.h"

namespace imgc {
namespace {

// Fails so many times before it works.
class Flaky final : public Store {
 public:
  Flaky(int failures, int error) : failures_(failures), error_(error) {}
  Result<Blob> read(const Key&, std::uint64_t) override { return again(Blob{{1, 2, 3}, {}}); }
  Result<Blob> read_prefix(const Key&, std::size_t) override { return again(Blob{{1}, {}}); }
  Result<std::optional<Attributes>> head(const Key&) override {
    return again(std::optional<Attributes>(Attributes{}));
  }
  Result<void> write(const Key&, ByteView, const Attributes&) override { return done(); }
  Result<void> remove(const Key&) override { return done(); }

  int calls = 0;

 private:
  Result<void> done() {
    if (++calls <= failures_) return tl::unexpected(system_error(error_, "can't"));
    return {};
  }
  template <class Value>
  Result<Value> again(Value value) {
    if (auto ready = done(); !ready) return tl::unexpected(ready.error());
    return value;
  }

  int failures_;
  int error_;
};

}  // namespace

TEST_CASE("retry: what may pass is tried again, ever more slowly, and so many times") {
  std::vector<int> waits;
  const auto sleep = [&](std::chrono::milliseconds time) { waits.push_back(static_cast<int>(time.count())); };
  Flaky flaky(3, EIO);
  RetryStore store(flaky, 5, sleep);
  CHECK(store.read("a", 10)->bytes == Bytes{1, 2, 3});
  CHECK(flaky.calls == 4);
  CHECK(waits == std::vector<int>{100, 400, 1600});

  waits.clear();
  Flaky broken(100, ESTALE);
  RetryStore patient(broken, 6, sleep);
  CHECK(patient.write("a", Bytes{1}, {}).error().code == ErrorCode::io);
  CHECK(broken.calls == 7);
  CHECK(waits == std::vector<int>{100, 400, 1600, 6400, 10'000, 10'000});
}

TEST_CASE("retry: what will not pass is told at once") {
  for (const int error : {ENOSPC, EACCES, ENOENT}) {
    Flaky flaky(1, error);
    RetryStore store(flaky, 5, [](std::chrono::milliseconds) { FAIL("waited"); });
    CHECK_FALSE(store.head("a"));
    CHECK(flaky.calls == 1);
  }
  Flaky flaky(1, EIO);
  RetryStore never(flaky, 0, [](std::chrono::milliseconds) { FAIL("waited"); });
  CHECK_FALSE(never.remove("a"));
}

}  // namespace imgc
