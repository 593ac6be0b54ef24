#include "base/landlock.h"

#include <cerrno>
#include <fstream>
#include <string>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "store/temp_dir.h"

namespace imgc {
namespace {

// 0 when it could be opened.
int opening(const std::string& path, int flags) {
  const Fd fd(::open(path.c_str(), flags | O_CLOEXEC, 0600));
  return fd ? 0 : errno;
}

}  // namespace

TEST_CASE("landlock: what is not named can neither be read nor written, nor can what is only to be read") {
  if (landlock_version() == 0) {
    MESSAGE("skipped: this kernel has no Landlock");
    return;
  }
  const test::TempDir in;
  const test::TempDir out;
  const test::TempDir elsewhere;
  for (const test::TempDir* directory : {&in, &out, &elsewhere}) std::ofstream(*directory / "file") << "x";
  // It can't be taken back, so a child takes it.
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    int wrong = 0;
    const auto expect = [&wrong](bool holds, int bit) { wrong |= holds ? 0 : 1 << bit; };
    expect(confine({{in.path().string(), "/no/such"}, {out.path().string()}}), 0);
    expect(opening(in / "file", O_RDONLY) == 0, 1);
    expect(opening(in / "file", O_WRONLY) == EACCES, 2);
    expect(opening(in / "new", O_WRONLY | O_CREAT) == EACCES, 3);
    expect(opening(out / "file", O_RDWR) == 0 && opening(out / "new", O_WRONLY | O_CREAT) == 0, 4);
    expect(::rename((out / "new").c_str(), (out / "newer").c_str()) == 0, 5);
    expect(opening(elsewhere / "file", O_RDONLY) == EACCES, 6);
    ::_exit(wrong);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

}  // namespace imgc
