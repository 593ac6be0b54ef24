// The one place that decides what metadata goes out.
#pragma once

#include "imgc/image.h"
#include "imgc/options.h"

namespace imgc {

// What is left of `metadata` under `policy`, in its order. When the EXIF block goes but its orientation
// stays, a minimal block that says only that takes its place; when that alone goes, the block says 1. Pixels
// are never turned here, so an orientation that goes out is the one that came in. With what is attached its
// XMP goes out too, unless dropped by name.
Metadata apply(const MetadataPolicy& policy, const Metadata& metadata);

}  // namespace imgc
