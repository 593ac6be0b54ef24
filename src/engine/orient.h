// Turning the picture, as the options ask and its orientation tag says, before anything is made of it.
#pragma once

#include <optional>

#include "imgc/bytes.h"
#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/format.h"
#include "image/turn.h"

namespace imgc {

// What the options make of the picture. One that changes its format is turned as its orientation tag says
// even unasked: browsers see no such tag in a WebP, and few viewers do in a PNG.
Turn asked_turn(const Options& options, const Probe& probe, const Format& target);

struct Oriented {
  Bytes file;  // to be compressed in place of the original, in its format; empty when that serves
  Turn turn;   // still to be done to the pixels
  // The original shows something else, or in another way, than what is to come.
  bool differs = false;
  std::optional<Reason> note;
};

// Brings `metadata`, that of the file, to what is true of the result. Where a turn would lose something and
// no loss was allowed, or the image is only seen row by row, the orientation tag says it in its place; then
// `turn` is none and the note says why. Fails with refused when that can't be either.
Result<Oriented> orient(ByteView bytes, const Probe& probe, const Format& target, const Options& options,
                        const Limits& limits, bool by_rows, Metadata& metadata);

}  // namespace imgc
