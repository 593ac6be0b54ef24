// Metadata as JPEG segments: JFIF 1.02, Exif 2.32 (APP1), XMP part 3 (APP1), ICC.1 annex B.4 (APP2),
// Photoshop resources (APP13), COM.
#pragma once

#include "imgc/image.h"
#include "imgc/result.h"

#include "formats/jpeg/header.h"

namespace imgc::jpeg {

// Structural segments (the JFIF header's version and thumbnail, Adobe's APP14) are not metadata.
Result<Metadata> read_metadata(ByteView bytes);

// The segments between SOI and the first table of a file with these colours: the JFIF header or Adobe's
// marker as the colour space needs them, and `metadata`. Items that only another format knows are left out.
// Fails with refused when an item is too large for JPEG.
Result<Bytes> metadata_segments(const Metadata& metadata, ColorSpace space, bool adobe_marker);

// Whether colours mean the same without the PNG colour chunks among `metadata`, which JPEG has no place for:
// there are none, or they say sRGB, or a profile goes before them. Fails with refused.
Result<void> check_color_items(const Metadata& metadata);

}  // namespace imgc::jpeg
