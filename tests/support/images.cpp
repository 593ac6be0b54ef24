#include "support/images.h"

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

namespace imgc::test {
namespace {

Image blank(std::uint32_t width, std::uint32_t height, ColorModel model, unsigned depth) {
  Image image{width, height, model, depth, {}};
  image.pixels.resize(image.row_bytes() * height);
  return image;
}

void put(Image& image, std::uint32_t x, std::uint32_t y, unsigned channel, unsigned value16) {
  std::uint8_t* pixel = image.row(y) + x * image.pixel_bytes();
  if (image.depth == 8) {
    pixel[channel] = static_cast<std::uint8_t>(value16 >> 8U);
  } else {
    const auto sample = static_cast<std::uint16_t>(value16);
    std::memcpy(pixel + 2U * channel, &sample, sizeof sample);
  }
}

std::uint32_t next(std::uint32_t& state) {  // xorshift32, Marsaglia 2003
  state ^= state << 13U;
  state ^= state >> 17U;
  state ^= state << 5U;
  return state;
}

}  // namespace

Image gradient(std::uint32_t width, std::uint32_t height, ColorModel model, unsigned depth) {
  Image image = blank(width, height, model, depth);
  const unsigned channels = channel_count(model);
  for (std::uint32_t y = 0; y < height; ++y) {
    for (std::uint32_t x = 0; x < width; ++x) {
      const std::uint32_t across = x * 65535U / (width > 1 ? width - 1 : 1);
      const std::uint32_t down = y * 65535U / (height > 1 ? height - 1 : 1);
      const std::uint32_t texture = (x * 7U + y * 13U) % 5U * 257U;
      for (unsigned c = 0; c < channels; ++c) {
        const bool alpha = has_alpha(model) && c + 1 == channels;
        const std::uint32_t value = alpha ? across : (c == 0 ? across : c == 1 ? down : (across + down) / 2);
        put(image, x, y, c, alpha ? value : value * 63U / 64U + texture % 1024U);
      }
    }
  }
  return image;
}

Image noise(std::uint32_t width, std::uint32_t height, ColorModel model, unsigned depth, std::uint32_t seed) {
  Image image = blank(width, height, model, depth);
  std::uint32_t state = seed * 2654435761U | 1U;
  for (std::uint8_t& byte : image.pixels) byte = static_cast<std::uint8_t>(next(state) >> 11U);
  return image;
}

Image slope(std::uint32_t width, std::uint32_t height) {
  Image image{width, height, ColorModel::rgba, 8, {}};
  for (std::uint32_t y = 0; y < height; ++y)
    for (std::uint32_t x = 0; x < width; ++x) {
      const auto value = static_cast<std::uint8_t>(x * 255 / (width - 1));
      image.pixels.insert(image.pixels.end(), {value, value, value, 255});
    }
  return image;
}

Image blocks(std::uint32_t width, std::uint32_t height, unsigned colors, bool alpha) {
  Image image = blank(width, height, alpha ? ColorModel::rgba : ColorModel::rgb, 8);
  for (std::uint32_t y = 0; y < height; ++y) {
    for (std::uint32_t x = 0; x < width; ++x) {
      const std::uint32_t index = (x / 8U + y / 8U * 3U) % colors;
      std::uint32_t state = index * 2654435761U + 12345U;
      for (unsigned c = 0; c < channel_count(image.model); ++c) put(image, x, y, c, next(state) & 0xFFFFU);
    }
  }
  return image;
}

Bytes read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

std::filesystem::path testdata(const std::string& name) {
  return std::filesystem::path(IMGC_SOURCE_DIR) / "testdata" / name;
}

std::optional<std::filesystem::path> shared_corpus() {
  const char* chosen = std::getenv("IMGC_CORPUS");
  std::filesystem::path corpus = chosen != nullptr
                                     ? std::filesystem::path(chosen)
                                     : std::filesystem::path(IMGC_SOURCE_DIR) / ".." / "shared" / "corpus";
  if (!std::filesystem::is_directory(corpus)) {
    MESSAGE("skipped: there is no ", corpus.string(), "; IMGC_CORPUS can name another");
    return std::nullopt;
  }
  return corpus;
}

}  // namespace imgc::test
