// The little of EXIF (CIPA DC-008, a TIFF block) that imgc needs. Every function takes hostile bytes.
#pragma once

#include <optional>
#include <string>

#include "imgc/bytes.h"

namespace imgc {

// The Orientation tag of IFD0, 1-8; 1 when absent, out of range, or unreadable. `tiff` starts with "II" or
// "MM".
int exif_orientation(ByteView tiff);

// The shortest TIFF block that says `orientation` and nothing else.
Bytes minimal_exif(int orientation);

// The block with this orientation, whether or not it had one; minimal_exif when it can't be read. Nothing
// moves in it: maker notes count from its beginning.
Bytes with_orientation(ByteView tiff, int orientation);

// The block without its thumbnail.
Bytes without_thumbnail(ByteView tiff);

// The block of a picture that has been turned: its thumbnail, which has not, is gone, and its width and
// height are exchanged if it was `transposed`.
Bytes exif_of_turned(ByteView tiff, bool transposed);

struct ExifSummary {
  std::string camera;  // make and model, as stored
  std::string date;    // DateTimeOriginal, else DateTime, as stored: "2024:05:01 12:00:00"
  bool has_gps = false;
};
ExifSummary summarize_exif(ByteView tiff);

}  // namespace imgc
