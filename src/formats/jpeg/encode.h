#pragma once

#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

namespace imgc::jpeg {

// The pixels' DCT coefficients at libjpeg's `quality`, as a baseline JPEG with libjpeg's standard Huffman
// tables: to be read as Coefficients and written anew. 4:2:0 below quality 90, else 4:4:4. `image` has 8 bits
// a sample, and its alpha, which must be full, is left out; no CMYK.
Result<Bytes> transform(const Image& image, int quality, const Limits& limits);

}  // namespace imgc::jpeg
