#include "formats/png/encode.h"

#include <algorithm>
#include <array>
#include <memory>
#include <new>

#include <libdeflate.h>

#include "formats/png/chunks.h"

namespace imgc::png {
namespace {

struct FreeCompressor {
  void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
};
using Compressor = std::unique_ptr<libdeflate_compressor, FreeCompressor>;

Compressor make_compressor(int level) {
  Compressor compressor(libdeflate_alloc_compressor(level));
  if (compressor == nullptr) throw std::bad_alloc();  // as every other allocation fails
  return compressor;
}

// libdeflate wants a few bytes more room than it fills, and else gives up on streams that would fit.
constexpr std::size_t spare_room = 64;

Bytes ihdr_payload(const Raster& raster) {
  Bytes payload;
  append_be32(payload, raster.width);
  append_be32(payload, raster.height);
  payload.push_back(static_cast<std::uint8_t>(raster.depth));
  payload.push_back(static_cast<std::uint8_t>(raster.color));
  payload.insert(payload.end(), 3, 0);  // deflate, the five filters, not interlaced
  return payload;
}

}  // namespace

void append_head(Bytes& out, const Raster& raster, const Envelope& envelope) {
  const ByteView magic = signature();
  out.insert(out.end(), magic.begin(), magic.end());
  append_chunk(out, chunks::IHDR, ihdr_payload(raster));
  out.insert(out.end(), envelope.before_palette.begin(), envelope.before_palette.end());
  if (!raster.palette.empty()) append_chunk(out, chunks::PLTE, raster.palette);
  if (!raster.transparency.empty()) append_chunk(out, chunks::tRNS, raster.transparency);
  out.insert(out.end(), envelope.after_palette.begin(), envelope.after_palette.end());
}

namespace {

std::size_t head_bytes(const Raster& raster, const Envelope& envelope) {
  const auto chunk = [](const Bytes& payload) {
    return payload.empty() ? 0 : payload.size() + chunk_overhead;
  };
  return signature_bytes + chunk_overhead + 13 + envelope.size() + chunk(raster.palette) +
         chunk(raster.transparency);
}

// Around the pixels: the overhead of IDAT, and IEND.
constexpr std::size_t tail_bytes = 2 * chunk_overhead;

// Small images are compressed whole at the fastest level. Of larger ones a sample is compressed at a level
// that ranks filters as the final ones do: over 21 photographs and wallpapers the choices came within 0.05 %
// of the best of five, in half the time of the fastest level on everything, which was 0.7 % off. The layouts
// of one image must be treated alike, so it depends on pixels, not bytes.
constexpr std::uint64_t sampled_pixels = std::uint64_t{384} << 10U;
constexpr int whole_level = 1;
constexpr int sample_level = 7;
// Dithered indexes take such a level long: over 27 images of more pixels than that, lossy results took 18 %
// less of CPU by this one, at the same bytes; lossless ones were 0.15 % larger.
constexpr int quick_sample_level = 5;
// Bands from the whole height, each long enough to fill DEFLATE's window twice.
constexpr std::size_t sample_band_bytes = std::size_t{64} << 10U;
constexpr std::size_t least_sample = std::size_t{512} << 10U;
constexpr std::size_t sample_divisor = 16;

constexpr std::size_t filtered_at_once = std::size_t{8} << 20U;

bool is_sampled(const Raster& raster) {
  return std::uint64_t{raster.width} * raster.height > sampled_pixels;
}

// The rows that an estimate looks at, filtered.
Bytes filter_sample(const Raster& raster, Strategy strategy, const ForEach& for_each) {
  const std::size_t row = raster.row_bytes() + 1;
  const std::size_t whole = row * raster.height;
  const std::size_t wanted = std::max(least_sample, whole / sample_divisor);
  const auto band = static_cast<std::uint32_t>((sample_band_bytes + row - 1) / row);
  const auto bands = static_cast<std::uint32_t>(wanted / (band * row));
  if (!is_sampled(raster) || bands < 2 || std::uint64_t{bands} * band >= raster.height)
    return filter_rows(raster, strategy, 0, raster.height);
  Bytes sample(std::size_t{bands} * band * row);
  for_each(bands, [&](std::size_t i) {
    const auto first = static_cast<std::uint32_t>(std::uint64_t{raster.height - band} * i / (bands - 1));
    const Bytes rows = filter_rows(raster, strategy, first, first + band);
    std::ranges::copy(rows, sample.begin() + static_cast<std::ptrdiff_t>(i * band * row));
  });
  return sample;
}

// Those of a giant in bands that know nothing of each other, as its stretches for DEFLATE hardly do.
Bytes filter_all(const Raster& raster, Strategy strategy, const ForEach& for_each) {
  const std::size_t row = raster.row_bytes() + 1;
  if (!deflate::is_cut(row * raster.height)) return filter_rows(raster, strategy, 0, raster.height);
  const auto rows_a_band = static_cast<std::uint32_t>((filtered_at_once + row - 1) / row);
  Bytes all(row * raster.height);
  for_each((raster.height + rows_a_band - 1) / rows_a_band, [&](std::size_t i) {
    const auto first = static_cast<std::uint32_t>(i * rows_a_band);
    const std::uint32_t last = std::min(raster.height, first + rows_a_band);
    const Bytes band = filter_rows(raster, strategy, first, last);
    std::ranges::copy(band, all.begin() + static_cast<std::ptrdiff_t>(row * first));
  });
  return all;
}

}  // namespace

std::optional<Bytes> compress(ByteView data, const Compression& compression, std::size_t most,
                              const ForEach& for_each) {
  const auto* settings = std::get_if<deflate::Settings>(&compression);
  if (settings != nullptr && data.size() <= deflate::longest_data)
    return deflate::compress(data, *settings, most, for_each);
  constexpr int level_of_giants = 12;
  const int level = settings == nullptr ? std::get<int>(compression) : level_of_giants;
  const Compressor compressor = make_compressor(level);
  const std::size_t worst = libdeflate_zlib_compress_bound(compressor.get(), data.size());
  Bytes out(std::min(most, worst) + spare_room);
  const std::size_t size =
      libdeflate_zlib_compress(compressor.get(), data.data(), data.size(), out.data(), out.size());
  if (size == 0 || size > most) return std::nullopt;
  out.resize(size);
  return out;
}

std::uint64_t compressor_bytes(const Compression& compression, std::uint64_t size) {
  // libdeflate's tables grow with the data up to a size of their own.
  constexpr std::uint64_t most = std::uint64_t{10} << 20U;
  const std::uint64_t tables = std::min(most, (std::uint64_t{1} << 20U) + 16 * size);
  // Estimates and giants are libdeflate's whatever the compression.
  return std::holds_alternative<int>(compression) ? tables : std::max(tables, deflate::working_bytes(size));
}

std::optional<Bytes> encode(const Raster& raster, const Envelope& envelope, Coding coding, std::size_t most,
                            const ForEach& for_each) {
  const std::size_t around = head_bytes(raster, envelope) + tail_bytes;
  if (most < around) return std::nullopt;
  const std::optional<Bytes> stream =
      compress(filter_all(raster, coding.strategy, for_each), coding.compression, most - around, for_each);
  if (!stream) return std::nullopt;

  return assemble(raster, envelope, *stream, most);
}

std::optional<Bytes> assemble(const Raster& layout, const Envelope& envelope, ByteView stream,
                              std::size_t most) {
  const std::size_t size = head_bytes(layout, envelope) + stream.size() + tail_bytes;
  if (size > most) return std::nullopt;
  Bytes out;
  out.reserve(size);
  append_head(out, layout, envelope);
  for (std::size_t at = 0; at < stream.size(); at += longest_chunk)
    append_chunk(out, chunks::IDAT, stream.subspan(at, std::min(longest_chunk, stream.size() - at)));
  append_chunk(out, chunks::IEND, {});
  if (out.size() > most) return std::nullopt;
  return out;
}

std::size_t estimate(const Raster& raster, const Envelope& envelope, Strategy strategy, Sampling sampling,
                     const ForEach& for_each) {
  const Bytes filtered = filter_sample(raster, strategy, for_each);
  const int level = sampling == Sampling::quick ? quick_sample_level : sample_level;
  const Compressor compressor = make_compressor(is_sampled(raster) ? level : whole_level);
  Bytes out(libdeflate_zlib_compress_bound(compressor.get(), filtered.size()));
  const std::size_t size =
      libdeflate_zlib_compress(compressor.get(), filtered.data(), filtered.size(), out.data(), out.size());
  const double whole = static_cast<double>(raster.row_bytes() + 1) * raster.height;
  const double scale = whole / static_cast<double>(filtered.size());
  return head_bytes(raster, envelope) + tail_bytes +
         static_cast<std::size_t>(static_cast<double>(size) * scale);
}

}  // namespace imgc::png
