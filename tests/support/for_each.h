// Other ways to go about a loop, for tests that the way does not matter.
#pragma once

#include <cstddef>
#include <functional>

namespace imgc::test {

// As no thread pool would, but as any might.
inline void the_last_first(std::size_t count, const std::function<void(std::size_t)>& body) {
  while (count-- > 0) body(count);
}

}  // namespace imgc::test
