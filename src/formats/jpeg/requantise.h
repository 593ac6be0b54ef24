// Lossy recompression without leaving the DCT: coarser quantisation tables, and levels chosen by what they
// cost in visible error and in bits. Nothing is resampled, converted or transformed twice, so nothing is lost
// but what is chosen.
#pragma once

#include "formats/jpeg/coefficients.h"

namespace imgc::jpeg {

// To what scores as libjpeg-turbo's `quality` does. No step becomes finer than the present one: what the
// source has already lost can't come back, and coding it finely would only cost bytes.
void requantise(Coefficients& coefficients, int quality);

}  // namespace imgc::jpeg
