#include "image/score_images.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "support/images.h"

namespace imgc::test {
namespace {

std::uint32_t hash(std::uint32_t x, std::uint32_t y, std::uint32_t seed) {
  std::uint32_t h = x * 0x9E3779B1U ^ y * 0x85EBCA77U ^ seed * 0xC2B2AE3DU;
  h = (h ^ h >> 15U) * 0x2C1B3C6DU;
  h = (h ^ h >> 12U) * 0x297A2D39U;
  return h ^ h >> 15U;
}

// 0 to 65535, bilinear between the corners of a lattice.
std::uint32_t value_noise(std::uint32_t x, std::uint32_t y, std::uint32_t cell, std::uint32_t seed) {
  const std::uint32_t cx = x / cell;
  const std::uint32_t cy = y / cell;
  const std::uint64_t fx = x % cell;
  const std::uint64_t fy = y % cell;
  const auto corner = [&](std::uint32_t i, std::uint32_t j) { return hash(cx + i, cy + j, seed) & 0xFFFFU; };
  const std::uint64_t top = corner(0, 0) * (cell - fx) + corner(1, 0) * fx;
  const std::uint64_t bottom = corner(0, 1) * (cell - fx) + corner(1, 1) * fx;
  return static_cast<std::uint32_t>((top * (cell - fy) + bottom * fy) / (std::uint64_t{cell} * cell));
}

int sample(const Image& image, std::uint32_t x, std::uint32_t y, unsigned channel) {
  const std::uint8_t* pixel = image.row(y) + x * image.pixel_bytes();
  if (image.depth == 8) return pixel[channel];
  std::uint16_t value = 0;
  std::memcpy(&value, pixel + std::size_t{2} * channel, sizeof value);
  return value;
}

void put(Image& image, std::uint32_t x, std::uint32_t y, unsigned channel, int wanted) {
  std::uint8_t* pixel = image.row(y) + x * image.pixel_bytes();
  const int value = std::clamp(wanted, 0, image.depth == 8 ? 255 : 65535);
  if (image.depth == 8) {
    pixel[channel] = static_cast<std::uint8_t>(value);
  } else {
    const auto wide = static_cast<std::uint16_t>(value);
    std::memcpy(pixel + std::size_t{2} * channel, &wide, sizeof wide);
  }
}

Image blank(std::uint32_t width, std::uint32_t height, ColorModel model, unsigned depth = 8) {
  Image image{width, height, model, depth, {}};
  image.pixels.resize(image.row_bytes() * height);
  return image;
}

unsigned colors(const Image& image) {
  return channel_count(image.model) - (has_alpha(image.model) ? 1 : 0);
}

// Every colour sample becomes what `change` makes of it.
template <class Change>
void change_colors(Image& image, const Change& change) {
  for (std::uint32_t y = 0; y < image.height; ++y)
    for (std::uint32_t x = 0; x < image.width; ++x)
      for (unsigned c = 0; c < colors(image); ++c)
        put(image, x, y, c, change(x, y, c, sample(image, x, y, c)));
}

}  // namespace

Image fractal(std::uint32_t width, std::uint32_t height, ColorModel model, unsigned depth) {
  Image image = blank(width, height, model, depth);
  for (unsigned c = 0; c < channel_count(model); ++c) {
    for (std::uint32_t y = 0; y < height; ++y) {
      for (std::uint32_t x = 0; x < width; ++x) {
        std::uint32_t sum = 0;
        std::uint32_t weight = 32768;
        for (std::uint32_t cell = 64; cell > 1; cell /= 2, weight /= 2)
          // Channels share their coarse structure, as those of photographs do.
          sum += static_cast<std::uint32_t>(
              std::uint64_t{value_noise(x, y, cell, cell > 16 ? 1 : c + 2)} * weight >> 16U);
        put(image, x, y, c, static_cast<int>(depth == 8 ? sum >> 8U : sum));
      }
    }
  }
  return image;
}

Image strokes(std::uint32_t width, std::uint32_t height) {
  Image image = blank(width, height, ColorModel::rgb);
  std::fill(image.pixels.begin(), image.pixels.end(), std::uint8_t{244});
  for (std::uint32_t y = 0; y < height; ++y) {
    for (std::uint32_t x = 0; x < width; ++x) {
      const bool line = y % 14 < 9 && x % 8 < 6;
      const std::uint32_t glyph = hash(x / 8, y / 14, 7);
      const bool ink = line && ((glyph >> (x % 8 / 2 + y % 14 / 3 * 3) & 1U) != 0);
      for (unsigned c = 0; ink && c < 3; ++c) put(image, x, y, c, y / 14 % 3 == c ? 90 : 20);
    }
  }
  return image;
}

Image ring(std::uint32_t width, std::uint32_t height) {
  Image image = blank(width, height, ColorModel::rgba);
  for (std::uint32_t y = 0; y < height; ++y) {
    for (std::uint32_t x = 0; x < width; ++x) {
      const int dx = static_cast<int>(2 * x) - static_cast<int>(width);
      const int dy = static_cast<int>(2 * y) - static_cast<int>(height);
      const int distance = 255 * (dx * dx + dy * dy) / static_cast<int>(width * height);
      put(image, x, y, 0, static_cast<int>(255 * x / width));
      put(image, x, y, 1, static_cast<int>(255 * y / height));
      put(image, x, y, 2, 255 - distance);
      put(image, x, y, 3, distance < 40 ? 0 : distance < 200 ? 128 + distance / 2 : 300 - distance);
    }
  }
  return image;
}

Image posterised(Image image, unsigned levels) {
  const int most = image.depth == 8 ? 255 : 65535;
  const int steps = static_cast<int>(levels) - 1;
  change_colors(image, [&](auto, auto, auto, int v) { return (v * steps + most / 2) / most * most / steps; });
  return image;
}

Image blurred(const Image& image) {
  Image out = image;
  change_colors(out, [&](std::uint32_t x, std::uint32_t y, unsigned c, int) {
    int sum = 0;
    for (int j = -1; j <= 1; ++j)
      for (int i = -1; i <= 1; ++i)
        sum += sample(image,
                      static_cast<std::uint32_t>(
                          std::clamp(static_cast<int>(x) + i, 0, static_cast<int>(image.width) - 1)),
                      static_cast<std::uint32_t>(
                          std::clamp(static_cast<int>(y) + j, 0, static_cast<int>(image.height) - 1)),
                      c);
    return sum / 9;
  });
  return out;
}

Image noisy(Image image, unsigned amplitude) {
  const int unit = image.depth == 8 ? 1 : 257;
  change_colors(image, [&](std::uint32_t x, std::uint32_t y, unsigned c, int v) {
    return v +
           unit * (static_cast<int>(hash(x, y, 100 + c) % (2 * amplitude + 1)) - static_cast<int>(amplitude));
  });
  return image;
}

Image in_blocks(Image image) {
  const Image whole = image;
  change_colors(image, [&](std::uint32_t x, std::uint32_t y, unsigned c, int v) {
    int sum = 0;
    int count = 0;
    for (std::uint32_t j = y / 8 * 8; j < std::min(y / 8 * 8 + 8, whole.height); ++j)
      for (std::uint32_t i = x / 8 * 8; i < std::min(x / 8 * 8 + 8, whole.width); ++i, ++count)
        sum += sample(whole, i, j, c);
    // Half of the way to the block's mean.
    return (v + sum / count) / 2;
  });
  return image;
}

Image tinted(Image image, unsigned channel, int by) {
  change_colors(image, [&](auto, auto, unsigned c, int v) { return c == channel ? v + by : v; });
  return image;
}

Metadata wide_gamut() {
  Metadata metadata;
  const auto numbers = [](std::initializer_list<std::uint32_t> values) {
    Bytes bytes;
    for (const std::uint32_t value : values)
      for (unsigned shift = 32; shift > 0; shift -= 8)
        bytes.push_back(static_cast<std::uint8_t>(value >> (shift - 8)));
    return bytes;
  };
  metadata.items = {
      {MetadataKind::color, "gAMA", numbers({55556})},
      {MetadataKind::color, "cHRM", numbers({31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000})}};
  return metadata;
}

// The scores are those that the program `ssimulacra2` of https://github.com/cloudinary/ssimulacra2
// (version 2.1, commit 81feacf, on a processor with FMA) printed for these pairs, stored as PNG with the
// metadata as gAMA and cHRM.
std::vector<ScoredPair> scored_pairs() {
  std::vector<ScoredPair> pairs;
  const auto add = [&](std::string name, const Image& reference, Image distorted, double score,
                       Metadata metadata = {}) {
    pairs.push_back({std::move(name), reference, std::move(distorted), std::move(metadata), score});
  };
  const auto add_all = [&](const std::string& name, const Image& image, const double(&scores)[5],
                           const Metadata& metadata = {}) {
    add(name + "-posterised", image, posterised(image, 24), scores[0], metadata);
    add(name + "-blurred", image, blurred(image), scores[1], metadata);
    add(name + "-noisy", image, noisy(image, 9), scores[2], metadata);
    add(name + "-in-blocks", image, in_blocks(image), scores[3], metadata);
    add(name + "-tinted", image, tinted(image, 0, image.depth == 8 ? 4 : 1028), scores[4], metadata);
  };
  add_all("fractal", fractal(256, 192, ColorModel::rgb), {71.997, 95.124, 69.218, 68.050, 95.261});
  add_all("gray", fractal(160, 113, ColorModel::gray), {65.559, 94.157, 61.634, 65.118, 90.829});
  add_all("deep", fractal(131, 127, ColorModel::rgb, 16), {73.082, 95.729, 70.000, 71.691, 94.983});
  add_all("strokes", strokes(120, 90), {96.033, 17.125, 65.460, 17.257, 96.076});
  add_all("ring", ring(128, 120), {88.109, 97.366, 83.542, 84.039, 94.137});
  add_all("wide-gamut", fractal(150, 140, ColorModel::rgb), {76.056, 95.533, 73.273, 72.277, 94.316},
          wide_gamut());
  add_all("small", fractal(21, 17, ColorModel::rgb), {85.534, 96.539, 77.568, 91.036, 97.399});
  add("smallest", fractal(8, 8, ColorModel::rgb), noisy(fractal(8, 8, ColorModel::rgb), 9), 92.766);
  add("strip", gradient(400, 9, ColorModel::rgb), noisy(gradient(400, 9, ColorModel::rgb), 3), 96.536);
  return pairs;
}

}  // namespace imgc::test
