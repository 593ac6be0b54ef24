#pragma once

#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

namespace imgc::jpeg {

// Gray, RGB or CMYK with 8 bits a sample. CMYK samples are as stored, which in Adobe's files is inverted. The
// accurate integer DCT and libjpeg's smooth upsampling, so that the pixels are those that viewers show.
Result<Image> decode(ByteView bytes, const Limits& limits);

}  // namespace imgc::jpeg
