#include "store/atomic_file.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/temp_dir.h"

namespace imgc {
namespace {

namespace fs = std::filesystem;

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The temporaries in a directory: they must be gone in the end.
std::size_t temporaries(const fs::path& directory) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(directory))
    if (is_temporary_name(entry.path().filename().string())) ++count;
  return count;
}

}  // namespace

TEST_CASE("only the names that AtomicFile gives are temporary names") {
  CHECK(is_temporary_name(".imgc-0123456789abcdef.tmp"));
  for (const char* name :
       {"", "x.png", ".imgc-.tmp", ".imgc-0123456789abcde.tmp", ".imgc-0123456789abcdef0.tmp",
        ".imgc-0123456789ABCDEF.tmp", ".imgc-0123456789abcdeg.tmp", "imgc-0123456789abcdef0.tmp",
        ".imgc-0123456789abcdef.tmq", "a.imgc-0123456789abcdef.tmp"})
    CHECK_FALSE(is_temporary_name(name));
}

TEST_CASE("a file appears with commit, complete, and not before") {
  const test::TempDir dir;
  const std::string name = dir / "report.json";
  std::ofstream(name) << "old";
  std::string expected;
  {
    auto file = AtomicFile::create(name, default_publishing());
    REQUIRE(file.has_value());
    CHECK(temporaries(dir.path()) == 1);
    for (int i = 0; i < 30'000; ++i) {
      const std::string piece = std::to_string(i) + (i == 777 ? std::string(200'000, '-') : "\n");
      expected += piece;
      REQUIRE(file->append(piece).has_value());
    }
    CHECK(contents(name) == "old");
    REQUIRE(file->commit({}).has_value());
    CHECK(contents(name) == expected);
  }
  CHECK(contents(name) == expected);
  CHECK(temporaries(dir.path()) == 0);
}

TEST_CASE("without commit nothing is left, also after a move") {
  const test::TempDir dir;
  {
    auto file = AtomicFile::create(dir / "x", default_publishing());
    REQUIRE(file.has_value());
    CHECK(file->append(std::string_view("half")).has_value());
    const AtomicFile moved = std::move(*file);
    CHECK(temporaries(dir.path()) == 1);
  }
  CHECK(fs::is_empty(dir.path()));
}

TEST_CASE("a write that failed can't be published") {
  const test::TempDir dir;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  auto* const old_handler = ::signal(SIGXFSZ, SIG_IGN);
  {
    auto file = AtomicFile::create(dir / "x", default_publishing());
    REQUIRE(file.has_value());
    rlimit small = before;
    small.rlim_cur = 100'000;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    CHECK_FALSE(file->append(Bytes(150'000, 1)).has_value());
    CHECK(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    CHECK(file->commit({}).error().code == ErrorCode::io);
  }
  ::signal(SIGXFSZ, old_handler);
  CHECK(fs::is_empty(dir.path()));
}

TEST_CASE("a temporary of a process that lives is locked, one of a process that was killed is litter") {
  const test::TempDir dir;
  const Fd directory = std::move(open_path(dir.path().string(), O_PATH | O_DIRECTORY, "can't open").value());
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  const Fd from_child(ends[0]);
  Fd to_parent(ends[1]);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto file = AtomicFile::create(dir / "x", default_publishing());
    const bool told = file.has_value() && ::write(to_parent.get(), "x", 1) == 1;
    ::pause();
    ::_exit(told ? 0 : 1);
  }
  CHECK(to_parent.close().has_value());
  std::array<std::uint8_t, 1> ready{};
  CHECK(read_full(from_child.get(), ready).value() == 1);

  remove_litter(directory.get());
  CHECK(temporaries(dir.path()) == 1);
  ::kill(child, SIGKILL);
  CHECK(::waitpid(child, nullptr, 0) == child);
  CHECK(temporaries(dir.path()) == 1);
  remove_litter(directory.get());
  CHECK(temporaries(dir.path()) == 0);
}

TEST_CASE("making a file by its path removes the litter beside it") {
  const test::TempDir dir;
  std::ofstream(dir / ".imgc-0123456789abcdef.tmp") << "half";
  const auto file = AtomicFile::create(dir / "x", default_publishing());
  REQUIRE(file.has_value());
  CHECK_FALSE(fs::exists(dir / ".imgc-0123456789abcdef.tmp"));
  CHECK(temporaries(dir.path()) == 1);
}

TEST_CASE("the target may have the longest name there is") {
  const test::TempDir dir;
  const std::string name = dir / std::string(255, 'n');
  auto file = AtomicFile::create(name, default_publishing());
  REQUIRE(file.has_value());
  CHECK(file->append(std::string_view("x")).has_value());
  CHECK(file->commit({}).has_value());
  CHECK(contents(name) == "x");
}

TEST_CASE("durable publishing also makes directories") {
  const test::TempDir dir;
  Publishing publishing = default_publishing();
  publishing.durability = Durability::each;
  for (const char* name : {"a/b/c", "a/b/d"}) {
    auto file = AtomicFile::create(dir / name, publishing);
    REQUIRE(file.has_value());
    CHECK(file->append(std::string_view(name)).has_value());
    CHECK(file->commit({}).has_value());
    CHECK(contents(dir / name) == name);
  }
}

}  // namespace imgc
