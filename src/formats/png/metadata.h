// What travels beside the pixels of a PNG, in and out.
#pragma once

#include <optional>

#include "imgc/bytes.h"
#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/png/header.h"

namespace imgc::png {

struct Raster;

// Every ancillary chunk but those that are part of the image (tRNS, acTL, fcTL, fdAT, imGC). A damaged one,
// and the second of a kind that may be there once, is left out, as decoders do. Fails with `limit` when
// something compressed grows beyond limits.png_chunk_bytes.
Result<Metadata> read_metadata(ByteView file, const Limits& limits);

// The chunks to stand before and after the palette, as bytes of a file.
struct Envelope {
  Bytes before_palette;
  Bytes after_palette;

  [[nodiscard]] std::size_t size() const { return before_palette.size() + after_palette.size(); }
};

// What the metadata came with. Chunks that speak of samples only make sense beside the same ones.
struct Origin {
  bool is_png = false;
  // The source's IHDR and palette, when it is a PNG.
  std::optional<Ihdr> ihdr;
  Bytes palette;
  bool same_pixels = true;  // the output shows exactly what the source did
};

// The chunks for an output of that layout. Left out: chunks that would contradict the new layout, private
// chunks of other formats, and an ICC profile of another format whose colour space does not fit. A `quality`
// becomes the imGC chunk.
Envelope write_metadata(const Metadata& metadata, const Origin& origin, const Raster& raster,
                        std::optional<int> quality);

}  // namespace imgc::png
