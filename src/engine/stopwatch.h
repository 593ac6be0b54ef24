#pragma once

#include <chrono>

#include "imgc/report.h"

namespace imgc {

// Adds the time that it lives.
class Stopwatch {
 public:
  explicit Stopwatch(Milliseconds& into) : into_(into), start_(std::chrono::steady_clock::now()) {}
  ~Stopwatch() { into_ += std::chrono::steady_clock::now() - start_; }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  Milliseconds& into_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace imgc
