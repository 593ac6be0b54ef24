#include "engine/parallel.h"

#include <algorithm>
#include <atomic>

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

namespace imgc {

// In the order of the numbers, as threads get free: a range that is halved for thieves would leave one of
// them with the last two large parts while the others have none left.
ForEach in_parallel() {
  return [](std::size_t count, const std::function<void(std::size_t)>& body) {
    std::atomic<std::size_t> next = 0;
    const auto work = [&](std::size_t) {
      for (std::size_t i = 0; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;) body(i);
    };
    const auto threads = static_cast<std::size_t>(tbb::this_task_arena::max_concurrency());
    tbb::this_task_arena::isolate([&] {
      tbb::parallel_for(std::size_t{0}, std::min(count, threads), work, tbb::simple_partitioner());
    });
  };
}

}  // namespace imgc
