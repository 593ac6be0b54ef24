#pragma once

#include "imgc/bytes.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/png/rows.h"

namespace imgc::png {

// Whether both files show the same to the last bit of the deeper one, as same_pixels says it, without holding
// either whole unless it is interlaced. Of animations: every frame alike, with the same places, delays and
// ways to dispose and blend, and the same still image. An error when one does not decode.
Result<bool> same_picture(ByteView a, ByteView b, const Limits& limits);

// The same of two still images.
Result<bool> same_still(const Still& a, const Still& b, const Limits& limits);

}  // namespace imgc::png
