#pragma once

#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/format.h"
#include "formats/webp/riff.h"

namespace imgc::webp {

// Fails with `limit` at more pixels than limits.max_pixels.
Result<void> check_pixels(const Container& container, const Limits& limits);

// An orientation or frames behind the given bytes are not seen.
Result<Probe> probe(ByteView file, const Limits& limits);

}  // namespace imgc::webp
