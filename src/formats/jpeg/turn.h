// Turning a JPEG without leaving the DCT: blocks change places, and what is mirrored negates every other
// coefficient, since the cosines of odd frequency are odd about a block's middle.
#pragma once

#include <cstdint>
#include <optional>

#include "imgc/bytes.h"
#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/jpeg/coefficients.h"
#include "image/turn.h"

namespace imgc::jpeg {

// Nothing when a side that would come to the left or to the top ends inside a block: blocks can only be cut
// off at the right and at the bottom.
std::optional<Coefficients> turned(const Coefficients& coefficients, Turn turn);

// The same for a file. Its quantised coefficients are those of the original and its metadata are left out.
// Nothing also when the original lacks some of its scans.
Result<std::optional<Bytes>> turn_file(ByteView bytes, Turn turn, const Limits& limits);
// Peak memory of turn_file beside the file and the result.
std::uint64_t turning_bytes(const Probe& probe);

}  // namespace imgc::jpeg
