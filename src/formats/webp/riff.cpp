#include "formats/webp/riff.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace imgc::webp {
namespace {

// A still image has six kinds of chunk; more than this many is an attack on memory.
constexpr std::size_t most_chunks = 1024;
constexpr std::size_t most_segments = 100'000;
constexpr std::size_t vp8_header_bytes = 10;
constexpr std::size_t vp8l_header_bytes = 5;
constexpr std::size_t vp8x_bytes = 10;

void append_le(Bytes& out, std::uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8U * i)));
}

void append_chunk(Bytes& out, FourCc id, ByteView payload) {
  append_le(out, static_cast<std::uint32_t>(id), 4);
  append_le(out, payload.size(), 4);
  out.insert(out.end(), payload.begin(), payload.end());
  if (payload.size() % 2 != 0) out.push_back(0);
}

std::uint64_t chunk_bytes(ByteView payload) {
  return chunk_header_bytes + payload.size() + payload.size() % 2;
}

bool all_zero(ByteView bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

tl::unexpected<Error> malformed(std::string message) {
  return fail(ErrorCode::malformed, std::move(message));
}

// RFC 6386, section 9.1. Nothing when the header is not in view.
Result<std::optional<Bitstream>> read_vp8(const Chunk& chunk) {
  if (chunk.size < vp8_header_bytes) return malformed("the VP8 chunk is too short");
  if (chunk.payload.size() < vp8_header_bytes) return std::nullopt;
  const std::uint8_t* at = chunk.payload.data();
  if ((at[0] & 1U) != 0) return malformed("its VP8 data do not begin with a key frame");
  if (at[3] != 0x9D || at[4] != 0x01 || at[5] != 0x2A) return malformed("its VP8 start code is wrong");
  // The two bits above each size are a hint for display that no WebP decoder follows.
  return Bitstream{
      chunk.id, chunk.payload, std::nullopt, read_le(at + 6, 2) & 0x3FFFU, read_le(at + 8, 2) & 0x3FFFU,
      false};
}

// RFC 9649, section 3.4.
Result<std::optional<Bitstream>> read_vp8l(const Chunk& chunk) {
  if (chunk.size < vp8l_header_bytes) return malformed("the VP8L chunk is too short");
  if (chunk.payload.size() < vp8l_header_bytes) return std::nullopt;
  if (chunk.payload[0] != 0x2F) return malformed("its VP8L signature is wrong");
  const std::uint32_t bits = read_le(chunk.payload.data() + 1, 4);
  if (bits >> 29U != 0) return malformed("its VP8L version is unknown");
  return Bitstream{chunk.id,
                   chunk.payload,
                   std::nullopt,
                   (bits & 0x3FFFU) + 1,
                   (bits >> 14U & 0x3FFFU) + 1,
                   (bits >> 28U & 1U) != 0};
}

class Walk {
 public:
  explicit Walk(ByteView file) : file_(file), reader_(file) {}

  Result<Container> run() {
    for (;;) {
      const Result<std::optional<Chunk>> chunk = reader_.next();
      if (!chunk) return tl::unexpected(chunk.error());
      if (!*chunk) break;
      if (auto taken = take(**chunk); !taken) return tl::unexpected(std::move(taken.error()));
      first_ = false;
      last_is_whole_ = (*chunk)->is_whole();
    }
    finish();
    return std::move(found_);
  }

 private:
  Result<void> take(const Chunk& chunk) {
    if (chunk.id == chunks::VP8X && first_) return take_vp8x(chunk);
    const bool is_image = chunk.id == chunks::VP8 || chunk.id == chunks::VP8L;
    if (first_ && !is_image) return malformed(fmt::format("it begins with the chunk {}", shown(chunk.id)));
    if (chunk.id == chunks::ANMF || chunk.id == chunks::ANIM) {
      found_.animated = true;
      if (chunk.id == chunks::ANMF) take_frame(chunk);
      return {};
    }
    if (is_image && !seen_image_) return take_image(chunk);
    if (chunk.id == chunks::ALPH && !seen_image_ && found_.extended) {
      if (!alpha_) alpha_ = chunk;
      return {};
    }
    if (found_.others.size() == most_chunks)
      return fail(ErrorCode::limit, fmt::format("more than {} chunks", most_chunks));
    found_.others.push_back(chunk);
    return {};
  }

  void take_frame(const Chunk& chunk) {
    constexpr std::size_t frame_header_bytes = 16;  // place, size, duration; then chunks as of a still image
    ++found_.frames;
    if (chunk.payload.size() < frame_header_bytes + 4) return;
    const FourCc first{read_le(chunk.payload.data() + frame_header_bytes, 4)};
    if (first == chunks::VP8 || first == chunks::ALPH) found_.lossy_frames = true;
  }

  Result<void> take_vp8x(const Chunk& chunk) {
    if (chunk.size < vp8x_bytes) return malformed("the VP8X chunk is too short");
    if (chunk.payload.size() < vp8x_bytes) return {};
    found_.extended = true;
    found_.announced = chunk.payload[0];
    found_.animated = (found_.announced & flags::animation) != 0;
    found_.width = read_le(chunk.payload.data() + 4, 3) + 1;
    found_.height = read_le(chunk.payload.data() + 7, 3) + 1;
    return {};
  }

  Result<void> take_image(const Chunk& chunk) {
    Result<std::optional<Bitstream>> read = chunk.id == chunks::VP8 ? read_vp8(chunk) : read_vp8l(chunk);
    if (!read) return tl::unexpected(std::move(read.error()));
    seen_image_ = true;
    if (!*read) return {};
    Bitstream& image = **read;
    if (image.width == 0 || image.height == 0) return malformed("it has no pixels");
    if (!found_.extended) {
      found_.width = image.width;
      found_.height = image.height;
    } else if (!found_.animated && (found_.width != image.width || found_.height != image.height)) {
      return malformed(fmt::format("its canvas is {}x{}, but its image {}x{}", found_.width, found_.height,
                                   image.width, image.height));
    }
    if (alpha_ && !image.lossless()) {
      image.alpha = alpha_->payload;
      image.has_alpha = true;
    }
    found_.bitstream_is_whole = chunk.is_whole() && (!alpha_ || alpha_->is_whole());
    found_.bitstream = image;
    return {};
  }

  void finish() {
    if (found_.animated) found_.bitstream.reset();
    const std::uint64_t chunks_end = reader_.position();
    found_.whole = last_is_whole_ && chunks_end + chunk_header_bytes > reader_.end();
    // The chunks may end behind the bytes: a last byte of padding that is missing hurts nobody.
    if (found_.whole && chunks_end < file_.size())
      found_.trailing_data = !all_zero(file_.subspan(static_cast<std::size_t>(chunks_end)));
  }

  static std::string shown(FourCc id) { return printable(name(id)); }

  ByteView file_;
  ChunkReader reader_;
  Container found_;
  std::optional<Chunk> alpha_;
  bool first_ = true;
  bool last_is_whole_ = false;
  bool seen_image_ = false;
};

}  // namespace

std::string name(FourCc id) {
  std::string letters;
  for (unsigned i = 0; i < 4; ++i)
    letters += static_cast<char>(static_cast<std::uint32_t>(id) >> (8U * i) & 0xFFU);
  while (letters.ends_with(' ')) letters.pop_back();
  return letters;
}

std::optional<FourCc> named_four_cc(std::string_view name) {
  if (name.size() > 4) return std::nullopt;
  std::string letters(name);
  letters.resize(4, ' ');
  return four_cc(letters);
}

bool has_signature(ByteView file) {
  return file.size() >= file_header_bytes &&
         read_le(file.data(), 4) == static_cast<std::uint32_t>(chunks::RIFF) &&
         read_le(file.data() + 8, 4) == static_cast<std::uint32_t>(chunks::WEBP);
}

std::uint32_t read_le(const std::uint8_t* at, unsigned bytes) {
  std::uint32_t value = 0;
  for (unsigned i = bytes; i-- > 0;) value = value << 8U | at[i];
  return value;
}

ChunkReader::ChunkReader(ByteView file)
    : file_(file), end_(chunk_header_bytes + std::uint64_t{read_le(file.data() + 4, 4)}) {}

Result<std::optional<Chunk>> ChunkReader::next() {
  const std::uint64_t end = std::min<std::uint64_t>(end_, file_.size());
  if (at_ + chunk_header_bytes > end) return std::nullopt;
  const auto at = static_cast<std::size_t>(at_);
  Chunk chunk{FourCc{read_le(file_.data() + at, 4)}, at_, read_le(file_.data() + at + 4, 4), {}};
  const std::uint64_t data = at_ + chunk_header_bytes;
  if (data + chunk.size > end_)
    return malformed(fmt::format("the chunk {} at byte {} is longer than the file says it is",
                                 printable(name(chunk.id)), at_));
  chunk.payload = file_.subspan(at + chunk_header_bytes);
  if (chunk.payload.size() > chunk.size) chunk.payload = chunk.payload.first(chunk.size);
  at_ = data + chunk.size + chunk.size % 2;
  return chunk;
}

Result<Container> walk(ByteView file) {
  if (!has_signature(file)) return malformed("it has no WebP signature");
  return Walk(file).run();
}

std::optional<Bytes> assemble(const Bitstream& bitstream, const Extras& extras, std::size_t most) {
  std::uint8_t announced = bitstream.has_alpha ? flags::alpha : std::uint8_t{0};
  bool extended = bitstream.alpha.has_value() || !extras.others.empty();
  std::uint64_t size = file_header_bytes + chunk_bytes(bitstream.image);
  if (bitstream.alpha) size += chunk_bytes(*bitstream.alpha);
  const auto plan = [&](ByteView data, std::uint8_t flag) {
    if (data.empty()) return;
    announced |= flag;
    extended = true;
    size += chunk_bytes(data);
  };
  plan(extras.icc, flags::icc);
  plan(extras.exif, flags::exif);
  plan(extras.xmp, flags::xmp);
  for (const auto& [id, data] : extras.others) size += chunk_bytes(data);
  if (extended) size += chunk_header_bytes + vp8x_bytes;
  if (size > most || size > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;

  Bytes out;
  out.reserve(static_cast<std::size_t>(size));
  append_le(out, static_cast<std::uint32_t>(chunks::RIFF), 4);
  append_le(out, size - chunk_header_bytes, 4);
  append_le(out, static_cast<std::uint32_t>(chunks::WEBP), 4);
  if (extended) {
    Bytes head;
    append_le(head, announced, 4);
    append_le(head, bitstream.width - 1, 3);
    append_le(head, bitstream.height - 1, 3);
    append_chunk(out, chunks::VP8X, head);
  }
  if (!extras.icc.empty()) append_chunk(out, chunks::ICCP, extras.icc);
  if (bitstream.alpha) append_chunk(out, chunks::ALPH, *bitstream.alpha);
  append_chunk(out, bitstream.id, bitstream.image);
  if (!extras.exif.empty()) append_chunk(out, chunks::EXIF, extras.exif);
  if (!extras.xmp.empty()) append_chunk(out, chunks::XMP, extras.xmp);
  for (const auto& [id, data] : extras.others) append_chunk(out, id, data);
  return out;
}

std::vector<Segment> segments(ByteView file) {
  std::vector<Segment> found;
  if (!has_signature(file)) return found;
  ChunkReader reader(file);
  found.push_back({"RIFF", 0, file_header_bytes});
  while (found.size() < most_segments) {
    const std::uint64_t at = reader.position();
    const Result<std::optional<Chunk>> chunk = reader.next();
    if (!chunk || !*chunk) break;
    const std::uint64_t end = std::min<std::uint64_t>(reader.position(), file.size());
    found.push_back({printable(name((*chunk)->id)), at, end - at});
  }
  if (reader.position() < file.size())
    found.push_back({"trailing data", reader.position(), file.size() - reader.position()});
  return found;
}

}  // namespace imgc::webp
