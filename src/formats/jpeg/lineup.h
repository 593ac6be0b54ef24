#pragma once

#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/format.h"

namespace imgc::jpeg {

// From a JPEG: transcodes of its coefficients, exact or requantised. From another format: an encoding of its
// pixels, perceptual only. The least quality of the range plays no part, since JPEG meets any quality asked
// for.
Result<Lineup> lineup(const Probe& probe, const Options& options);

}  // namespace imgc::jpeg
