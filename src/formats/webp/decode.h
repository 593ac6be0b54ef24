#pragma once

#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/webp/riff.h"

namespace imgc::webp {

// rgb, or rgba when the bitstream has alpha; 8 bits. Lossless colours under zero alpha come out as stored.
Result<Image> decode(ByteView file, const Limits& limits);
// The most that it takes beside the file and the pixels.
std::uint64_t decoding_bytes(const Probe& probe);

}  // namespace imgc::webp
