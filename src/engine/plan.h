// From a job to what admission needs to know of it.
#pragma once

#include <cstdint>

#include "imgc/job.h"

#include "formats/format.h"

namespace imgc {

// Reads the header and estimates the peak memory of the job with `jobs` threads at hand. A job that would
// take more than `memory_limit` has its contest on one thread, then takes its format's lean way, and where
// there is none keeps its cost. Never fails: what is wrong with the input shows when the job runs, and until
// then it counts by its size.
Plan plan(Job job, Store& input, unsigned jobs, std::uint64_t memory_limit);

// The format to write, given what was read. Same as `source` when nothing is converted.
const Format& target_format(const Format& source, const Options& options);

}  // namespace imgc
