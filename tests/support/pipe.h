// A pipe whose ends close with the test case.
#pragma once

#include <array>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"

namespace imgc::test {

struct Pipe {
  Fd out;  // to read from
  Fd in;   // to write to

  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    out = Fd(ends[0]);
    in = Fd(ends[1]);
  }
};

}  // namespace imgc::test
