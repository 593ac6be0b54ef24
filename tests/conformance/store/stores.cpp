#include "conformance/store/stores.h"

#include <unistd.h>

#include "store/dry_run.h"
#include "store/local.h"
#include "store/memory.h"
#include "store/stream.h"
#include "store/temp_dir.h"

namespace imgc::test {
namespace {

class Memory final : public StoreUnderTest {
 public:
  Store& store() override { return store_; }
  [[nodiscard]] Key key(const std::string& name) const override { return name; }

 private:
  MemoryStore store_;
};

class Local final : public StoreUnderTest {
 public:
  explicit Local(const LocalOptions& options) : store_(options) {}
  Store& store() override { return store_; }
  [[nodiscard]] Key key(const std::string& name) const override { return dir_ / name; }

 private:
  TempDir dir_;
  LocalStore store_;
};

// What StreamStore hands on must come through unchanged.
class BehindStream final : public StoreUnderTest {
 public:
  Store& store() override { return stream_; }
  [[nodiscard]] Key key(const std::string& name) const override { return name; }

 private:
  MemoryStore memory_;
  StreamStore stream_{memory_, 0};
};

template <class T, auto... arguments>
std::unique_ptr<StoreUnderTest> make() {
  return std::make_unique<T>(arguments...);
}

}  // namespace

const std::vector<StoreRow>& stores() {
  static const std::vector<StoreRow> rows = {
      {"memory", make<Memory>},
      {"local", make<Local, LocalOptions{}>},
      {"local, durable", make<Local, LocalOptions{Durability::each, false}>},
      {"behind a stream store", make<BehindStream>},
  };
  return rows;
}

}  // namespace imgc::test
