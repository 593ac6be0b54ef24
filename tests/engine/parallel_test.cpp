#include "engine/parallel.h"

#include <atomic>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

namespace imgc {

TEST_CASE("in parallel: every number comes once, also from inside another call") {
  // More than the machine may have; else oneTBB would say on the standard error that it has fewer.
  const tbb::global_control threads(tbb::global_control::max_allowed_parallelism, 3);
  tbb::task_arena arena(3);
  arena.execute([] {
    const ForEach for_each = in_parallel();
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{100}}) {
      std::vector<std::atomic<int>> calls(count * 10);
      for_each(count, [&](std::size_t i) { for_each(10, [&](std::size_t j) { ++calls[10 * i + j]; }); });
      for (const std::atomic<int>& call : calls) CHECK(call == 1);
    }
  });
}

TEST_CASE("in parallel: an exception comes out") {
  const auto fails = [](std::size_t i) {
    if (i == 7) throw std::runtime_error("seven");
  };
  CHECK_THROWS_AS(in_parallel()(20, fails), std::runtime_error);
}

}  // namespace imgc
