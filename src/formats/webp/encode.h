// From pixels to a WebP bitstream, through libwebp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "imgc/bytes.h"
#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

namespace imgc::webp {

// No side of a WebP is longer.
inline constexpr std::uint32_t most_side = 16383;

struct Lossless {
  Effort effort = Effort::normal;
};

struct Lossy {
  int quality = 75;  // libwebp's, 0 to 100
  Effort effort = Effort::normal;
};

// Peak bytes a pixel that encoding takes beside the image given, as measured. An alpha plane is coded by the
// lossless encoder, and takes what that takes.
double working_bytes_a_pixel(Lossless coding);
double working_bytes_a_pixel(Lossy coding, bool alpha);

// A WebP file without metadata, or nothing when it would be longer than `most`; one of exactly `most` is
// made. The image has 8 bits a sample, is not CMYK, and fits most_side. Lossless keeps the colours under zero
// alpha. Alpha is always coded without loss.
Result<std::optional<Bytes>> encode(const Image& image, Lossless coding, std::size_t most);
Result<std::optional<Bytes>> encode(const Image& image, Lossy coding, std::size_t most);

}  // namespace imgc::webp
