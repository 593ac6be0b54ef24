#include "formats/webp/encode.h"

#include <cassert>
#include <new>
#include <vector>

#include <fmt/format.h>
#include <webp/encode.h>

#include "image/convert.h"

namespace imgc::webp {
namespace {

tl::unexpected<Error> wrong_library() {
  return fail(ErrorCode::internal, "the libwebp in use is not the one imgc was built for");
}

// libwebp's picture, with its pixels.
class Picture {
 public:
  Picture() : good_(WebPPictureInit(&picture_) != 0) {}
  ~Picture() {
    if (good_) WebPPictureFree(&picture_);
  }
  Picture(const Picture&) = delete;
  Picture& operator=(const Picture&) = delete;

  Result<void> fill(const Image& image) {
    if (!good_) return wrong_library();
    picture_.use_argb = 1;
    picture_.width = static_cast<int>(image.width);
    picture_.height = static_cast<int>(image.height);
    if (WebPPictureAlloc(&picture_) == 0)
      return fail(ErrorCode::out_of_memory, "out of memory while encoding");
    std::vector<std::uint8_t> rgba(std::size_t{4} * image.width);
    for (std::uint32_t y = 0; y < image.height; ++y) {
      rgba_row(image, y, rgba.data());
      std::uint32_t* to = picture_.argb + std::size_t{y} * static_cast<std::size_t>(picture_.argb_stride);
      for (std::uint32_t x = 0; x < image.width; ++x) {
        const std::uint8_t* from = &rgba[std::size_t{4} * x];
        to[x] = std::uint32_t{from[3]} << 24U | std::uint32_t{from[0]} << 16U | std::uint32_t{from[1]} << 8U |
                from[2];
      }
    }
    return {};
  }

  WebPPicture* get() { return &picture_; }

 private:
  WebPPicture picture_;
  bool good_;
};

// Takes what libwebp writes, up to a bound.
struct Sink {
  Bytes bytes;
  std::size_t most = 0;
  bool is_over = false;
  bool no_memory = false;

  // Called from C, so nothing may be thrown through.
  static int write(const std::uint8_t* data, std::size_t size, const WebPPicture* picture) noexcept {
    Sink& sink = *static_cast<Sink*>(picture->custom_ptr);
    if (size > sink.most - sink.bytes.size()) {
      sink.is_over = true;
      return 0;
    }
    try {
      sink.bytes.insert(sink.bytes.end(), data, data + size);
    } catch (const std::bad_alloc&) {
      sink.no_memory = true;
      return 0;
    }
    return 1;
  }
};

// VP8 has room for 512 KiB of prediction modes and 16 MiB of coefficients a partition, which very large
// images exceed. Then: cheaper modes, more partitions.
bool ease(WebPConfig& config, WebPEncodingError error) {
  if (error == VP8_ENC_ERROR_PARTITION0_OVERFLOW && config.partition_limit < 100) {
    config.partition_limit += 50;
    return true;
  }
  if (error == VP8_ENC_ERROR_PARTITION_OVERFLOW && config.partitions < 3) {
    config.partitions = 3;
    return true;
  }
  return false;
}

Result<std::optional<Bytes>> encode(const Image& image, WebPConfig config, std::size_t most) {
  assert(image.depth == 8 && image.model != ColorModel::cmyk);
  if (WebPValidateConfig(&config) == 0)
    return fail(ErrorCode::internal, "libwebp does not accept imgc's settings");
  Picture picture;
  if (auto filled = picture.fill(image); !filled) return tl::unexpected(std::move(filled.error()));
  for (;;) {
    Sink sink;
    sink.most = most;
    picture.get()->writer = Sink::write;
    picture.get()->custom_ptr = &sink;
    if (WebPEncode(&config, picture.get()) != 0) return std::move(sink.bytes);
    const WebPEncodingError error = picture.get()->error_code;
    if (sink.is_over) return std::nullopt;
    if (sink.no_memory || error == VP8_ENC_ERROR_OUT_OF_MEMORY ||
        error == VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY)
      return fail(ErrorCode::out_of_memory, "out of memory while encoding");
    if (error == VP8_ENC_ERROR_FILE_TOO_BIG) return std::nullopt;
    if (!ease(config, error))
      return fail(ErrorCode::unsupported,
                  fmt::format("libwebp can't encode it (its error {})", static_cast<int>(error)));
  }
}

int lossless_level(Effort effort) {
  switch (effort) {
    case Effort::fast:
      return 2;
    case Effort::normal:
      return 6;
    case Effort::high:
      return 8;
    case Effort::max:
      return 9;
  }
  return 6;
}

int lossy_method(Effort effort, bool alpha) {
  switch (effort) {
    case Effort::fast:
      return 2;
    case Effort::normal:
      return 4;
    case Effort::high:
      // At 6 the alpha plane gets libwebp's exhaustive search: ten times the time of the colours.
      return alpha ? 5 : 6;
    case Effort::max:
      return 6;
  }
  return 4;
}

}  // namespace

double working_bytes_a_pixel(Lossless coding) {
  switch (coding.effort) {
    case Effort::fast:
      return 30;
    case Effort::normal:
      return 35;
    case Effort::high:
      return 39;
    case Effort::max:
      return 47;
  }
  return 47;
}

double working_bytes_a_pixel(Lossy coding, bool alpha) {
  // libwebp's picture takes 7.7 bytes a pixel, and its tokens of pure noise at method 2 up to 2 more, above
  // that up to 23, the more the higher the quality.
  const double colors = coding.effort == Effort::fast ? 8 + 0.02 * coding.quality : 8 + 0.18 * coding.quality;
  return colors + (alpha ? working_bytes_a_pixel(Lossless{coding.effort}) - 4 : 0);
}

Result<std::optional<Bytes>> encode(const Image& image, Lossless coding, std::size_t most) {
  WebPConfig config;
  if (WebPConfigInit(&config) == 0 || WebPConfigLosslessPreset(&config, lossless_level(coding.effort)) == 0)
    return wrong_library();
  config.exact = 1;
  return encode(image, config, most);
}

Result<std::optional<Bytes>> encode(const Image& image, Lossy coding, std::size_t most) {
  WebPConfig config;
  if (WebPConfigInit(&config) == 0) return wrong_library();
  config.quality = static_cast<float>(coding.quality);
  config.method = lossy_method(coding.effort, has_alpha(image.model));
  config.alpha_quality = 100;
  // Sharp YUV stays off: at equal quality it made files 4 to 8 % larger, which more effort must not.
  return encode(image, config, most);
}

}  // namespace imgc::webp
