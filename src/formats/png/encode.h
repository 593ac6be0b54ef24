// From a raster and its metadata to the bytes of a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "imgc/bytes.h"

#include "deflate/deflate.h"
#include "formats/png/filter.h"
#include "formats/png/metadata.h"
#include "formats/png/raster.h"

namespace imgc::png {

// By libdeflate at a level of 1 to 12, or by the near-optimal encoder.
using Compression = std::variant<int, deflate::Settings>;

// How IDAT is made.
struct Coding {
  Strategy strategy = Strategy::none;
  Compression compression = 10;
};

// `data` as a zlib stream; nothing when it would be longer than `most`.
std::optional<Bytes> compress(ByteView data, const Compression& compression, std::size_t most,
                              const ForEach& for_each = one_after_the_other);
// Peak memory of that beside the data and the stream, for `size` bytes of data.
std::uint64_t compressor_bytes(const Compression& compression, std::uint64_t size);

// Everything in front of the pixels: the signature, IHDR, the palette, and the envelope around it.
void append_head(Bytes& out, const Raster& raster, const Envelope& envelope);

// A complete file around a zlib stream of filtered rows, or nothing when it would be longer than `most`.
std::optional<Bytes> assemble(const Raster& layout, const Envelope& envelope, ByteView stream,
                              std::size_t most);

// A complete file, or nothing when it would be longer than `most`; one of exactly `most` is made.
std::optional<Bytes> encode(const Raster& raster, const Envelope& envelope, Coding coding, std::size_t most,
                            const ForEach& for_each = one_after_the_other);

// How well the samples of a large raster are compressed.
enum class Sampling : std::uint8_t {
  thorough,  // enough to tell filters and orders of exact layouts apart
  quick,     // enough where a palette may lose; half the time
};

// About how long that file will be. Takes samples of a large raster.
std::size_t estimate(const Raster& raster, const Envelope& envelope, Strategy strategy, Sampling sampling,
                     const ForEach& for_each = one_after_the_other);

}  // namespace imgc::png
