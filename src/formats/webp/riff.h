// The container of WebP (WebP Container Specification; RFC 9649, section 2): a walk over hostile bytes, and
// the writing of a new container around the same bitstream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgc/bytes.h"
#include "imgc/result.h"

#include "formats/format.h"

namespace imgc::webp {

// The four letters of a chunk's name as a little-endian number, as they stand in the file.
enum class FourCc : std::uint32_t {};

constexpr FourCc four_cc(std::string_view letters) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8U | static_cast<std::uint8_t>(letters[i]);
  return FourCc{value};
}
// Without the spaces that fill it up: "VP8", "XMP".
std::string name(FourCc id);
// The inverse of name(); nothing for what can't be one.
std::optional<FourCc> named_four_cc(std::string_view name);

namespace chunks {
inline constexpr FourCc RIFF = four_cc("RIFF");
inline constexpr FourCc WEBP = four_cc("WEBP");
inline constexpr FourCc VP8 = four_cc("VP8 ");
inline constexpr FourCc VP8L = four_cc("VP8L");
inline constexpr FourCc VP8X = four_cc("VP8X");
inline constexpr FourCc ALPH = four_cc("ALPH");
inline constexpr FourCc ANIM = four_cc("ANIM");
inline constexpr FourCc ANMF = four_cc("ANMF");
inline constexpr FourCc ICCP = four_cc("ICCP");
inline constexpr FourCc EXIF = four_cc("EXIF");
inline constexpr FourCc XMP = four_cc("XMP ");
}  // namespace chunks

// VP8X's bits.
namespace flags {
inline constexpr std::uint8_t animation = 0x02;
inline constexpr std::uint8_t xmp = 0x04;
inline constexpr std::uint8_t exif = 0x08;
inline constexpr std::uint8_t alpha = 0x10;
inline constexpr std::uint8_t icc = 0x20;
}  // namespace flags

inline constexpr std::size_t file_header_bytes = 12;  // "RIFF", size, "WEBP"
inline constexpr std::size_t chunk_header_bytes = 8;

bool has_signature(ByteView file);
std::uint32_t read_le(const std::uint8_t* at, unsigned bytes);

struct Chunk {
  FourCc id{};
  std::uint64_t offset = 0;  // of its header in the file
  std::uint32_t size = 0;    // of its payload, as it says
  ByteView payload;          // shorter than `size` when the bytes end in it

  [[nodiscard]] bool is_whole() const { return payload.size() == size; }
};

// Goes from chunk to chunk up to where the RIFF header says that the file ends, or to the end of the bytes.
class ChunkReader {
 public:
  // `file` has the signature.
  explicit ChunkReader(ByteView file);

  // Nothing at the end; `malformed` when the chunk is longer than the file claims to be.
  [[nodiscard]] Result<std::optional<Chunk>> next();
  // Where the chunks given so far end, padding included.
  [[nodiscard]] std::uint64_t position() const { return at_; }
  // Where the file ends by its own account.
  [[nodiscard]] std::uint64_t end() const { return end_; }

 private:
  ByteView file_;
  std::uint64_t at_ = file_header_bytes;
  std::uint64_t end_;
};

// The compressed pixels of a still image: VP8 with or without ALPH, or VP8L.
struct Bitstream {
  FourCc id{};
  ByteView image;
  std::optional<ByteView> alpha;  // ALPH's payload, beside VP8 only
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  bool has_alpha = false;

  [[nodiscard]] bool lossless() const { return id == chunks::VP8L; }
};

// What the bytes hold, as far as they go.
struct Container {
  bool extended = false;       // has VP8X
  std::uint8_t announced = 0;  // VP8X's flags
  std::uint32_t width = 0;     // of the canvas
  std::uint32_t height = 0;
  unsigned frames = 0;  // ANMF chunks seen
  bool animated = false;
  bool lossy_frames = false;           // at least one of those seen
  std::optional<Bitstream> bitstream;  // absent when animated, or when its header is not in view
  bool bitstream_is_whole = false;
  std::vector<Chunk> others;   // neither VP8X, pixels nor frames
  bool whole = false;          // the bytes reach the end of the file
  bool trailing_data = false;  // something other than zeros behind the last chunk
};

// Fails with `malformed` where the bytes are no WebP, and with `limit` at an absurd number of chunks. Bytes
// that end too soon are not an error here.
Result<Container> walk(ByteView file);

// What stands beside the pixels in a file to be written; empty views are left out.
struct Extras {
  ByteView icc;
  ByteView exif;
  ByteView xmp;
  std::vector<std::pair<FourCc, ByteView>> others;
};

// A complete file: the simple form when nothing needs VP8X. Nothing when it would be longer than `most`; one
// of exactly `most` is made. The bitstream's size and the extras' fit 32 bits, else nothing.
std::optional<Bytes> assemble(const Bitstream& bitstream, const Extras& extras, std::size_t most);

// The chunks as far as they can be followed; what stands behind them is one stretch.
std::vector<Segment> segments(ByteView file);

}  // namespace imgc::webp
