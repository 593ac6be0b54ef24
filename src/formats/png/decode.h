#pragma once

#include "imgc/bytes.h"
#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

namespace imgc::png {

// The pixels through libpng, with libpng's memory capped at limits.memory. Damage that any decoder would have
// to paper over (a wrong check sum, missing rows, an index outside the palette) is an error.
Result<Image> decode(ByteView file, const Limits& limits);

}  // namespace imgc::png
