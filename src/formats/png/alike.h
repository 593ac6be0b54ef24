// The smallest of several lossy pictures that looks as good as the usual one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "imgc/image.h"
#include "imgc/result.h"

#include "formats/png/quantise.h"

namespace imgc::png {

// The place in `made`, which has at least one picture: of the one that is about the smallest as a PNG, of
// those that score no less by SSIMULACRA 2 against `original` than the first. `metadata` says what the
// samples mean.
Result<std::size_t> choose_alike(const Image& original, const Metadata& metadata,
                                 std::span<const Quantised> made);

// Peak memory beside all those, when there is more than one.
std::uint64_t choosing_bytes(const Probe& probe);

}  // namespace imgc::png
