#include "image/convert.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace imgc {
namespace {

template <class Sample>
void expand_row(const Sample* in, ColorModel model, std::uint32_t width, Sample* out) {
  constexpr auto opaque = static_cast<Sample>(-1);
  for (std::uint32_t x = 0; x < width; ++x, out += 4) {
    switch (model) {
      case ColorModel::gray:
        out[0] = out[1] = out[2] = in[x];
        out[3] = opaque;
        break;
      case ColorModel::gray_alpha:
        out[0] = out[1] = out[2] = in[std::size_t{2} * x];
        out[3] = in[std::size_t{2} * x + 1];
        break;
      case ColorModel::rgb:
        std::memcpy(out, in + std::size_t{3} * x, 3 * sizeof(Sample));
        out[3] = opaque;
        break;
      case ColorModel::rgba:
      case ColorModel::cmyk:
        std::memcpy(out, in + std::size_t{4} * x, 4 * sizeof(Sample));
        break;
    }
  }
}

std::uint8_t narrow(std::uint16_t sample) {
  // Nearest of 255 steps: exact for samples whose two bytes are equal.
  return static_cast<std::uint8_t>((sample * 255U + 32895U) >> 16U);
}

std::uint16_t sample16(const std::uint8_t* at) {
  std::uint16_t sample = 0;
  std::memcpy(&sample, at, sizeof sample);
  return sample;
}

// As rgba_row, but always 16 bits a sample.
void rgba16_row(const Image& image, std::uint32_t y, std::vector<std::uint8_t>& scratch, std::uint16_t* out) {
  const std::size_t samples = std::size_t{4} * image.width;
  scratch.resize(samples * (image.depth / 8));
  rgba_row(image, y, scratch.data());
  for (std::size_t i = 0; i < samples; ++i)
    out[i] =
        image.depth == 16 ? sample16(scratch.data() + 2 * i) : static_cast<std::uint16_t>(scratch[i] * 257U);
}

Image blank(const Image& like, ColorModel model) {
  Image out{like.width, like.height, model, 8, {}};
  out.pixels.resize(out.row_bytes() * out.height);
  return out;
}

}  // namespace

void rgba_row(const Image& image, std::uint32_t y, std::uint8_t* out) {
  if (image.depth == 8) {
    expand_row(image.row(y), image.model, image.width, out);
    return;
  }
  // Bytes in vectors are aligned for any sample, and 16-bit rows have an even length.
  expand_row(reinterpret_cast<const std::uint16_t*>(image.row(y)), image.model, image.width,
             reinterpret_cast<std::uint16_t*>(out));
}

Image to_8bit(const Image& image) {
  if (image.depth == 8) return image;
  Image out = blank(image, image.model);
  for (std::size_t i = 0; i < out.pixels.size(); ++i)
    out.pixels[i] = narrow(sample16(image.pixels.data() + 2 * i));
  return out;
}

Image to_rgba8(const Image& image) {
  Image out = blank(image, ColorModel::rgba);
  std::vector<std::uint8_t> wide(image.depth == 16 ? std::size_t{8} * image.width : 0);
  for (std::uint32_t y = 0; y < image.height; ++y) {
    if (image.depth == 8) {
      rgba_row(image, y, out.row(y));
      continue;
    }
    rgba_row(image, y, wide.data());
    for (std::size_t i = 0; i < std::size_t{4} * image.width; ++i)
      out.row(y)[i] = narrow(sample16(&wide[2 * i]));
  }
  return out;
}

Image flatten(const Image& image, Rgb background) {
  const bool gray =
      is_gray(image.model) && background.red == background.green && background.green == background.blue;
  const Image rgba = to_rgba8(image);
  Image out = blank(image, gray ? ColorModel::gray : ColorModel::rgb);
  const unsigned channels = gray ? 1 : 3;
  const unsigned under[3] = {background.red, background.green, background.blue};
  std::uint8_t* to = out.pixels.data();
  for (std::size_t i = 0; i < rgba.pixels.size(); i += 4) {
    const unsigned alpha = rgba.pixels[i + 3];
    for (unsigned c = 0; c < channels; ++c)
      *to++ =
          static_cast<std::uint8_t>((rgba.pixels[i + c] * alpha + under[c] * (255U - alpha) + 127U) / 255U);
  }
  return out;
}

bool has_transparency(const Image& image) {
  if (!has_alpha(image.model)) return false;
  const std::size_t pixel = image.pixel_bytes();
  const std::size_t alpha = image.depth / 8;
  for (std::size_t end = pixel; end <= image.pixels.size(); end += pixel)
    for (std::size_t i = end - alpha; i < end; ++i)
      if (image.pixels[i] != 0xFF) return true;
  return false;
}

unsigned lowest_alpha(const Image& image) {
  unsigned lowest = 255;
  if (!has_alpha(image.model)) return lowest;
  const std::size_t pixel = image.pixel_bytes();
  const std::size_t alpha = image.depth / 8;
  for (std::size_t at = pixel - alpha; at < image.pixels.size(); at += pixel) {
    const std::uint8_t* sample = image.pixels.data() + at;
    lowest = std::min<unsigned>(lowest, alpha == 1 ? *sample : narrow(sample16(sample)));
  }
  return lowest;
}

bool same_pixels(const Image& a, const Image& b) {
  if (a.width != b.width || a.height != b.height) return false;
  if (a.model == b.model && a.depth == b.depth) return a.pixels == b.pixels;
  if (a.model == ColorModel::cmyk || b.model == ColorModel::cmyk) return false;
  const std::size_t samples = std::size_t{4} * a.width;
  std::vector<std::uint8_t> scratch;
  std::vector<std::uint16_t> row_a(samples);
  std::vector<std::uint16_t> row_b(samples);
  for (std::uint32_t y = 0; y < a.height; ++y) {
    rgba16_row(a, y, scratch, row_a.data());
    rgba16_row(b, y, scratch, row_b.data());
    if (row_a != row_b) return false;
  }
  return true;
}

}  // namespace imgc
