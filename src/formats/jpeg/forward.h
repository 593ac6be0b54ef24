// Pixels to DCT coefficients: JFIF's YCbCr, and the forward DCT of T.81, A.3.3, both in floating point, so
// that nothing is lost before quantisation.
#pragma once

#include "imgc/image.h"
#include "imgc/result.h"

#include "formats/jpeg/coefficients.h"

namespace imgc::jpeg {

// How many pixels across and down share a sample of chroma: 2 times 2, 2 times 1, or each has its own.
struct Subsampling {
  unsigned across = 1;
  unsigned down = 1;

  bool operator==(const Subsampling&) const = default;
};

// What sharing chroma among 2 times 2 pixels would lose: the mean of the squared errors of both components,
// in 8-bit units. Sampled. 0 for gray.
double chroma_detail(const Image& image);

// The image's coefficients, rounded to integers: all steps are 1. Gray has one component, any other model
// three. Alpha, which must be full, is left out; no CMYK. Sides are at most 65,535.
Result<Coefficients> forward_transform(const Image& image, Subsampling subsampling);

}  // namespace imgc::jpeg
