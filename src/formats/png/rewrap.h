// The source's own pixels in a new wrapping: what is left to gain where nothing compresses them better.
#pragma once

#include <cstddef>
#include <cstdint>

#include "imgc/image.h"

#include "formats/format.h"

namespace imgc::png {

// A PNG with the subject's metadata around the IDAT of its bytes, when that has at most `bound` bytes.
// Declines what is interlaced, as no output is, and pixels with a wrong check sum or with bytes missing or
// left over, which some decoders forgive. `subject` is a PNG.
Attempt rewrap(const Subject& subject, std::size_t bound);
// Peak memory beside the subject's.
std::uint64_t rewrapping_bytes(const Probe& probe);

}  // namespace imgc::png
