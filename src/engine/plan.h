// From a job to what admission needs to know of it.
#pragma once

#include <cstdint>
#include <vector>

#include "imgc/job.h"

#include "formats/format.h"

namespace imgc {

// What is read of a file for its header. Nearly every one ends within this; one that does not (long EXIF or
// ICC segments first) is read further.
inline constexpr std::size_t header_bytes = std::size_t{64} << 10U;

// Reads the header and estimates the peak memory of the job with `jobs` threads at hand. A job that would
// take more than `memory_limit` has its contest on one thread, then takes its format's lean way, and where
// there is none is refused. Never fails: what is wrong with the input shows when the job runs, and until
// then it counts by its size.
Plan plan(Job job, Store& input, unsigned jobs, std::uint64_t memory_limit);

// The formats that the image may be written in, in the order in which they are tried: that of the source
// alone when nothing is converted. With Options::any_format the source's own is first.
std::vector<const Format*> target_formats(const Probe& source, const Options& options);

}  // namespace imgc
