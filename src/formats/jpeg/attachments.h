// What stands behind the image in a JPEG's file: the film of a motion photo, the gain map of an HDR one,
// further pictures. It is found by counting from the end of the file, from the end of the image, or by the
// index of a multi-picture file (CIPA DC-007), which counts from the index itself.
#pragma once

#include <string_view>

#include "imgc/bytes.h"

#include "formats/jpeg/markers.h"

namespace imgc::jpeg {

// The name of the metadata item that holds it.
inline constexpr std::string_view attachment_name = "attached";

// Whether the segment says what the attachments are: the index, or how to use a gain map (ISO 21496-1).
bool describes_attachments(const Marker& segment);

// Puts `attachment`, which stands behind the image of `original`, behind `made`, a complete image, and
// corrects the index in `made`, a copy of the original's. An index that can't be read stays as it is.
void attach(Bytes& made, ByteView original, ByteView attachment);

}  // namespace imgc::jpeg
