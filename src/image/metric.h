#pragma once

#include "imgc/image.h"

namespace imgc {

// Peak signal-to-noise ratio in dB over the colour channels and alpha at 8 bits, colours premultiplied by
// alpha. 100 for equal images. Both must have the same size.
double psnr(const Image& reference, const Image& distorted);

}  // namespace imgc
