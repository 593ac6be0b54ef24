// Lossy recompression without leaving the DCT: coarser quantisation tables, and levels rounded to them.
// Nothing is resampled, converted or transformed twice, so nothing is lost but what the tables take.
#pragma once

#include "formats/jpeg/coefficients.h"

namespace imgc::jpeg {

// For each component libjpeg's table for `quality`, but nowhere a finer step than the present one: what the
// source has already lost can't come back, and coding it finely would only cost bytes.
void requantise(Coefficients& coefficients, int quality);

}  // namespace imgc::jpeg
