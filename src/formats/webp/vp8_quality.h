// What a lossy WebP's quantisers tell about the quality it was made with.
#pragma once

#include <array>
#include <optional>

#include "imgc/bytes.h"

namespace imgc::webp {

// From the header of a VP8 key frame (RFC 6386, sections 9.2 to 9.6 and 19.2).
struct Vp8Quantisers {
  struct Segment {
    int quantiser = 0;  // index of the luma AC step, 0 finest to 127
    double share = 0;   // of the macroblocks, about; all of them add up to 1
  };
  std::array<Segment, 4> segments;
  unsigned segment_count = 1;
  int chroma_dc_delta = 0;
};

// `frame` is a VP8 chunk's payload, or as much of it as there is. Nothing when the header is cut off.
std::optional<Vp8Quantisers> read_quantisers(ByteView frame);

// Bytes of a VP8 chunk that are sure to hold that header.
inline constexpr std::size_t vp8_quantiser_bytes = 96;

// On libwebp's scale of 0 to 100, by inverting the way libwebp goes from a quality to its segments'
// quantisers. Files of other encoders get the quality at which libwebp would be about as coarse.
int estimate_quality(const Vp8Quantisers& quantisers);

}  // namespace imgc::webp
