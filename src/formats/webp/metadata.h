// What travels beside the pixels of a WebP, in and out.
#pragma once

#include <optional>

#include "imgc/image.h"
#include "imgc/result.h"

#include "formats/webp/riff.h"

namespace imgc::webp {

// ICCP, EXIF and XMP, the first of each as the specification says, and chunks of unknown meaning.
Metadata read_metadata(const Container& container);
// The orientation that read_metadata finds, without copying anything.
int orientation(const Container& container);

// Where the header and the chunks contradict each other in a way that shows, so that viewers differ: the
// reason to leave the file alone.
std::optional<Reason> ambiguity(const Container& container);

// What of `metadata` has a place in a WebP; the views point into it. Kinds that have none (text, density,
// time, IPTC, other formats' chunks) are left out. `from_webp` tells whether unknown chunks are WebP's. Fails
// with `refused` at what says that the colours are not sRGB in a way that WebP can't say.
Result<Extras> extras(const Metadata& metadata, bool from_webp);

}  // namespace imgc::webp
