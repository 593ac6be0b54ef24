#pragma once

#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/format.h"

namespace imgc::png {

// A lineup serves one subject, whose reduced pixels its recipes share.
Result<Lineup> lineup(const Probe& probe, const Options& options);
// As Format::scouts says.
Result<Lineup> scouts(const Probe& probe, const Options& options);

}  // namespace imgc::png
