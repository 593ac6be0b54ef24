#include "formats/png/metadata.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <libdeflate.h>
#include <zlib.h>

#include "base/text.h"
#include "formats/png/raster.h"
#include "image/exif.h"

namespace imgc::png {
namespace {

constexpr std::string_view xmp_keyword = "XML:com.adobe.xmp";

constexpr std::array color_chunks = {chunk_type("gAMA"), chunk_type("cHRM"), chunk_type("sRGB"),
                                     chunk_type("cICP"), chunk_type("mDCV"), chunk_type("cLLI")};

bool is_color(ChunkType type) {
  return std::ranges::find(color_chunks, type) != color_chunks.end();
}

bool is_text(ChunkType type) {
  return type == chunks::tEXt || type == chunks::zTXt || type == chunks::iTXt;
}

// Part of the image itself, or imgc's own.
bool is_structural(ChunkType type) {
  return !is_ancillary(type) || type == chunks::tRNS || type == chunks::acTL || type == chunks::fcTL ||
         type == chunks::fdAT || type == chunks::imGC;
}

bool may_repeat(ChunkType type) {
  constexpr std::array single = {chunks::iCCP, chunks::eXIf, chunks::pHYs, chunks::tIME,
                                 chunks::sBIT, chunks::bKGD, chunks::hIST};
  return !is_color(type) && std::ranges::find(single, type) == single.end();
}

// What follows the next zero byte; nothing when there is none.
std::optional<ByteView> after_zero(ByteView data) {
  const auto zero = std::ranges::find(data, std::uint8_t{0});
  if (zero == data.end()) return std::nullopt;
  return data.subspan(static_cast<std::size_t>(zero - data.begin()) + 1);
}

bool starts_with(ByteView data, std::string_view text) {
  return data.size() >= text.size() &&
         std::equal(text.begin(), text.end(), data.begin(),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

struct InflateEnd {
  z_stream* stream;
  ~InflateEnd() { inflateEnd(stream); }
};

// Nothing when the stream is damaged; an error when it grows beyond `limit`.
Result<std::optional<Bytes>> inflate_bounded(ByteView packed, std::uint64_t limit) {
  z_stream stream = {};
  // zlib's interface lacks const; it does not write there.
  stream.next_in = const_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  if (inflateInit(&stream) != Z_OK) return fail(ErrorCode::out_of_memory, "no memory to decompress a chunk");
  const InflateEnd end{&stream};
  Bytes out;
  std::array<std::uint8_t, 16384> buffer;
  for (int status = Z_OK; status != Z_STREAM_END;) {
    stream.next_out = buffer.data();
    stream.avail_out = buffer.size();
    status = inflate(&stream, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END) return std::nullopt;
    const std::size_t made = buffer.size() - stream.avail_out;
    if (out.size() + made > limit)
      return fail(ErrorCode::limit,
                  fmt::format("a compressed chunk grows over the limit of {} a chunk", human_size(limit)));
    out.insert(out.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(made));
  }
  return out;
}

// Section 11.3.2.3: name, zero, method 0, the compressed profile.
Result<std::optional<Bytes>> read_profile(ByteView data, std::uint64_t limit) {
  const std::optional<ByteView> rest = after_zero(data);
  if (!rest || rest->empty() || rest->front() != 0) return std::nullopt;
  return inflate_bounded(rest->subspan(1), limit);
}

// Section 11.3.3.4: keyword, zero, flag, method, language, zero, translated keyword, zero, text.
Result<std::optional<Bytes>> read_xmp(ByteView data, std::uint64_t limit) {
  const std::optional<ByteView> head = after_zero(data);
  if (!head || head->size() < 2) return std::nullopt;
  const std::optional<ByteView> language = after_zero(head->subspan(2));
  const std::optional<ByteView> text = language ? after_zero(*language) : std::nullopt;
  if (!text) return std::nullopt;
  if ((*head)[0] == 0) return Bytes(text->begin(), text->end());
  return inflate_bounded(*text, limit);
}

Bytes copy(ByteView data) {
  return {data.begin(), data.end()};
}

Result<std::optional<MetadataItem>> read_item(const Chunk& chunk, std::uint64_t limit) {
  const auto unpacked = [&](MetadataKind kind,
                            Result<std::optional<Bytes>> data) -> Result<std::optional<MetadataItem>> {
    if (!data) return tl::unexpected(std::move(data.error()));
    if (!*data) return std::nullopt;
    return MetadataItem{kind, name(chunk.type), **std::move(data)};
  };
  const auto plain = [&](MetadataKind kind) {
    return MetadataItem{kind, name(chunk.type), copy(chunk.data)};
  };
  if (chunk.type == chunks::iCCP) return unpacked(MetadataKind::icc, read_profile(chunk.data, limit));
  if (chunk.type == chunks::iTXt && starts_with(chunk.data, xmp_keyword) &&
      chunk.data.size() > xmp_keyword.size() && chunk.data[xmp_keyword.size()] == 0)
    return unpacked(MetadataKind::xmp, read_xmp(chunk.data, limit));
  if (is_color(chunk.type)) return plain(MetadataKind::color);
  if (chunk.type == chunks::eXIf) return plain(MetadataKind::exif);
  if (is_text(chunk.type)) return plain(MetadataKind::text);
  if (chunk.type == chunks::tIME) return plain(MetadataKind::time);
  if (chunk.type == chunks::pHYs) {
    if (chunk.data.size() != 9) return std::nullopt;
    return plain(MetadataKind::density);
  }
  return plain(MetadataKind::other);
}

// The colour space of an ICC profile (ICC.1:2022, table 17).
std::string_view profile_space(ByteView profile) {
  if (starts_with(profile.size() > 16 ? profile.subspan(16) : profile, "GRAY")) return "GRAY";
  if (starts_with(profile.size() > 16 ? profile.subspan(16) : profile, "RGB ")) return "RGB ";
  return "";
}

bool is_gray(ColorType color) {
  return color == ColorType::gray || color == ColorType::gray_alpha;
}

void append_profile(Bytes& out, ByteView profile) {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(9);
  if (compressor == nullptr) throw std::bad_alloc();
  Bytes data = {'i', 'c', 'c', 0, 0};
  const std::size_t head = data.size();
  data.resize(head + libdeflate_zlib_compress_bound(compressor, profile.size()));
  const std::size_t size =
      libdeflate_zlib_compress(compressor, profile.data(), profile.size(), &data[head], data.size() - head);
  libdeflate_free_compressor(compressor);
  data.resize(head + size);
  append_chunk(out, chunks::iCCP, data);
}

void append_text(Bytes& out, std::string_view keyword, ByteView utf8) {
  Bytes data(keyword.begin(), keyword.end());
  data.insert(data.end(), 5, 0);  // no compression, no language, no translated keyword
  data.insert(data.end(), utf8.begin(), utf8.end());
  append_chunk(out, chunks::iTXt, data);
}

// A comment of another format, which has no keyword.
void append_comment(Bytes& out, ByteView text) {
  constexpr std::string_view keyword = "Comment";
  const std::string utf8(text.begin(), text.end());
  if (is_utf8(utf8)) {
    append_text(out, keyword, text);
    return;
  }
  Bytes data(keyword.begin(), keyword.end());
  data.push_back(0);
  std::ranges::copy_if(text, std::back_inserter(data), [](std::uint8_t c) { return c != 0; });
  append_chunk(out, chunks::tEXt, data);
}

// Whether a chunk of PNG that imgc does not interpret still holds beside the new layout.
bool still_holds(ChunkType type, const Origin& origin, const Raster& raster) {
  const bool same_samples =
      origin.ihdr && origin.ihdr->color == raster.color && origin.ihdr->depth == raster.depth;
  const bool same_palette = same_samples && origin.palette == raster.palette;
  if (type == chunks::sBIT) return same_samples;
  if (type == chunks::bKGD || type == chunks::hIST || type == chunks::sPLT)
    return same_palette && origin.same_pixels;
  return is_safe_to_copy(type) || (same_palette && origin.same_pixels);
}

void append_foreign(Bytes& out, const MetadataItem& item) {
  // Of the other formats' private parts only comments mean something to a PNG.
  if (item.kind == MetadataKind::text) append_comment(out, item.data);
}

void append_item(Envelope& envelope, const MetadataItem& item, const Origin& origin, const Raster& raster) {
  Bytes& before = envelope.before_palette;
  Bytes& after = envelope.after_palette;
  switch (item.kind) {
    case MetadataKind::icc: {
      const std::string_view space = profile_space(item.data);
      // A decoder ignores a profile that does not fit the samples; what came so from a PNG may stay so.
      if (origin.is_png || space == (is_gray(raster.color) ? "GRAY" : "RGB "))
        append_profile(before, item.data);
      return;
    }
    case MetadataKind::exif:
      append_chunk(after, chunks::eXIf, item.data);
      return;
    case MetadataKind::xmp:
      append_text(after, xmp_keyword, item.data);
      return;
    case MetadataKind::density:
      if (item.data.size() == 9) append_chunk(after, chunks::pHYs, item.data);
      return;
    case MetadataKind::color:
    case MetadataKind::iptc:
    case MetadataKind::text:
    case MetadataKind::time:
    case MetadataKind::attached:
    case MetadataKind::other:
      break;
  }
  if (!origin.is_png) {
    append_foreign(after, item);
    return;
  }
  if (!is_chunk_name(item.name)) return;
  const ChunkType type = chunk_type(item.name);
  if (is_structural(type)) return;
  if (item.kind == MetadataKind::other && !still_holds(type, origin, raster)) return;
  append_chunk(is_color(type) || type == chunks::sBIT ? before : after, type, item.data);
}

}  // namespace

Result<Metadata> read_metadata(ByteView file, const Limits& limits) {
  if (!has_signature(file)) return fail(ErrorCode::malformed, "it has no PNG signature");
  Metadata metadata;
  std::set<ChunkType> seen;
  ChunkReader reader(file, limits);
  for (;;) {
    const Result<Chunk> chunk = reader.next();
    if (!chunk) return tl::unexpected(chunk.error());
    if (chunk->type == chunks::IEND) break;
    if (is_structural(chunk->type) || !chunk->is_intact()) continue;
    if (!may_repeat(chunk->type) && !seen.insert(chunk->type).second) continue;
    Result<std::optional<MetadataItem>> item = read_item(*chunk, limits.png_chunk_bytes);
    if (!item) return tl::unexpected(std::move(item.error()));
    if (*item) metadata.items.push_back(**std::move(item));
  }
  if (const MetadataItem* exif = metadata.find(MetadataKind::exif))
    metadata.orientation = exif_orientation(exif->data);
  return metadata;
}

Envelope write_metadata(const Metadata& metadata, const Origin& origin, const Raster& raster,
                        std::optional<int> quality) {
  Envelope envelope;
  if (quality) {
    const std::array<std::uint8_t, 1> payload = {static_cast<std::uint8_t>(std::clamp(*quality, 0, 100))};
    append_chunk(envelope.before_palette, chunks::imGC, payload);
  }
  for (const MetadataItem& item : metadata.items) append_item(envelope, item, origin, raster);
  return envelope;
}

}  // namespace imgc::png
