#pragma once

#include <cstddef>
#include <functional>

namespace imgc {

// Calls a body with 0 … count - 1, in any order and on any threads, and returns when all calls have ended.
// How, is the business of whoever has the threads.
using ForEach = std::function<void(std::size_t count, const std::function<void(std::size_t)>& body)>;

inline void one_after_the_other(std::size_t count, const std::function<void(std::size_t)>& body) {
  for (std::size_t i = 0; i < count; ++i) body(i);
}

}  // namespace imgc
