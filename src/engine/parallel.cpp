#include "engine/parallel.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

namespace imgc {

ForEach in_parallel() {
  return [](std::size_t count, const std::function<void(std::size_t)>& body) {
    tbb::this_task_arena::isolate(
        [&] { tbb::parallel_for(std::size_t{0}, count, body, tbb::simple_partitioner()); });
  };
}

}  // namespace imgc
