#include "formats/png/reduce.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <limits>

#include "formats/png/bands.h"
#include "formats/png/palette.h"
#include "image/convert.h"

namespace imgc::png {
namespace {

template <class Sample>
constexpr Sample full = std::numeric_limits<Sample>::max();

template <class Sample>
using Rgba = std::array<Sample, 4>;

// Shows `visit` every row of the band as RGBA until it returns false.
template <class Sample, class Visit>
void for_each_row(const Image& image, Rows band, const Visit& visit) {
  std::vector<Rgba<Sample>> row(image.width);
  for (std::uint32_t y = band.first; y < band.end; ++y) {
    rgba_row(image, y, reinterpret_cast<std::uint8_t*>(row.data()));
    if (!visit(row, y)) return;
  }
}

template <class Sample>
bool same_color(const Rgba<Sample>& a, const Rgba<Sample>& b) {
  return a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
}

template <class Sample>
struct Tally {
  bool gray = true;
  bool opaque = true;
  bool binary_alpha = true;
  bool one_hidden_color = true;
  std::optional<Rgba<Sample>> hidden;
  PaletteIndex palette;
  bool few_colors = sizeof(Sample) == 1;

  void look_at(const std::vector<Rgba<Sample>>& row) {
    unsigned differ = 0;
    Sample lowest = full<Sample>;
    for (const Rgba<Sample>& pixel : row) {
      differ |= static_cast<unsigned>((pixel[0] ^ pixel[1]) | (pixel[1] ^ pixel[2]));
      lowest = std::min(lowest, pixel[3]);
    }
    gray = gray && differ == 0;
    if (lowest != full<Sample>) {
      opaque = false;
      look_at_alpha(row);
    }
    if constexpr (sizeof(Sample) == 1) few_colors = few_colors && palette.add_all(row);
  }

  void look_at_alpha(const std::vector<Rgba<Sample>>& row) {
    if (!binary_alpha || !one_hidden_color) return;
    for (const Rgba<Sample>& pixel : row) {
      if (pixel[3] == full<Sample>) continue;
      binary_alpha = binary_alpha && pixel[3] == 0;
      if (!hidden) hidden = pixel;
      one_hidden_color = one_hidden_color && same_color(*hidden, pixel);
    }
  }
};

template <class Sample>
bool shows(const Image& image, Rows band, const std::array<std::uint16_t, 3>& key) {
  const Rgba<Sample> color = {static_cast<Sample>(key[0]), static_cast<Sample>(key[1]),
                              static_cast<Sample>(key[2])};
  bool found = false;
  for_each_row<Sample>(image, band, [&](const auto& row, std::uint32_t) {
    found = std::ranges::any_of(row,
                                [&](const auto& pixel) { return pixel[3] != 0 && same_color(pixel, color); });
    return !found;
  });
  return found;
}

template <class Sample>
Census census_of(const Image& image, Rows band) {
  Tally<Sample> tally;
  for_each_row<Sample>(image, band, [&](const auto& row, std::uint32_t) {
    tally.look_at(row);
    return true;
  });
  Census census;
  census.gray = tally.gray;
  census.opaque = tally.opaque;
  if (tally.few_colors) census.colors = tally.palette.colors();
  if (tally.opaque || !tally.binary_alpha || !tally.one_hidden_color) return census;
  census.key = {(*tally.hidden)[0], (*tally.hidden)[1], (*tally.hidden)[2]};
  return census;
}

// The fewest bits in which every gray sample is exact when scaled back to 8 (section 13.12).
unsigned gray_depth(const Census& census) {
  if (census.colors.empty()) return 8;
  for (const unsigned depth : {1U, 2U, 4U}) {
    const unsigned step = 255U / ((1U << depth) - 1U);
    if (std::ranges::all_of(census.colors, [&](const Color& color) { return color[0] % step == 0; }))
      return depth;
  }
  return 8;
}

void put_sample(std::uint8_t*& out, std::uint8_t sample) {
  *out++ = sample;
}

void put_sample(std::uint8_t*& out, std::uint16_t sample) {
  *out++ = static_cast<std::uint8_t>(sample >> 8U);
  *out++ = static_cast<std::uint8_t>(sample & 0xFFU);
}

}  // namespace

void pack_row(const std::uint8_t* samples, std::uint32_t width, unsigned depth, std::uint8_t* out) {
  const unsigned per_byte = 8U / depth;
  for (std::uint32_t x = 0; x < width; x += per_byte) {
    unsigned byte = 0;
    for (unsigned i = 0; i < per_byte; ++i) byte = byte << depth | (x + i < width ? samples[x + i] : 0U);
    *out++ = static_cast<std::uint8_t>(byte);
  }
}

namespace {

template <class Sample>
void fill_rows(const Image& image, Rows band, Raster& raster) {
  const unsigned step = raster.depth < 8 ? 255U / ((1U << raster.depth) - 1U) : 1;
  Bytes narrow(raster.depth < 8 ? image.width : 0);
  for_each_row<Sample>(image, band, [&](const auto& row, std::uint32_t y) {
    std::uint8_t* out = raster.row(y);
    switch (raster.color) {
      case ColorType::gray:
        if (raster.depth < 8) {
          for (std::size_t x = 0; x < row.size(); ++x)
            narrow[x] = static_cast<std::uint8_t>(row[x][0] / step);
          pack_row(narrow.data(), image.width, raster.depth, out);
        } else {
          for (const auto& pixel : row) put_sample(out, pixel[0]);
        }
        break;
      case ColorType::gray_alpha:
        for (const auto& pixel : row) {
          put_sample(out, pixel[0]);
          put_sample(out, pixel[3]);
        }
        break;
      case ColorType::rgb:
        for (const auto& pixel : row)
          for (unsigned c = 0; c < 3; ++c) put_sample(out, pixel[c]);
        break;
      case ColorType::rgba:
        for (const auto& pixel : row)
          for (unsigned c = 0; c < 4; ++c) put_sample(out, pixel[c]);
        break;
      case ColorType::indexed:
        break;
    }
    return true;
  });
}

// tRNS for a key: two bytes a channel, at the depth of the samples.
Bytes key_bytes(const std::array<std::uint16_t, 3>& key, const Raster& raster) {
  const unsigned channels = raster.color == ColorType::gray ? 1 : 3;
  const unsigned step = raster.depth < 8 ? 255U / ((1U << raster.depth) - 1U) : 1;
  Bytes bytes;
  for (unsigned c = 0; c < channels; ++c) {
    const unsigned sample = key[c] / step;
    bytes.push_back(static_cast<std::uint8_t>(sample >> 8U));
    bytes.push_back(static_cast<std::uint8_t>(sample & 0xFFU));
  }
  return bytes;
}

}  // namespace

std::optional<Image> narrow_exactly(const Image& image) {
  if (image.depth != 16) return std::nullopt;
  for (std::size_t i = 0; i + 1 < image.pixels.size(); i += 2)
    if (image.pixels[i] != image.pixels[i + 1]) return std::nullopt;
  return to_8bit(image);
}

void CensusSum::add(const Census& band) {
  gray_ = gray_ && band.gray;
  opaque_ = opaque_ && band.opaque;
  if (!band.opaque) {
    key_possible_ = key_possible_ && band.key && (!key_ || key_ == band.key);
    key_ = band.key;
  }
  few_colors_ = few_colors_ && !band.colors.empty() && palette_.add_all(band.colors);
}

Census CensusSum::total() const {
  Census census;
  census.gray = gray_;
  census.opaque = opaque_;
  if (few_colors_) census.colors = palette_.colors();
  const bool shows = std::ranges::any_of(census.colors, [this](const Color& color) {
    return key_ && color[3] != 0 && std::ranges::equal(*key_, std::span(color).first(3));
  });
  if (key_possible_ && !shows) census.key = key_;
  return census;
}

Census take_census(const Image& image, const ForEach& for_each) {
  const Bands bands(image.width, image.height);
  std::vector<Census> found(bands.count());
  for_each(found.size(), [&](std::size_t i) {
    found[i] = image.depth == 16 ? census_of<std::uint16_t>(image, bands[i])
                                 : census_of<std::uint8_t>(image, bands[i]);
  });
  CensusSum sum;
  for (const Census& band : found) sum.add(band);
  Census census = sum.total();
  if (shows_key(image, census, for_each)) census.key.reset();
  return census;
}

bool shows_key(const Image& image, const Census& census, const ForEach& for_each) {
  if (!census.has_doubtful_key()) return false;
  const std::array<std::uint16_t, 3>& key = *census.key;
  const Bands bands(image.width, image.height);
  std::atomic<bool> found = false;
  for_each(bands.count(), [&](std::size_t i) {
    if (!found && (image.depth == 16 ? shows<std::uint16_t>(image, bands[i], key)
                                     : shows<std::uint8_t>(image, bands[i], key)))
      found = true;
  });
  return found;
}

Raster direct_raster(const Image& image, const Census& census, Gamut gamut, const ForEach& for_each) {
  Raster raster{image.width, image.height, ColorType::rgba, image.depth, {}, {}, {}};
  const bool gray = census.gray && gamut != Gamut::color_only;
  const bool channel = !census.opaque && !census.key;
  if (gray) {
    raster.color = channel ? ColorType::gray_alpha : ColorType::gray;
    if (!channel && image.depth == 8) raster.depth = gray_depth(census);
  } else {
    raster.color = channel ? ColorType::rgba : ColorType::rgb;
  }
  if (census.key) raster.transparency = key_bytes(*census.key, raster);
  raster.rows.resize(raster.row_bytes() * raster.height);
  const Bands bands(image.width, image.height);
  for_each(bands.count(), [&](std::size_t i) {
    if (image.depth == 16) {
      fill_rows<std::uint16_t>(image, bands[i], raster);
    } else {
      fill_rows<std::uint8_t>(image, bands[i], raster);
    }
  });
  return raster;
}

std::optional<IndexedPicture> index_colors(const Image& image, const Census& census, Gamut gamut,
                                           std::vector<Color> source, const ForEach& for_each) {
  if (census.colors.empty() || gamut == Gamut::gray_only) return std::nullopt;
  PaletteIndex palette;
  palette.add_all(census.colors);
  Bytes indexes(std::size_t{image.width} * image.height);
  const Bands bands(image.width, image.height);
  for_each(bands.count(), [&](std::size_t i) {
    PaletteIndex known = palette;
    for_each_row<std::uint8_t>(image, bands[i], [&](const auto& row, std::uint32_t y) {
      known.add_all(row, &indexes[std::size_t{y} * image.width]);
      return true;
    });
  });
  return IndexedPicture(image.width, image.height, std::move(indexes), palette.colors(), std::move(source),
                        for_each);
}

Raster indexed_raster(const IndexedPicture& picture, const Sequence& sequence, const ForEach& for_each) {
  Raster raster{
      picture.width(), picture.height(), ColorType::indexed, index_depth(sequence.size()), {}, {}, {}};
  std::array<std::uint8_t, 256> place = {};
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    const Color& color = picture.colors()[sequence[i]];
    place[sequence[i]] = static_cast<std::uint8_t>(i);
    raster.palette.insert(raster.palette.end(), color.begin(), color.begin() + 3);
    raster.transparency.push_back(color[3]);
  }
  // Entries that tRNS does not reach are opaque.
  while (!raster.transparency.empty() && raster.transparency.back() == 0xFF) raster.transparency.pop_back();

  raster.rows.resize(raster.row_bytes() * raster.height);
  const Bands bands(raster.width, raster.height);
  for_each(bands.count(), [&](std::size_t i) {
    Bytes row(raster.width);
    const Rows band = bands[i];
    const std::uint8_t* index = picture.indexes().data() + std::size_t{band.first} * raster.width;
    for (std::uint32_t y = band.first; y < band.end; ++y) {
      std::uint8_t* out = raster.depth == 8 ? raster.row(y) : row.data();
      for (std::uint32_t x = 0; x < raster.width; ++x) out[x] = place[*index++];
      if (raster.depth < 8) pack_row(row.data(), raster.width, raster.depth, raster.row(y));
    }
  });
  return raster;
}

}  // namespace imgc::png
