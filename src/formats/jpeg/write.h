// Coefficients to a JPEG file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "imgc/bytes.h"
#include "imgc/result.h"

#include "formats/jpeg/coefficients.h"
#include "formats/jpeg/script.h"

namespace imgc::jpeg {

enum class Coding : std::uint8_t { sequential, progressive };

// The file with `head` (see metadata_segments) after SOI and the best Huffman tables for every scan. Nothing
// when it would have more than `bound` bytes. Restart markers are not written.
// `search` is for progressive coding only.
Result<std::optional<Bytes>> write(const Coefficients& coefficients, Coding coding, Search search,
                                   ByteView head, std::size_t bound);

// The most that write takes beside the coefficients and the result, in bytes. A plane has at most one
// coefficient a pixel.
std::uint64_t writing_bytes(std::uint64_t pixels, std::uint64_t coefficients, Coding coding, Search search);

}  // namespace imgc::jpeg
