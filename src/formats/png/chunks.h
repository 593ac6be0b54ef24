// The chunk layer of PNG (W3C PNG Specification, Third Edition, section 5): a walk over hostile bytes, and
// the writing of chunks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "imgc/bytes.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/format.h"

namespace imgc::png {

// The four letters of a chunk's name as a big-endian number.
enum class ChunkType : std::uint32_t {};

constexpr ChunkType chunk_type(std::string_view letters) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8U | static_cast<std::uint8_t>(letters[i]);
  return ChunkType{value};
}

std::string name(ChunkType type);
// Four ASCII letters, the third a capital, as every chunk's name must be.
bool is_chunk_name(std::string_view name);
// The property bits of section 5.4.
constexpr bool is_ancillary(ChunkType type) {
  return (static_cast<std::uint32_t>(type) & 0x20000000U) != 0;
}
constexpr bool is_safe_to_copy(ChunkType type) {
  return (static_cast<std::uint32_t>(type) & 0x00000020U) != 0;
}

namespace chunks {
inline constexpr ChunkType IHDR = chunk_type("IHDR");
inline constexpr ChunkType PLTE = chunk_type("PLTE");
inline constexpr ChunkType tRNS = chunk_type("tRNS");
inline constexpr ChunkType IDAT = chunk_type("IDAT");
inline constexpr ChunkType IEND = chunk_type("IEND");
inline constexpr ChunkType acTL = chunk_type("acTL");
inline constexpr ChunkType fcTL = chunk_type("fcTL");
inline constexpr ChunkType fdAT = chunk_type("fdAT");
inline constexpr ChunkType iCCP = chunk_type("iCCP");
inline constexpr ChunkType eXIf = chunk_type("eXIf");
inline constexpr ChunkType pHYs = chunk_type("pHYs");
inline constexpr ChunkType tIME = chunk_type("tIME");
inline constexpr ChunkType tEXt = chunk_type("tEXt");
inline constexpr ChunkType zTXt = chunk_type("zTXt");
inline constexpr ChunkType iTXt = chunk_type("iTXt");
inline constexpr ChunkType sBIT = chunk_type("sBIT");
inline constexpr ChunkType bKGD = chunk_type("bKGD");
inline constexpr ChunkType hIST = chunk_type("hIST");
inline constexpr ChunkType sPLT = chunk_type("sPLT");
// imgc's own: one byte, the maximum quality at which lossy pixels were made. Private, and unsafe to copy, so
// that an editor which changes the pixels drops it.
inline constexpr ChunkType imGC = chunk_type("imGC");
}  // namespace chunks

inline constexpr std::size_t signature_bytes = 8;
inline constexpr std::size_t chunk_overhead = 12;  // length, type and check sum
// The length of a chunk is a 31-bit number; longer streams are split.
inline constexpr std::size_t longest_chunk = 0x7FFFFFFF;

bool has_signature(ByteView file);
ByteView signature();

std::uint32_t read_be32(const std::uint8_t* at);
void append_be32(Bytes& out, std::uint32_t value);

struct ChunkHead {
  ChunkType type{};
  std::uint32_t length = 0;
};

struct Chunk {
  ChunkType type{};
  ByteView data;
  ByteView whole;  // with its length, type and check sum

  [[nodiscard]] bool is_intact() const;  // the check sum fits
};

// Goes from chunk to chunk. Fails before anything is allocated: with `truncated` where the bytes end inside a
// chunk, with `limit` at one other than IDAT and fdAT that is longer than Limits::png_chunk_bytes, with
// `malformed` at what is no chunk at all.
class ChunkReader {
 public:
  // `file` has the signature.
  ChunkReader(ByteView file, const Limits& limits);

  // The head of the next chunk, whose data need not be there yet.
  [[nodiscard]] Result<ChunkHead> peek() const;
  [[nodiscard]] Result<Chunk> next();

 private:
  ByteView file_;
  std::size_t at_ = signature_bytes;
  std::uint64_t chunk_limit_;
};

void append_chunk(Bytes& out, ChunkType type, ByteView data);

// The chunks as far as they can be followed; a run of IDAT is one stretch.
std::vector<Segment> segments(ByteView file);

}  // namespace imgc::png
