#include "base/fd.h"

#include <array>
#include <cerrno>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/socket.h>
#include <unistd.h>

#include "store/temp_dir.h"
#include "support/pipe.h"

namespace imgc {
namespace {

using test::Pipe;

bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) >= 0;
}

Bytes pattern(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 31U + (i >> 8U));
  return bytes;
}

// Longer than PATH_MAX in all, none of its parts longer than a name may be.
std::string deep_path(const std::string& root) {
  std::string path = root;
  while (path.size() <= PATH_MAX + 1000) path += "/" + std::string(200, 'd');
  return path;
}

}  // namespace

TEST_CASE("a descriptor is closed once, by its last owner") {
  Pipe pipe;
  const int number = pipe.in.get();
  {
    Fd second = std::move(pipe.in);
    CHECK_FALSE(pipe.in);
    CHECK(is_open(number));
    Fd third;
    third = std::move(second);
    CHECK(third.get() == number);
  }
  CHECK_FALSE(is_open(number));
}

TEST_CASE("closing says whether it worked") {
  Pipe pipe;
  const int number = pipe.in.get();
  CHECK(pipe.in.close().has_value());
  CHECK_FALSE(is_open(number));
  CHECK_FALSE(pipe.in.close().has_value());
}

TEST_CASE("system errors keep their kind and say what was attempted") {
  CHECK(system_error(ENOENT, "x").code == ErrorCode::not_found);
  CHECK(system_error(ENOTDIR, "x").code == ErrorCode::not_found);
  CHECK(system_error(EACCES, "x").code == ErrorCode::access);
  CHECK(system_error(EPERM, "x").code == ErrorCode::access);
  CHECK(system_error(EROFS, "x").code == ErrorCode::access);
  CHECK(system_error(ENOSPC, "x").code == ErrorCode::no_space);
  CHECK(system_error(EDQUOT, "x").code == ErrorCode::no_space);
  CHECK(system_error(EIO, "x").code == ErrorCode::io);
  CHECK(system_error(EACCES, "can't open for reading").message ==
        "can't open for reading: Permission denied");
  CHECK(system_error(EMFILE, "x").message.find("ulimit -n") != std::string::npos);
}

TEST_CASE("what is written in many pieces through a slow non-blocking pipe arrives whole") {
  Pipe pipe;
  REQUIRE(::fcntl(pipe.in.get(), F_SETFL, O_NONBLOCK) == 0);
  REQUIRE(::fcntl(pipe.out.get(), F_SETFL, O_NONBLOCK) == 0);
  const Bytes sent = pattern(1'000'003);
  std::thread writer([&] {
    CHECK(write_all(pipe.in.get(), sent).has_value());
    CHECK(pipe.in.close().has_value());
  });
  const auto received = read_all(pipe.out.get(), sent.size());
  writer.join();
  REQUIRE(received.has_value());
  CHECK(*received == sent);
}

TEST_CASE("reading stops at the count and fails above the limit") {
  const test::TempDir dir;
  const Bytes bytes = pattern(100'000);
  const auto file =
      open_path(dir / "f", O_RDWR | O_CREAT, "can't make");  // mode 0 is no matter to who made it
  REQUIRE(file.has_value());
  REQUIRE(write_all(file->get(), bytes).has_value());
  const auto rewind = [&] { REQUIRE(::lseek(file->get(), 0, SEEK_SET) == 0); };

  for (const std::uint64_t expected : {std::uint64_t{0}, std::uint64_t{100'000}, UINT64_MAX}) {
    rewind();
    CHECK(*read_up_to(file->get(), 12'345, expected) == Bytes(bytes.begin(), bytes.begin() + 12'345));
    rewind();
    CHECK(*read_up_to(file->get(), UINT64_MAX, expected) == bytes);
    rewind();
    CHECK(read_up_to(file->get(), 0, expected)->empty());
  }
  rewind();
  CHECK(*read_all(file->get(), bytes.size()) == bytes);
  rewind();
  CHECK(*read_all(file->get(), UINT64_MAX) == bytes);
  rewind();
  const auto refused = read_all(file->get(), bytes.size() - 1);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::limit);
  CHECK(refused.error().message == "larger than the limit of 100 KB");
}

TEST_CASE("reading what can't be read is an error, not an end") {
  const test::TempDir dir;
  const auto directory = open_path(dir.path().string(), O_RDONLY, "can't open");
  REQUIRE(directory.has_value());
  const auto read = read_all(directory->get(), 100);
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().message.find("can't read: Is a directory") == 0);
}

TEST_CASE("paths above PATH_MAX are made, opened, looked at, renamed and removed") {
  const test::TempDir dir;
  const std::string deep = deep_path(dir.path().string());
  REQUIRE(deep.size() > PATH_MAX);
  CHECK(make_directories(deep).value());
  CHECK_FALSE(make_directories(deep).value());
  {
    const auto file = open_path(deep + "/f", O_WRONLY | O_CREAT | O_EXCL, "can't make");
    REQUIRE(file.has_value());
    CHECK(write_all(file->get(), pattern(5)).has_value());
  }
  CHECK(stat_path(deep + "/f")->st_size == 5);
  CHECK(S_ISDIR(stat_path(deep + "///")->st_mode));
  CHECK(rename_path(deep + "/f", deep + "/g").has_value());
  CHECK(stat_path(deep + "/f").error().code == ErrorCode::not_found);
  CHECK(stat_path(deep + "/g")->st_size == 5);
  CHECK(unlink_path(deep + "/g").has_value());
  CHECK_FALSE(unlink_path(deep + "/g").has_value());
  CHECK(stat_path(std::string(PATH_MAX + 10, 'x')).error().code == ErrorCode::io);
}

TEST_CASE("a name is taken as it is or refused, never cut") {
  CHECK(locate("").error().code == ErrorCode::not_found);
  CHECK(locate(std::string_view("a\0b", 3)).error().code == ErrorCode::io);
  CHECK(make_directories(std::string_view("a\0b", 3)).error().code == ErrorCode::io);
  CHECK(locate("-rf \xFF\n")->rest == "-rf \xFF\n");
}

TEST_CASE("making directories says what stands in the way") {
  const test::TempDir dir;
  REQUIRE(open_path(dir / "file", O_WRONLY | O_CREAT, "can't make").has_value());
  const auto blocked = make_directories(dir / "file/sub");
  REQUIRE_FALSE(blocked.has_value());
  CHECK(blocked.error().message.find("Not a directory") != std::string::npos);
}

TEST_CASE("many threads make the same directories at once") {
  const test::TempDir dir;
  std::array<std::thread, 8> threads;
  std::array<bool, 8> good{};
  for (std::size_t i = 0; i < threads.size(); ++i)
    threads[i] = std::thread([&, i] { good[i] = make_directories(dir / "a/b/c/d/e/f").has_value(); });
  for (std::thread& thread : threads) thread.join();
  for (const bool one : good) CHECK(one);
}

TEST_CASE("a path is split into the directory and the name") {
  const auto check = [](std::string_view path, std::string_view parent, std::string_view name) {
    CHECK(split_path(path).parent == parent);
    CHECK(split_path(path).name == name);
  };
  check("a", ".", "a");
  check("/a", "/", "a");
  check("a/b", "a", "b");
  check("/x/a/b", "/x/a", "b");
  check("a/", "a", "");
}

}  // namespace imgc
