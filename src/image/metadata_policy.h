// The one place that decides what metadata goes out.
#pragma once

#include "imgc/image.h"
#include "imgc/options.h"

namespace imgc {

// What is left of `metadata` under `policy`. When EXIF goes but the orientation stays, a minimal EXIF block
// takes its place; when EXIF stays, so does the orientation inside it. 
Metadata apply(const MetadataPolicy& policy, const Metadata& metadata);

}  // namespace imgc
