#include "formats/jpeg/encode.h"

#include "formats/jpeg/codec.h"

namespace imgc::jpeg {
namespace {

constexpr int full_chroma_from = 90;

void set_parameters(jpeg_compress_struct& info, int quality, bool gray) {
  jpeg_set_defaults(&info);
  jpeg_set_colorspace(&info, gray ? JCS_GRAYSCALE : JCS_YCbCr);
  jpeg_set_quality(&info, quality, TRUE);
  info.dct_method = JDCT_ISLOW;
  const int factor = gray || quality >= full_chroma_from ? 1 : 2;
  info.comp_info[0].h_samp_factor = factor;
  info.comp_info[0].v_samp_factor = factor;
}

}  // namespace

Result<Bytes> transform(const Image& image, int quality, const Limits& limits) {
  if (image.depth != 8 || image.model == ColorModel::cmyk || image.model == ColorModel::gray_alpha)
    return fail(ErrorCode::internal, "pixels in a layout that the JPEG encoder does not take");
  Compressor compressor(limits);
  if (const auto created = compressor.create(); !created) return tl::unexpected(created.error());
  jpeg_compress_struct& info = compressor.info();
  const bool gray = image.model == ColorModel::gray;
  const Image* const from = &image;
  const auto written = compressor.run([&info, from, gray, quality] {
    info.image_width = from->width;
    info.image_height = from->height;
    info.input_components = static_cast<int>(from->pixel_bytes());
    info.in_color_space = gray ? JCS_GRAYSCALE : from->model == ColorModel::rgba ? JCS_EXT_RGBX : JCS_RGB;
    set_parameters(info, quality, gray);
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
      // libjpeg reads the row only, though its type says otherwise.
      auto* row = const_cast<JSAMPROW>(from->row(info.next_scanline));
      jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
  });
  if (!written) return tl::unexpected(written.error());
  return compressor.take_output();
}

}  // namespace imgc::jpeg
