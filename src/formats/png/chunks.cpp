#include "formats/png/chunks.h"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>
#include <libdeflate.h>

#include "base/text.h"

namespace imgc::png {
namespace {

constexpr std::array<std::uint8_t, signature_bytes> magic = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

bool is_letter(std::uint32_t c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool may_be_long(ChunkType type) {
  return type == chunks::IDAT || type == chunks::fdAT;
}

}  // namespace

std::string name(ChunkType type) {
  const auto value = static_cast<std::uint32_t>(type);
  return {static_cast<char>(value >> 24U), static_cast<char>(value >> 16U & 0xFFU),
          static_cast<char>(value >> 8U & 0xFFU), static_cast<char>(value & 0xFFU)};
}

bool is_chunk_name(std::string_view name) {
  return name.size() == 4 &&
         std::ranges::all_of(name, [](char c) { return is_letter(static_cast<std::uint8_t>(c)); }) &&
         name[2] >= 'A' && name[2] <= 'Z';
}

bool has_signature(ByteView file) {
  return file.size() >= magic.size() && std::equal(magic.begin(), magic.end(), file.begin());
}

ByteView signature() {
  return magic;
}

std::uint32_t read_be32(const std::uint8_t* at) {
  return std::uint32_t{at[0]} << 24U | std::uint32_t{at[1]} << 16U | std::uint32_t{at[2]} << 8U | at[3];
}

void append_be32(Bytes& out, std::uint32_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

bool Chunk::is_intact() const {
  const ByteView covered = whole.subspan(4, whole.size() - 8);
  return libdeflate_crc32(0, covered.data(), covered.size()) == read_be32(&whole[whole.size() - 4]);
}

ChunkReader::ChunkReader(ByteView file, const Limits& limits)
    : file_(file), chunk_limit_(limits.png_chunk_bytes) {}

Result<ChunkHead> ChunkReader::peek() const {
  if (file_.size() - at_ < 8) return fail(ErrorCode::truncated, "the file ends before its IEND chunk");
  const ChunkHead head{ChunkType{read_be32(&file_[at_ + 4])}, read_be32(&file_[at_])};
  for (std::size_t i = 4; i < 8; ++i)
    if (!is_letter(file_[at_ + i]))
      return fail(ErrorCode::malformed, fmt::format("no chunk at offset {}, where one must be", at_));
  if (head.length > longest_chunk)
    return fail(ErrorCode::malformed,
                fmt::format("its {} chunk has an impossible length of {}", name(head.type), head.length));
  if (!may_be_long(head.type) && head.length > chunk_limit_)
    return fail(ErrorCode::limit,
                fmt::format("its {} chunk of {} is over the limit of {} a chunk", name(head.type),
                            human_size(head.length), human_size(chunk_limit_)));
  return head;
}

Result<Chunk> ChunkReader::next() {
  const Result<ChunkHead> head = peek();
  if (!head) return tl::unexpected(head.error());
  const std::size_t size = std::size_t{head->length} + chunk_overhead;
  if (file_.size() - at_ < size)
    return fail(ErrorCode::truncated, fmt::format("the file ends inside its {} chunk", name(head->type)));
  const ByteView whole = file_.subspan(at_, size);
  at_ += size;
  return Chunk{head->type, whole.subspan(8, head->length), whole};
}

void append_chunk(Bytes& out, ChunkType type, ByteView data) {
  append_be32(out, static_cast<std::uint32_t>(data.size()));
  const std::size_t covered = out.size();
  append_be32(out, static_cast<std::uint32_t>(type));
  out.insert(out.end(), data.begin(), data.end());
  append_be32(out, libdeflate_crc32(0, &out[covered], out.size() - covered));
}

std::vector<Segment> segments(ByteView file) {
  std::vector<Segment> found;
  if (!has_signature(file)) return found;
  Limits unlimited;
  unlimited.png_chunk_bytes = std::numeric_limits<std::uint64_t>::max();
  ChunkReader reader(file, unlimited);
  std::uint64_t at = signature_bytes;
  for (bool ended = false; !ended;) {
    const Result<Chunk> chunk = reader.next();
    if (!chunk) break;
    if (chunk->type == chunks::IDAT && !found.empty() && found.back().name == "IDAT") {
      found.back().bytes += chunk->whole.size();
    } else {
      found.push_back({name(chunk->type), at, chunk->whole.size()});
    }
    at += chunk->whole.size();
    ended = chunk->type == chunks::IEND;
  }
  if (at < file.size()) found.push_back({"other data", at, file.size() - at});
  return found;
}

}  // namespace imgc::png
