// PNG files for tests, put together chunk by chunk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "imgc/bytes.h"
#include "imgc/image.h"
#include "imgc/options.h"

#include "formats/format.h"
#include "formats/png/palette.h"

namespace imgc::test {

// A bound that no file reaches.
inline constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

struct PngChunk {
  std::string_view type;
  Bytes data;
};

Bytes text_bytes(std::string_view text);
Bytes ihdr(std::uint32_t width, std::uint32_t height, unsigned depth, unsigned color,
           bool interlaced = false);
// `raw` as a zlib stream.
Bytes zlib(ByteView raw);
// A frame of an APNG: `raw` has its rows with filter bytes, and goes into `parts` chunks.
struct PngFrame {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t x = 0;
  std::uint32_t y = 0;
  unsigned delay_ms = 100;
  unsigned dispose = 0;
  unsigned blend = 0;
  Bytes raw;
  unsigned parts = 1;
};
// IHDR, `before`, acTL and the frames, whose first is the static image unless there is a `hidden` one; then
// IEND.
std::vector<PngChunk> apng_chunks(Bytes ihdr_data, const std::vector<PngChunk>& before,
                                  const std::vector<PngFrame>& frames, const Bytes& hidden = {});
// Rows of `row_bytes` smooth bytes with filter bytes of 0.
Bytes smooth_rows(std::size_t row_bytes, std::uint32_t height, unsigned seed);
// Signature and chunks with good check sums; IEND is not added.
Bytes png_of(const std::vector<PngChunk>& chunks);
// A whole file: IHDR, `before`, IDAT with `raw` (rows with filter bytes), `after`, IEND.
Bytes png_of(Bytes ihdr_data, const std::vector<PngChunk>& before, ByteView raw,
             const std::vector<PngChunk>& after = {});
// A plain lossless file with the image's own colour type and depth.
Bytes png_of(const Image& image, const std::vector<PngChunk>& before = {},
             const std::vector<PngChunk>& after = {});
// An Adam7 file of an 8-bit RGB image.
Bytes interlaced_png_of(const Image& image);

struct Made {
  std::string recipe;
  Fidelity fidelity = Fidelity::exact;
  Candidate candidate;
};
// Runs every recipe that has something to offer, estimates first.
std::vector<Made> run_all(ByteView file, const Options& options);
// The smallest of them, the earlier of equals.
Made smallest(const std::vector<Made>& made);
// What its IHDR says.
inline unsigned depth_of(ByteView file) {
  return file[24];
}
inline unsigned color_of(ByteView file) {
  return file[25];
}
// Colours spread by a linear congruence; `translucent` gives them alpha too.
std::vector<png::Color> some_colors(std::size_t count, bool translucent, std::uint32_t state = 7);
// The types of a file's chunks, a run of IDAT once.
std::vector<std::string> chunk_names(ByteView file);

}  // namespace imgc::test
