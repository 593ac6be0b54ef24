// From any number of colours to a palette, so that the picture looks alike and is small as a PNG.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "base/for_each.h"
#include "formats/png/palette_order.h"
#include "formats/png/remap.h"

namespace imgc::png {

struct Quantised {
  IndexedPicture picture;
  int quality = 0;  // that its colours reached, never above the maximum asked for
};

// The colours of a picture.
enum class Choice : std::uint8_t {
  fewest,     // as few as reach the quality, refined
  every,      // as many as a palette holds, refined: for smooth images, which then need little dither
  unrefined,  // those of libimagequant's own picture, where that is made
};

// A way to fewer colours.
struct Manner {
  Choice colors = Choice::fewest;
  RemapSettings remap;
  // Only tried when no manner before it gave a picture that will do.
  bool spare = false;
};

struct QuantiseSettings {
  std::vector<Manner> manners;
  // Of the pictures in each manner and libimagequant's own, take the smallest that scores no less by
  // SSIMULACRA 2 than libimagequant's own does. Else the first manner that is meant for the image.
  bool judged = true;
  // When judged: the score that is asked for, in place of libimagequant's own picture.
  std::optional<double> least = std::nullopt;
};

// Aims at range.max. A reason, for the report, when it can't reach range.min. `image` is not CMYK; 16-bit
// samples are rounded to 8 first. Samples are taken as they are, and gAMA and profiles go out unchanged;
// `metadata` says what they mean to the score.
Result<std::variant<Quantised, Reason>> quantise(const Image& image, const Metadata& metadata,
                                                 QualityRange range, const QuantiseSettings& settings,
                                                 const ForEach& for_each = one_after_the_other);

// Peak memory of that beside the image.
std::uint64_t quantising_bytes(const Probe& probe, const QuantiseSettings& settings);

}  // namespace imgc::png
