#include "formats/png/row_deflate.h"

#include <algorithm>
#include <array>
#include <limits>
#include <new>

#include <libdeflate.h>

#include "formats/png/rows.h"

namespace imgc::png {
namespace {

// The largest tables, 384 KB: fewer matches are forgotten.
constexpr int memory_level = 9;
constexpr int window_bits = 15;
constexpr std::size_t buffer_bytes = std::size_t{32} << 10U;
// The length of a chunk is a 31-bit number.

// Filters spoil what indexes and packed samples repeat (section 12.7). Over eight photographs and screenshots
// `matches` came 0.8 % smaller than `minsum` in a fifth more time, and level 9 0.1 % smaller than 8.
Strategy choose(const Raster& layout, Effort effort) {
  if (layout.color == ColorType::indexed || layout.depth < 8) return Strategy::none;
  return effort == Effort::fast ? Strategy::minsum : Strategy::matches;
}

}  // namespace

RowDeflater::RowDeflater(const Raster& layout, Effort effort)
    : band_{layout.width, 0, layout.color, layout.depth, {}, {}, {}}, strategy_(choose(layout, effort)) {
  const int level = effort == Effort::fast ? 6 : 9;
  const int status = deflateInit2(&stream_, level, Z_DEFLATED, window_bits, memory_level, Z_DEFAULT_STRATEGY);
  if (status != Z_OK) throw std::bad_alloc();  // as every other allocation fails
}

RowDeflater::~RowDeflater() {
  deflateEnd(&stream_);
}

void RowDeflater::add(const Bytes& rows, Bytes& out) {
  const std::size_t row = band_.row_bytes();
  const std::uint32_t above = band_.rows.empty() ? 0 : 1;
  band_.rows.insert(band_.rows.end(), rows.begin(), rows.end());
  band_.height = static_cast<std::uint32_t>(band_.rows.size() / row);
  const Bytes filtered = filter_rows(band_, strategy_, above, band_.height);
  band_.rows.erase(band_.rows.begin(), band_.rows.end() - static_cast<std::ptrdiff_t>(row));

  // zlib counts its input in 32 bits.
  constexpr std::size_t most_at_once = std::numeric_limits<uInt>::max();
  for (std::size_t at = 0; at < filtered.size(); at += most_at_once) {
    // zlib's interface lacks const; it does not write there.
    stream_.next_in = const_cast<Bytef*>(&filtered[at]);
    stream_.avail_in = static_cast<uInt>(std::min(most_at_once, filtered.size() - at));
    deflate_into(out, Z_NO_FLUSH);
  }
}

void RowDeflater::finish(Bytes& out) {
  deflate_into(out, Z_FINISH);
}

void RowDeflater::deflate_into(Bytes& out, int flush) {
  std::array<std::uint8_t, buffer_bytes> buffer;
  do {
    stream_.next_out = buffer.data();
    stream_.avail_out = buffer_bytes;
    ::deflate(&stream_, flush);
    out.insert(out.end(), buffer.begin(), buffer.end() - stream_.avail_out);
  } while (stream_.avail_out == 0);
}

std::uint64_t row_deflater_bytes(std::uint64_t row_bytes, std::uint64_t height) {
  // The band behind the row above, the band filtered, five trials and their score's undo list; zlib's state;
  // a stream as long as a band.
  constexpr std::uint64_t state = std::uint64_t{512} << 10U;
  return 3 * band_bytes(row_bytes, height) + 16 * row_bytes + state;
}

std::uint64_t longest_stream(std::uint64_t filtered) {
  return filtered + filtered / 7 + 64;  // zlib's own bound for any level and tables, rounded up
}

void ChunkStream::append(ByteView data) {
  while (!data.empty()) {
    if (!open_) {
      begin_ = out_.size();
      append_be32(out_, 0);
      append_be32(out_, static_cast<std::uint32_t>(type_));
      open_ = true;
    }
    const std::size_t length = out_.size() - begin_ - 8;
    const ByteView part = data.first(std::min(data.size(), longest_chunk - length));
    out_.insert(out_.end(), part.begin(), part.end());
    data = data.subspan(part.size());
    if (length + part.size() == longest_chunk) close();
  }
}

void ChunkStream::close() {
  if (!open_) return;
  const auto length = static_cast<std::uint32_t>(out_.size() - begin_ - 8);
  for (unsigned i = 0; i < 4; ++i) out_[begin_ + i] = static_cast<std::uint8_t>(length >> (24U - 8U * i));
  append_be32(out_, libdeflate_crc32(0, &out_[begin_ + 4], out_.size() - begin_ - 4));
  open_ = false;
}

}  // namespace imgc::png
