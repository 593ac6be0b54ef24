// The two ends of alpha. Who looks through an image, or at its edges, sees where clear pixels are only nearly
// clear and opaque ones only nearly opaque, which the mean colours of a palette easily make of them.
#pragma once

#include <vector>

#include "imgc/bytes.h"
#include "imgc/image.h"

#include "formats/png/palette.h"

namespace imgc::png {

// Which ends the pixels of an image are at, some of them.
struct AlphaEnds {
  bool clear = false;
  bool opaque = false;
};

// `image` is 8-bit RGBA.
AlphaEnds find_ends(const Image& image);

// Where `palette` lacks an entry for one of the ends, moves the entry nearest to it there; adds one where
// that would take another end's only entry.
void give_ends(const AlphaEnds& ends, std::vector<Color>& palette);

// give_ends, and gives each pixel at an end the nearest entry that is at this end too. `indexes` into
// `palette` are those of `image`'s pixels, which is 8-bit RGBA.
void keep_ends(const Image& image, std::vector<Color>& palette, Bytes& indexes);

}  // namespace imgc::png
