#include "formats/png/rewrap.h"

#include <memory>
#include <new>
#include <optional>
#include <utility>

#include <libdeflate.h>

#include "formats/png/chunks.h"
#include "formats/png/encode.h"
#include "formats/png/header.h"
#include "formats/png/metadata.h"
#include "formats/png/raster.h"
#include "formats/png/workshop.h"

namespace imgc::png {
namespace {

// Whether it inflates to just so many bytes, with the right check sum and nothing behind it.
bool is_sound(ByteView stream, std::uint64_t size) {
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> decompressor(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (decompressor == nullptr) throw std::bad_alloc();
  Bytes rows(size);
  std::size_t read = 0;
  std::size_t written = 0;
  const libdeflate_result result = libdeflate_zlib_decompress_ex(
      decompressor.get(), stream.data(), stream.size(), rows.data(), rows.size(), &read, &written);
  return result == LIBDEFLATE_SUCCESS && read == stream.size() && written == size;
}

}  // namespace

Attempt rewrap(const Subject& subject, std::size_t bound) {
  ChunkReader reader(subject.bytes(), subject.limits());
  const Result<Header> header = read_header(reader, subject.limits());
  if (!header) return tl::unexpected(header.error());
  if (header->ihdr.interlaced) return Declined{};
  Bytes stream;
  while (true) {
    const Result<Chunk> chunk = reader.next();
    if (!chunk) return tl::unexpected(chunk.error());
    if (chunk->type == chunks::IEND) break;
    if (chunk->type != chunks::IDAT) continue;
    if (!chunk->is_intact()) return Declined{};
    stream.insert(stream.end(), chunk->data.begin(), chunk->data.end());
  }
  const Raster layout = layout_of(*header, header->ihdr);
  const Envelope envelope =
      write_metadata(subject.metadata(), find_origin(subject), layout, source_quality(subject));
  std::optional<Bytes> file = assemble(layout, envelope, stream, bound);
  if (!file || !is_sound(stream, filtered_bytes(header->ihdr))) return Declined{};
  return Candidate{*std::move(file), source_quality(subject)};
}

std::uint64_t rewrapping_bytes(const Probe& probe) {
  // The stream, the file around it, and the rows; a stream that is much longer than its rows is not worth it.
  return 3 * (probe.decoded_bytes() + probe.height);
}

}  // namespace imgc::png
