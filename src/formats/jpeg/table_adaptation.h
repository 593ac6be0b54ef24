// Tables fitted to the image: the levels of a JPEG lie on the lattice of its own steps, and some new steps
// fit it better than others, in error or in bits.
#pragma once

#include "formats/jpeg/coefficients.h"
#include "formats/jpeg/masking.h"
#include "formats/jpeg/quality.h"
#include "formats/jpeg/reference_steps.h"
#include "formats/jpeg/scan.h"

namespace imgc::jpeg {

// `table` with its AC steps moved to where the component's levels cost least in error, measured in reference
// steps, squared, and bits; `lambda` is the distortion that a bit is worth where masking is 1. No step
// becomes finer than the component's own, nor leaves 0.75 to 1.35 times what it was.
QuantTable adapted_table(const Component& component, const Plane& plane, const QuantTable& table,
                         const Steps& reference, const Masking& masking, float lambda);

}  // namespace imgc::jpeg
