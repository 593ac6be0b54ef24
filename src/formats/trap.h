// The one place with setjmp. libpng and libjpeg leave by longjmp, which skips destructors; so the code
// between the setjmp and the codec must own nothing.
#pragma once

#include <csetjmp>
#include <type_traits>

namespace imgc {

// What a codec's error callback jumps to. Lives beside the codec's struct, outside `guarded`.
struct Trap {
  std::jmp_buf target;
  char message[256] = {};  // what the codec said, filled by the callback before it jumps
};

// Calls `body` and returns true, or false when a codec jumped to the trap. The body must be trivially
// destructible, contain only calls of the C library and trivial locals, and write what it learns through
// references to objects outside: after a jump its own locals are indeterminate.
template <class Body>
[[nodiscard]] bool guarded(Trap& trap, Body body) {
  static_assert(std::is_trivially_destructible_v<Body>, "a longjmp would skip its destructor");
  // NOLINTNEXTLINE(cert-err52-cpp): the codecs offer nothing else
  if (setjmp(trap.target) != 0) return false;
  body();
  return true;
}

}  // namespace imgc
