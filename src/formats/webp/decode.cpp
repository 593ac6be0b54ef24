#include "formats/webp/decode.h"

#include <limits>

#include <fmt/format.h>
#include <webp/decode.h>

#include "base/text.h"
#include "formats/webp/probe.h"

namespace imgc::webp {
namespace {

// What libwebp takes beside the pixels it gives out: VP8L decodes into 32-bit pixels of its own, ALPH into a
// plane (through VP8L, in rows), and VP8 needs a few rows.
std::uint64_t working_bytes(std::uint64_t pixels, bool lossless, bool alpha) {
  constexpr std::uint64_t rows = 256U << 10U;
  return rows + (lossless ? 4 * pixels : alpha ? 2 * pixels : 0);
}

Result<void> check_memory(const Bitstream& bitstream, const Image& image, const Limits& limits) {
  const std::uint64_t needed = std::uint64_t{image.row_bytes()} * image.height +
                               working_bytes(std::uint64_t{bitstream.width} * bitstream.height,
                                             bitstream.lossless(), bitstream.alpha.has_value());
  if (needed <= limits.memory) return {};
  return fail(ErrorCode::limit,
              fmt::format("decoding its {}x{} pixels takes {} of memory, and {} are allowed", image.width,
                          image.height, human_size(needed), human_size(limits.memory)));
}

Result<void> check(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_OK:
      return {};
    case VP8_STATUS_OUT_OF_MEMORY:
      return fail(ErrorCode::out_of_memory, "out of memory while decoding");
    case VP8_STATUS_SUSPENDED:
    case VP8_STATUS_NOT_ENOUGH_DATA:
      return fail(ErrorCode::truncated, "its compressed pixels end too soon");
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return fail(ErrorCode::unsupported, "it uses a feature that libwebp does not know");
    case VP8_STATUS_INVALID_PARAM:
    case VP8_STATUS_BITSTREAM_ERROR:
    case VP8_STATUS_USER_ABORT:
      break;
  }
  return fail(ErrorCode::malformed, "its compressed pixels are damaged");
}

Result<void> decode_into(Image& image, ByteView data) {
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0)
    return fail(ErrorCode::internal, "the libwebp in use is not the one imgc was built for");
  config.output.colorspace = image.model == ColorModel::rgba ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = image.pixels.data();
  config.output.u.RGBA.stride = static_cast<int>(image.row_bytes());
  config.output.u.RGBA.size = image.pixels.size();
  return check(WebPDecode(data.data(), data.size(), &config));
}

}  // namespace

Result<Image> decode(ByteView file, const Limits& limits) {
  const Result<Container> container = walk(file);
  if (!container) return tl::unexpected(container.error());
  if (auto few = check_pixels(*container, limits); !few) return tl::unexpected(std::move(few.error()));
  if (container->animated) return fail(ErrorCode::unsupported, "animations are not decoded");
  if (!container->bitstream || !container->bitstream_is_whole)
    return fail(container->whole ? ErrorCode::malformed : ErrorCode::truncated,
                "the file ends before its image does");

  const Bitstream& bitstream = *container->bitstream;
  Image image{
      bitstream.width, bitstream.height, bitstream.has_alpha ? ColorModel::rgba : ColorModel::rgb, 8, {}};
  if (auto fits = check_memory(bitstream, image, limits); !fits)
    return tl::unexpected(std::move(fits.error()));
  image.pixels.resize(image.row_bytes() * image.height);

  // libwebp gets the bitstream as the walk understood it, not the file: so both agree, and what is decoded is
  // what a new container would hold.
  std::optional<Bytes> with_alpha;
  if (bitstream.alpha) {
    with_alpha = assemble(bitstream, {}, std::numeric_limits<std::size_t>::max());
    if (!with_alpha) return fail(ErrorCode::limit, "its compressed pixels are too long");
  }
  auto decoded = decode_into(image, with_alpha ? ByteView(*with_alpha) : bitstream.image);
  if (!decoded) return tl::unexpected(std::move(decoded.error()));
  return image;
}

std::uint64_t decoding_bytes(const Probe& probe) {
  return working_bytes(probe.pixel_count(), !probe.lossy, has_alpha(probe.model));
}

}  // namespace imgc::webp
