// One job from start to end.
#pragma once

#include "imgc/cache.h"
#include "imgc/job.h"
#include "imgc/report.h"
#include "imgc/store.h"

#include "engine/duplicates.h"

namespace imgc {

// What earlier jobs and runs made; null where nothing is kept.
struct Known {
  Duplicates* of_this_run = nullptr;
  ResultCache* of_runs = nullptr;
};

// Reads, decodes, holds the contest, verifies and writes. The stores and what is known apart, it touches
// nothing shared. Whatever is thrown inside ends here as Failed.
Outcome compress(const Plan& plan, Store& input, Store& output, const Known& known = {}) noexcept;

}  // namespace imgc
