// One job from start to end.
#pragma once

#include "imgc/cache.h"
#include "imgc/job.h"
#include "imgc/report.h"
#include "imgc/store.h"

namespace imgc {

// Reads, decodes, holds the contest, verifies and writes. The stores apart, it touches nothing shared.
// Whatever is thrown inside ends here as Failed.
Outcome compress(const Plan& plan, Store& input, Store& output, ResultCache* cache = nullptr) noexcept;

}  // namespace imgc
