#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "imgc/cache.h"
#include "imgc/job.h"
#include "imgc/report.h"
#include "imgc/store.h"

namespace imgc {

struct RunOptions {
  unsigned jobs = 1;                                     // worker threads
  std::uint64_t memory_limit = std::uint64_t{4} << 30U;  // bytes that admitted jobs may be estimated at
  bool fail_fast = false;
  std::optional<std::uint64_t> max_errors;  // stop when more inputs than this have failed
  ResultCache* cache = nullptr;             // must outlive the run; jobs without made_with do not use it
  std::optional<std::chrono::seconds> deadline = std::nullopt;  // admit no more after this time
};

// Runs every job of `source` and returns when all have ended. When `stop` turns true it admits no more, waits
// for those running, and returns with Status::interrupted. Never prints, never throws, touches no path but
// through the stores. `input` and `output` may be the same store and must be safe to use from many threads.
[[nodiscard]] Summary run(JobSource& source, Store& input, Store& output, const RunOptions& options,
                          Observer& observer, const std::atomic<bool>& stop);

// The work-stealing pool underneath and its version, for `--version` and the report: "oneTBB 2021.8".
std::string scheduler_version();

}  // namespace imgc
