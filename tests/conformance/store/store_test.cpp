// What every store must do, whatever it keeps its bytes in.
#include "imgc/store.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "conformance/store/stores.h"

namespace imgc::test {
namespace {

constexpr std::uint64_t plenty = std::uint64_t{1} << 40U;

// Different for each seed, in its length and throughout, so that a mixture of two is neither.
Bytes value(unsigned seed, std::size_t size) {
  Bytes bytes(size + seed);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(seed + i * 7 + (i >> 8U));
  return bytes;
}

template <class Test>
void for_each_store(Test test) {
  REQUIRE_FALSE(stores().empty());
  for (const StoreRow& row : stores()) {
    INFO("store: ", row.name);
    const auto made = row.make();
    test(*made, made->store());
  }
}

void check_reads_back(Store& store, const Key& key, const Bytes& bytes) {
  const auto blob = store.read(key, plenty);
  REQUIRE(blob.has_value());
  CHECK(blob->bytes == bytes);
  CHECK(blob->attributes.size == bytes.size());
}

}  // namespace

TEST_CASE("store: what is written is read, at any size") {
  for_each_store([](const StoreUnderTest& under, Store& store) {
    for (const std::size_t size : {0U, 1U, 4095U, 65536U, 65537U, 1'000'000U, 17'000'000U}) {
      const Key key = under.key("a/b/" + std::to_string(size) + ".png");
      const Bytes bytes = value(0, size);
      REQUIRE(store.write(key, bytes, {}).has_value());
      check_reads_back(store, key, bytes);
    }
  });
}

TEST_CASE("store: a write replaces the whole object, longer or shorter") {
  for_each_store([](const StoreUnderTest& under, Store& store) {
    const Key key = under.key("x");
    for (const std::size_t size : {1000U, 100'000U, 10U, 0U, 500U}) {
      REQUIRE(store.write(key, value(3, size), {}).has_value());
      check_reads_back(store, key, value(3, size));
    }
  });
}

TEST_CASE("store: a key without an object reads as not_found, and its head is empty") {
  for_each_store([](const StoreUnderTest& under, Store& store) {
    for (const Key& key : {under.key("missing"), under.key("no/such/place")}) {
      CHECK(store.read(key, plenty).error().code == ErrorCode::not_found);
      CHECK(store.read_prefix(key, 10).error().code == ErrorCode::not_found);
      const auto head = store.head(key);
      REQUIRE(head.has_value());
      CHECK_FALSE(head->has_value());
    }
  });
}

TEST_CASE("store: what is removed is gone, and can't be removed again") {
  for_each_store([](const StoreUnderTest& under, Store& store) {
    const Key key = under.key("a");
    REQUIRE(store.write(key, value(1, 3), {}).has_value());
    CHECK(store.remove(key).has_value());
    CHECK_FALSE(store.head(key)->has_value());
    CHECK(store.remove(key).error().code == ErrorCode::not_found);
  });
}

TEST_CASE("store: the empty key is no object") {
  for_each_store([](const StoreUnderTest& /*under*/, Store& store) {
    CHECK_FALSE(store.read("", plenty).has_value());
    CHECK_FALSE(store.write("", value(0, 3), {}).has_value());
  });
}

TEST_CASE("store: the limit is the largest size that is read") {
  for_each_store([](const StoreUnderTest& under, Store& store) {
    const Key key = under.key("x");
    REQUIRE(store.write(key, value(0, 70'000), {}).has_value());
    CHECK(store.read(key, 70'000).has_value());
    for (const std::uint64_t limit : {69'999U, 1U, 0U}) {
      const auto refused = store.read(key, limit);
      REQUIRE_FALSE(refused.has_value());
      CHECK(refused.error().code == ErrorCode::limit);
    }
  });
}

TEST_CASE("store: a prefix is the first bytes, with the size of the whole") {
  for_each_store([](const StoreUnderTest& under, Store& store) {
    const Key key = under.key("x");
    const Bytes bytes = value(0, 5000);
    REQUIRE(store.write(key, bytes, {}).has_value());
    for (const std::size_t count : {0U, 1U, 4999U, 5000U, 5001U, 1'000'000U}) {
      const auto prefix = store.read_prefix(key, count);
      REQUIRE(prefix.has_value());
      const std::size_t length = std::min(count, bytes.size());
      CHECK(prefix->bytes == Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)));
      CHECK(prefix->attributes.size == bytes.size());
    }
  });
}

TEST_CASE("store: the attributes that are asked for are kept, also over an old object") {
  for_each_store([](const StoreUnderTest& under, Store& store) {
    const Key key = under.key("x");
    REQUIRE(store.write(key, value(0, 10), {}).has_value());
    Attributes asked;
    asked.mode = 0640;
    asked.modified_ns = 1'234'567'890'123'456'000;
    asked.accessed_ns = -1'500'000'000;
    REQUIRE(store.write(key, value(1, 10), asked).has_value());
    const auto head = store.head(key);
    REQUIRE(head.has_value());
    REQUIRE(head->has_value());
    CHECK((*head)->mode == 0640U);
    CHECK((*head)->modified_ns == asked.modified_ns);
    CHECK((*head)->accessed_ns == asked.accessed_ns);
    CHECK((*head)->size == 11);
    CHECK((*head)->links == 1);
    CHECK(store.read(key, plenty)->attributes.modified_ns == asked.modified_ns);
  });
}

TEST_CASE("store: two keys are told apart, and one key is itself") {
  for_each_store([](const StoreUnderTest& under, Store& store) {
    REQUIRE(store.write(under.key("x"), value(0, 10), {}).has_value());
    REQUIRE(store.write(under.key("y"), value(0, 10), {}).has_value());
    const auto object = [&](const char* name) { return (*store.head(under.key(name)))->object; };
    REQUIRE(object("x").has_value());
    CHECK(object("x") == object("x"));
    CHECK(object("x") != object("y"));
    CHECK(store.read(under.key("x"), plenty)->attributes.object == object("x"));
    CHECK(store.read_prefix(under.key("y"), 1)->attributes.object == object("y"));
  });
}

TEST_CASE("store: names are bytes, of any length a name can have") {
  const std::vector<std::string> names = {
      "\xFF\xFE not utf-8.png", "two\nlines", "-rf", "--", " ", "*?[x]", "\\", "'\"$(x)`", "\x01\x7F", "é",
      std::string(255, 'n'),    "..."};
  for_each_store([&](const StoreUnderTest& under, Store& store) {
    for (unsigned i = 0; i < names.size(); ++i) {
      INFO("name: ", names[i]);
      CHECK(store.write(under.key(names[i]), value(i, 20), {}).has_value());
      CHECK(store.write(under.key("dir/" + names[i] + "/" + names[i]), value(i, 30), {}).has_value());
    }
    for (unsigned i = 0; i < names.size(); ++i) {
      check_reads_back(store, under.key(names[i]), value(i, 20));
      check_reads_back(store, under.key("dir/" + names[i] + "/" + names[i]), value(i, 30));
    }
  });
}

TEST_CASE("store: keys may be longer than a system call takes") {
  std::string name;
  while (name.size() < 9000) name += std::string(190, 'd') + "/";
  name += std::string(255, 'f');
  for_each_store([&](const StoreUnderTest& under, Store& store) {
    REQUIRE(store.write(under.key(name), value(1, 100), {}).has_value());
    REQUIRE(store.write(under.key(name), value(2, 100), {}).has_value());
    check_reads_back(store, under.key(name), value(2, 100));
    CHECK((*store.head(under.key(name)))->size == 102);
    CHECK(store.read_prefix(under.key(name), 5)->bytes.size() == 5);
  });
}

TEST_CASE("store: of 100 writers of one key at once, one wins entirely, and readers never see a mixture") {
  constexpr unsigned writers = 100;
  for_each_store([](const StoreUnderTest& under, Store& store) {
    const Key key = under.key("shared/x");
    const auto is_complete = [](const Bytes& bytes) {
      return bytes.size() >= 50'000 && bytes == value(static_cast<unsigned>(bytes.size()) - 50'000, 50'000);
    };
    REQUIRE(store.write(key, value(0, 50'000), {}).has_value());
    std::atomic<unsigned> failures = 0;
    std::atomic<unsigned> mixtures = 0;
    std::atomic<bool> done = false;
    std::thread reader([&] {
      while (!done) {
        const auto blob = store.read(key, plenty);
        // That it changed is a fair answer; a mixture or a gap is not.
        if (!blob ? blob.error().code != ErrorCode::changed : !is_complete(blob->bytes)) ++mixtures;
      }
    });
    std::vector<std::thread> threads;
    for (unsigned i = 1; i <= writers; ++i)
      threads.emplace_back([&, i] {
        if (!store.write(key, value(i, 50'000), {})) ++failures;
      });
    for (std::thread& thread : threads) thread.join();
    done = true;
    reader.join();
    CHECK(failures == 0);
    CHECK(mixtures == 0);
    const auto last = store.read(key, plenty);
    REQUIRE(last.has_value());
    CHECK(is_complete(last->bytes));
    CHECK(last->bytes.size() > 50'000);
  });
}

}  // namespace imgc::test
