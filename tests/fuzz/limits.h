// The limits of the fuzz targets: small, so that each input is quick and what breaks a limit shows.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "imgc/options.h"

namespace imgc::fuzz {

inline Limits limits() {
  Limits limits;
  limits.max_pixels = 4'000'000;
  limits.memory = std::uint64_t{64} << 20U;
  limits.png_chunk_bytes = std::uint64_t{1} << 20U;
  return limits;
}

// Not assert, which a Release build leaves out.
inline void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

}  // namespace imgc::fuzz
