// The quantisation tables of lossy JPEG: how coarse each frequency may be for its error to be as visible as
// any other's. A parametric family in place of T.81's annex K, found by what scores best per byte under
// SSIMULACRA 2; a step's growth with frequency is a power of it.
#pragma once

#include <array>

#include "formats/jpeg/quality.h"

namespace imgc::jpeg {

// Steps before rounding, row by row as a QuantTable.
using Steps = std::array<float, 64>;

// A scale at which errors are about as visible as at libjpeg's quality 70. What follows the scale with an
// exponent of its own is what it is there.
inline constexpr double unit_scale = 0.6;

// Steps of equal visibility. `scale` is how visible: twice as much is twice as coarse.
Steps reference_steps(Channel channel, double scale);

// The steps rounded to what a table can hold, and a little coarser for the AC of chroma, which wins where
// levels are chosen by their cost.
QuantTable reference_table(Channel channel, double scale);

// The scale at which results score on average as libjpeg-turbo's of this quality do.
double scale_of_quality(int quality);

}  // namespace imgc::jpeg
