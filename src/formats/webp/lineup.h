#pragma once

#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/format.h"

namespace imgc::webp {

Result<Lineup> lineup(const Probe& probe, const Options& options);

}  // namespace imgc::webp
