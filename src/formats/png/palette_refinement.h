// Moving a palette's colours to where the eye would have them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formats/png/color_weights.h"
#include "formats/png/palette.h"

namespace imgc::png {

// Passes of k-means over `colors`, in the space of perceptual_color.h: a few, or more where colours are few.
// Large errors weigh more than by their squares, by iterative reweighting (Lawson, Contributions to the
// Theory of Linear Least Maximum Approximation, 1961), as one that is far off is seen however rare. Between
// passes, entries that would hardly be missed go to where one more is needed most (Patanè and Russo, The
// Enhanced LBG Algorithm, Neural Networks 14, 2001); so that copies of entries are used up, too. Entries that
// are clear stay so, and those that opaque colours have are opaque.
void refine_palette(std::span<const WeightedColor> colors, std::vector<Color>& palette);

// Peak memory of that, for so many colours.
std::uint64_t refining_bytes(std::uint64_t colors);

}  // namespace imgc::png
