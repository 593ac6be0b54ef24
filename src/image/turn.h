// The eight ways to lay a picture on its sides, which EXIF numbers 1 to 8 (CIPA DC-008, tag Orientation).
#pragma once

#include "imgc/image.h"

namespace imgc {

// First rows and columns are exchanged, then the result is mirrored.
struct Turn {
  bool transposed = false;
  bool mirrored_x = false;  // left and right exchanged
  bool mirrored_y = false;  // top and bottom exchanged

  bool operator==(const Turn&) const = default;
  [[nodiscard]] bool is_none() const { return *this == Turn{}; }
};

// What makes stored pixels upright that have this orientation, 1-8.
Turn turn_of_orientation(int orientation);
// The orientation under which a viewer does this turn.
int orientation_of(Turn turn);
// Clockwise by 0, 90, 180 or 270 degrees.
Turn rotation(unsigned degrees);
// One turn that does both.
Turn then(Turn first, Turn second);

Image turned(const Image& image, Turn turn);

}  // namespace imgc
