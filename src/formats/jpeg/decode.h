#pragma once

#include <cstdint>
#include <memory>

#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/format.h"

namespace imgc::jpeg {

// Gray, RGB or CMYK with 8 bits a sample. CMYK samples are as stored, which in Adobe's files is inverted. The
// accurate integer DCT and libjpeg's smooth upsampling, so that the pixels are those that viewers show.
Result<Image> decode(ByteView bytes, const Limits& limits);
Result<std::unique_ptr<StripReader>> read_strips(ByteView bytes, const Limits& limits);
// The most that it takes beside the file and the pixels: a progressive file's coefficients.
std::uint64_t decoding_bytes(const Probe& probe);

}  // namespace imgc::jpeg
