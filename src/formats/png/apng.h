#pragma once

#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/format.h"

namespace imgc::png {

// One exact recipe that compresses every frame of an animated PNG anew. Colour type, depth and palette stay,
// since the frames share them; so does every fcTL but for its sequence number.
Result<Lineup> apng_lineup(const Probe& probe, const Options& options);

// The same in the memory of a few rows. An error for an interlaced file.
Result<Lineup> lean_apng_lineup(const Probe& probe, const Options& options);

}  // namespace imgc::png
