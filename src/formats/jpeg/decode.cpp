#include "formats/jpeg/decode.h"

#include <array>
#include <cstdint>

#include "formats/jpeg/codec.h"
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

}  // namespace

Result<Image> decode(ByteView bytes, const Limits& limits) {
  if (const auto header = read_decodable_header(bytes, limits); !header)
    return tl::unexpected(header.error());
  Decompressor decompressor(bytes, limits);
  if (const auto read = decompressor.read_header(); !read) return tl::unexpected(read.error());
  jpeg_decompress_struct& info = decompressor.info();
  const auto started = decompressor.run([&info] {
    choose_output(info);
    jpeg_start_decompress(&info);
  });
  if (!started) return tl::unexpected(started.error());

  Image image;
  image.width = info.output_width;
  image.height = info.output_height;
  image.model = info.output_components == 1   ? ColorModel::gray
                : info.output_components == 3 ? ColorModel::rgb
                                              : ColorModel::cmyk;
  const std::uint64_t size = std::uint64_t{image.height} * image.row_bytes();
  if (size > limits.memory)
    return fail(ErrorCode::out_of_memory,
                "the image needs more memory than the limit; raise it with --memory-limit");
  image.pixels.resize(size);

  JSAMPLE* const pixels = image.pixels.data();
  const std::size_t stride = image.row_bytes();
  const auto decoded = decompressor.run([&info, pixels, stride] {
    RowPointers pointers;
    while (info.output_scanline < info.output_height) {
      const JDIMENSION count = pointers.aim(pixels + info.output_scanline * stride, stride,
                                            info.output_height - info.output_scanline);
      jpeg_read_scanlines(&info, pointers.rows.data(), count);
    }
    jpeg_finish_decompress(&info);
  });
  if (!decoded) return tl::unexpected(decoded.error());
  return image;
}

}  // namespace imgc::jpeg
