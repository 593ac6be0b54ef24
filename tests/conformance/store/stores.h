// The stores that the conformance suite runs over. A new store is one more line in stores.cpp.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "imgc/store.h"

namespace imgc::test {

// A store, empty at first, and what it needs to live.
class StoreUnderTest {
 public:
  StoreUnderTest() = default;
  StoreUnderTest(const StoreUnderTest&) = delete;
  StoreUnderTest& operator=(const StoreUnderTest&) = delete;
  virtual ~StoreUnderTest() = default;

  virtual Store& store() = 0;
  // The key for a name that a test makes up.
  [[nodiscard]] virtual Key key(const std::string& name) const = 0;
};

struct StoreRow {
  const char* name;
  std::unique_ptr<StoreUnderTest> (*make)();
};

const std::vector<StoreRow>& stores();

}  // namespace imgc::test
