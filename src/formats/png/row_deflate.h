// Filtering and compressing rows as they come, for an image that is never there as a whole.
#pragma once

#include <cstddef>
#include <cstdint>

#include <zlib.h>

#include "imgc/bytes.h"
#include "imgc/options.h"

#include "formats/png/chunks.h"
#include "formats/png/filter.h"
#include "formats/png/raster.h"

namespace imgc::png {

// One zlib stream of filtered rows, by zlib itself: libdeflate wants its whole input at once.
class RowDeflater {
 public:
  // Rows of `layout`, whose own rows are ignored.
  RowDeflater(const Raster& layout, Effort effort);
  RowDeflater(const RowDeflater&) = delete;
  RowDeflater& operator=(const RowDeflater&) = delete;
  ~RowDeflater();

  // Packed rows, one or more. What zlib gives back goes behind `out`.
  void add(const Bytes& rows, Bytes& out);
  void finish(Bytes& out);

 private:
  void deflate_into(Bytes& out, int flush);

  Raster band_;  // the row above, but for the first band, then the rows of the band
  Strategy strategy_;
  z_stream stream_ = {};
};

// What RowDeflater and its rows take beside the caller's.
std::uint64_t row_deflater_bytes(std::uint64_t row_bytes, std::uint64_t height);
// No stream of `filtered` bytes is longer.
std::uint64_t longest_stream(std::uint64_t filtered);

// Chunks of one type whose data come bit by bit, as few as may be.
class ChunkStream {
 public:
  ChunkStream(Bytes& out, ChunkType type) : out_(out), type_(type) {}

  void append(ByteView data);
  void close();

 private:
  Bytes& out_;
  ChunkType type_;
  std::size_t begin_ = 0;
  bool open_ = false;
};

}  // namespace imgc::png
