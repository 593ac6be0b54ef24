#pragma once

#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/format.h"

namespace imgc::png {

// One exact recipe that reads rows, reduces them and compresses them as they come, in two or three passes
// over the file: for an image that does not fit into memory. An error for an interlaced one, whose rows only
// come with the last pass.
Result<Lineup> lean_lineup(const Probe& probe, const Options& options);

}  // namespace imgc::png
