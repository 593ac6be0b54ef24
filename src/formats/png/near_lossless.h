// Truecolour that loses a little: each sample is moved by so little that its residue, what its filter leaves
// of it, is one of a few values. For pictures that no palette can carry. The method is that of JPEG-LS's
// near-lossless coding (ITU-T T.87, A.4.4) with PNG's predictors in place of its own.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "imgc/image.h"
#include "imgc/result.h"

#include "base/for_each.h"
#include "formats/png/filter.h"
#include "image/ssimulacra2.h"

namespace imgc::png {

// By how much a sample may come out wrong. Errors of green are seen best.
struct Tolerance {
  std::uint8_t red_and_blue = 0;
  std::uint8_t green = 0;  // also gray
};

// Residues of `filter`, which is average or paeth, become multiples of twice the tolerance and one.
// Alpha stays, and clear pixels take the colour that leaves nothing. `image` is 8-bit RGBA.
Image round_residues(const Image& image, Strategy filter, Tolerance tolerance);

// With the largest tolerance that still scores at least `least_score` against `reference`, which is of
// `image`. Nothing when none does. `metadata` says what the samples mean to the score.
Result<std::optional<Image>> near_lossless(const Image& image, const Metadata& metadata, Strategy filter,
                                           double least_score, const ScoreReference& reference,
                                           const ForEach& for_each = one_after_the_other);

// Peak memory of that beside the image, with the reference and a copy of the image as RGBA.
std::uint64_t rounding_bytes(const Probe& probe);

}  // namespace imgc::png
