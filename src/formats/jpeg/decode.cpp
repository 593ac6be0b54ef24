#include "formats/jpeg/decode.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>

#include "formats/jpeg/codec.h"
#include "formats/jpeg/coefficients.h"
#include "formats/jpeg/header.h"

namespace imgc::jpeg {
namespace {

void choose_output(jpeg_decompress_struct& info) {
  switch (info.num_components) {
    case 1:
      info.out_color_space = JCS_GRAYSCALE;
      break;
    case 3:
      info.out_color_space = JCS_RGB;
      break;
    default:
      info.out_color_space = JCS_CMYK;
      break;
  }
  info.dct_method = JDCT_ISLOW;
  info.do_fancy_upsampling = TRUE;
}

// Where libjpeg writes the next rows; it takes at most `rows.size()` at a time.
struct RowPointers {
  std::array<JSAMPROW, 16> rows{};

  JDIMENSION aim(JSAMPLE* first, std::size_t stride, JDIMENSION left) {
    JDIMENSION count = 0;
    for (; count < left && count < rows.size(); ++count) rows[count] = first + count * stride;
    return count;
  }
};

class Strips final : public StripReader {
 public:
  Strips(ByteView bytes, const Limits& limits) : decompressor_(bytes, limits), most_bytes_(limits.memory) {}

  Result<void> begin() {
    if (auto read = decompressor_.read_header(); !read) return read;
    jpeg_decompress_struct& info = decompressor_.info();
    return decompressor_.run([&info] {
      choose_output(info);
      jpeg_start_decompress(&info);
    });
  }

  Result<Image> next(std::uint32_t rows) override {
    jpeg_decompress_struct& info = decompressor_.info();
    Image image;
    image.width = info.output_width;
    image.height = std::min<std::uint32_t>(rows, info.output_height - info.output_scanline);
    image.model = info.output_components == 1   ? ColorModel::gray
                  : info.output_components == 3 ? ColorModel::rgb
                                                : ColorModel::cmyk;
    const std::uint64_t size = std::uint64_t{image.height} * image.row_bytes();
    if (size > most_bytes_)
      return fail(ErrorCode::out_of_memory,
                  "the image needs more memory than the limit; raise it with --memory-limit");
    image.pixels.resize(size);

    JSAMPLE* const pixels = image.pixels.data();
    const std::size_t stride = image.row_bytes();
    const JDIMENSION first = info.output_scanline;
    const JDIMENSION end = first + image.height;
    const auto decoded = decompressor_.run([&info, pixels, stride, first, end] {
      RowPointers pointers;
      while (info.output_scanline < end) {
        const JDIMENSION count = pointers.aim(pixels + (info.output_scanline - first) * stride, stride,
                                              end - info.output_scanline);
        jpeg_read_scanlines(&info, pointers.rows.data(), count);
      }
      // What is behind the last row is looked at too.
      if (end == info.output_height) jpeg_finish_decompress(&info);
    });
    if (!decoded) return tl::unexpected(decoded.error());
    return image;
  }

 private:
  Decompressor decompressor_;
  std::uint64_t most_bytes_;
};

Result<std::unique_ptr<Strips>> open(ByteView bytes, const Limits& limits) {
  if (const auto header = read_decodable_header(bytes, limits); !header)
    return tl::unexpected(header.error());
  auto strips = std::make_unique<Strips>(bytes, limits);
  if (auto begun = strips->begin(); !begun) return tl::unexpected(std::move(begun.error()));
  return strips;
}

}  // namespace

Result<Image> decode(ByteView bytes, const Limits& limits) {
  const auto strips = open(bytes, limits);
  if (!strips) return tl::unexpected(strips.error());
  return (*strips)->next(std::numeric_limits<std::uint32_t>::max());
}

Result<std::unique_ptr<StripReader>> read_strips(ByteView bytes, const Limits& limits) {
  auto strips = open(bytes, limits);
  if (!strips) return tl::unexpected(std::move(strips.error()));
  return *std::move(strips);
}

std::uint64_t decoding_bytes(const Probe& probe) {
  return coefficient_bytes(probe.coefficients > 0 ? probe.coefficients
                                                  : probe.pixel_count() * channel_count(probe.model));
}

}  // namespace imgc::jpeg
