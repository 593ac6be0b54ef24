#include "formats/png/rows.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/text.h"

namespace imgc::png {
namespace {

// DEFLATE's longest match of 258 bytes in its shortest code of two bits: no stream expands further.
constexpr std::uint64_t most_expansion = 1032;
// Large enough that work a band costs nothing, and small enough for the caches.
constexpr std::size_t usual_band_bytes = std::size_t{256} << 10U;

// The file's IDAT chunks, which stand side by side, and the check that IEND follows.
Result<ByteView> find_pixels(ChunkReader& reader) {
  ByteView pixels;
  bool inside = true;
  for (;;) {
    const Result<Chunk> chunk = reader.next();
    if (!chunk) return tl::unexpected(chunk.error());
    if (chunk->type == chunks::IEND) return pixels;
    inside = inside && chunk->type == chunks::IDAT;
    if (!inside && chunk->type == chunks::IDAT)
      return fail(ErrorCode::malformed, "its IDAT chunks do not stand together");
    if (!inside) continue;
    if (!chunk->is_intact())
      return fail(ErrorCode::malformed, "the check sum of an IDAT chunk is wrong: its pixels are damaged");
    pixels = pixels.empty() ? chunk->whole : ByteView(pixels.data(), pixels.size() + chunk->whole.size());
  }
}

}  // namespace

Result<Still> find_still(ByteView file, const Limits& limits) {
  if (!has_signature(file)) return fail(ErrorCode::malformed, "it has no PNG signature");
  ChunkReader walk(file, limits);
  Result<Header> header = read_header(walk, limits);
  if (!header) return tl::unexpected(std::move(header.error()));
  const Result<ByteView> pixels = find_pixels(walk);
  if (!pixels) return tl::unexpected(pixels.error());
  if (auto fits = check_expansion(header->ihdr, *pixels); !fits)
    return tl::unexpected(std::move(fits.error()));
  return Still{*std::move(header), *pixels};
}

Result<void> check_expansion(const Ihdr& ihdr, ByteView pixels) {
  if (filtered_bytes(ihdr) / most_expansion <= pixels.size()) return {};
  return fail(ErrorCode::malformed, fmt::format("{} of pixel data can't hold {}x{} pixels",
                                                human_size(pixels.size()), ihdr.width, ihdr.height));
}

PaletteExpander::PaletteExpander(const Header& header)
    : channels_(header.transparency ? 4 : 3), entries_(header.palette->data.size() / 3) {
  for (std::size_t i = 0; i < entries_; ++i) {
    std::memcpy(colors_[i].data(), &header.palette->data[3 * i], 3);
    const bool listed = header.transparency && i < header.transparency->data.size();
    colors_[i][3] = listed ? header.transparency->data[i] : 0xFF;
  }
}

bool PaletteExpander::expand(std::uint8_t* row, std::uint32_t width) const {
  const std::uint8_t* index = row + std::size_t{channels_ - 1} * width;
  unsigned highest = 0;
  for (std::uint32_t x = 0; x < width; ++x, row += channels_) {
    const unsigned i = index[x];
    highest = std::max(highest, i);
    if (channels_ == 4) {
      std::memcpy(row, colors_[i].data(), 4);
    } else {
      std::memcpy(row, colors_[i].data(), 3);
    }
  }
  return highest < entries_;
}

Result<std::unique_ptr<RowReader>> RowReader::open(const Still& still, Form form, std::uint64_t memory) {
  std::unique_ptr<RowReader> reader(new RowReader(still, form, memory));
  if (auto started = reader->start(still, form); !started) return tl::unexpected(std::move(started.error()));
  return reader;
}

RowReader::RowReader(const Still& still, Form form, std::uint64_t memory)
    : ihdr_(still.header.ihdr), memory_(memory), session_(memory) {
  if (form == Form::samples && ihdr_.color == ColorType::indexed) palette_.emplace(still.header);
}

Result<void> RowReader::start(const Still& still, Form form) {
  if (auto opened = session_.open(still.header, still.pixels, form); !opened) return opened;
  row_bytes_ = session_.row_bytes();
  if (palette_) {
    const std::size_t indexes = row_bytes_;
    row_bytes_ *= still.header.transparency ? 4 : 3;
    read_at_ = row_bytes_ - indexes;
  }
  if (!ihdr_.interlaced) return {};
  const std::uint64_t size = std::uint64_t{row_bytes_} * ihdr_.height;
  if (size > memory_)
    return fail(ErrorCode::out_of_memory,
                fmt::format("its {}x{} pixels are interlaced and take {} at once, but an image may take {}; "
                            "raise --memory-limit",
                            ihdr_.width, ihdr_.height, human_size(size), human_size(memory_)));
  whole_.resize(size);
  return session_.read_rows(whole_.data() + read_at_, row_bytes_);
}

Result<void> RowReader::read(std::uint8_t* out) {
  if (!ihdr_.interlaced) return session_.read_row(out + read_at_);
  std::memcpy(out, whole_.data() + y_ * row_bytes_, row_bytes_);
  return {};
}

Result<void> RowReader::next(std::uint8_t* out) {
  if (auto got = read(out); !got) return got;
  ++y_;
  if (palette_ && !palette_->expand(out, ihdr_.width))
    return fail(ErrorCode::malformed,
                fmt::format("a pixel in row {} has a colour that its palette lacks", y_ - 1));
  return y_ == ihdr_.height ? session_.finish() : Result<void>{};
}

Image shape_of(const Header& header) {
  return {header.ihdr.width, 0, header.model(), header.ihdr.depth == 16 ? 16U : 8U, {}};
}

std::uint32_t band_height(const Image& shape) {
  return static_cast<std::uint32_t>(std::max<std::size_t>(1, usual_band_bytes / shape.row_bytes()));
}

std::uint64_t band_bytes(std::uint64_t row_bytes, std::uint64_t height) {
  return std::clamp<std::uint64_t>(usual_band_bytes, row_bytes, row_bytes * height);
}

Result<void> read_band(RowReader& reader, std::uint32_t rows, Image& band) {
  if (reader.row_bytes() != band.row_bytes())
    return fail(ErrorCode::internal, "libpng lays its pixels out in another way");
  band.height = rows;
  band.pixels.resize(band.row_bytes() * rows);
  for (std::uint32_t y = 0; y < rows; ++y)
    if (auto got = reader.next(band.row(y)); !got) return got;
  return {};
}

}  // namespace imgc::png
