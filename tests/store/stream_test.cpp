#include "store/stream.h"

#include <thread>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/fd.h"
#include "store/dry_run.h"
#include "store/memory.h"
#include "store/seen_set.h"
#include "support/pipe.h"

namespace imgc {
namespace {

using test::Pipe;

constexpr std::uint64_t most_bytes = 1'000'000;

}  // namespace

TEST_CASE("standard input is read once and can be asked for again") {
  MemoryStore memory;
  Pipe pipe;
  const Bytes sent(200'000, 42);
  std::thread writer([&] {
    CHECK(write_all(pipe.in.get(), sent).has_value());
    CHECK(pipe.in.close().has_value());
  });
  StreamStore store(memory, most_bytes, pipe.out.get(), -1);
  const auto prefix = store.read_prefix("-", 10);
  writer.join();
  REQUIRE(prefix.has_value());
  CHECK(prefix->bytes == Bytes(10, 42));
  CHECK(prefix->attributes.size == sent.size());
  CHECK_FALSE(prefix->attributes.object.has_value());
  CHECK(store.read("-", most_bytes)->bytes == sent);
  CHECK(store.read("-", most_bytes)->bytes == sent);
  CHECK(store.read("-", 199'999).error().code == ErrorCode::limit);
  CHECK(memory.keys().empty());
}

TEST_CASE("input without end stops at the limit") {
  MemoryStore memory;
  const Fd zeros(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  StreamStore store(memory, 5'000'000, zeros.get(), -1);
  CHECK(store.read_prefix("-", 10).error().code == ErrorCode::limit);
  CHECK(store.read("-", UINT64_MAX).error().code == ErrorCode::limit);
}

TEST_CASE("standard output gets the bytes, and a reader that went away is an error") {
  MemoryStore memory;
  Pipe pipe;
  StreamStore store(memory, most_bytes, -1, pipe.in.get());
  CHECK_FALSE(store.head("-")->has_value());
  CHECK(store.write("-", Bytes{1, 2, 3}, {}).has_value());
  Bytes received(3);
  CHECK(read_full(pipe.out.get(), received).value() == 3);
  CHECK(received == Bytes{1, 2, 3});

  auto* const old_handler = ::signal(SIGPIPE, SIG_IGN);
  CHECK(pipe.out.close().has_value());
  CHECK(store.write("-", Bytes{1}, {}).error().code == ErrorCode::io);
  ::signal(SIGPIPE, old_handler);
}

TEST_CASE("a dry run reads and writes nothing") {
  MemoryStore memory;
  REQUIRE(memory.write("a", Bytes{1, 2, 3}, {}).has_value());
  DryRunStore dry(memory);
  CHECK(dry.write("a", Bytes{9}, {}).has_value());
  CHECK(dry.write("b", Bytes{9}, {}).has_value());
  CHECK(dry.remove("a").has_value());
  CHECK(dry.read("a", most_bytes)->bytes == Bytes{1, 2, 3});
  CHECK(dry.read_prefix("a", 1)->bytes == Bytes{1});
  CHECK(dry.head("a")->has_value());
  CHECK_FALSE(dry.head("b")->has_value());
  CHECK(memory.keys() == std::vector<Key>{"a"});
}

TEST_CASE("a seen set knows what it has seen, zero included") {
  SeenSet seen;
  for (int round = 0; round < 2; ++round)
    for (std::uint64_t i = 0; i < 10'000; ++i) CHECK(seen.insert(i << 32U) == (round == 0));
  CHECK(seen.size() == 10'000);
}

}  // namespace imgc
