// One job from start to end.
#pragma once

#include "imgc/job.h"
#include "imgc/report.h"
#include "imgc/store.h"

namespace imgc {

// Reads, decodes, holds the contest, verifies and writes. `jobs` is how many threads this image may use. The
// stores apart, it touches nothing shared. Whatever is thrown inside ends here as Failed.
Outcome compress(const Job& job, Store& input, Store& output, unsigned jobs) noexcept;

}  // namespace imgc
