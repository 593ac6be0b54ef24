#include "formats/png/alpha_ends.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <numeric>

#include "formats/png/nearest_color.h"
#include "formats/png/perceptual_color.h"

namespace imgc::png {
namespace {

void give_end(std::uint8_t alpha, std::uint8_t other_end, std::vector<Color>& palette) {
  if (std::ranges::any_of(palette, [&](const Color& color) { return color[3] == alpha; })) return;
  const auto away = [&](const Color& color) {
    return color[3] == other_end ? 256 : std::abs(int{color[3]} - int{alpha});
  };
  auto nearest = std::ranges::min_element(palette, {}, away);
  const bool all_needed = nearest == palette.end() || (*nearest)[3] == other_end;
  if (all_needed && palette.size() < most_colors) nearest = palette.insert(palette.end(), Color{});
  if (alpha == 0) *nearest = {};
  (*nearest)[3] = alpha;
}

PerceptualColor opaque_look(const Color& color) {
  return perceptual_of({color[0], color[1], color[2], opaque});
}

// As many entries as make no index take more bits.
std::size_t room_beside(std::size_t entries) {
  return (std::size_t{1} << index_depth(entries)) - entries;
}

// Entries that are not opaque, but whose look many opaque pixels had, are given an opaque twin.
void add_twins(const Image& image, const Bytes& indexes, std::vector<Color>& palette) {
  // As much unlikeness as the bits of an entry are worth to the remap.
  constexpr double worth_an_entry = 50;
  NearestColor nearest(palette);
  std::array<double, most_colors> gains = {};
  const std::uint8_t* pixel = image.pixels.data();
  for (const std::uint8_t index : indexes) {
    const Color color = {pixel[0], pixel[1], pixel[2], pixel[3]};
    pixel += 4;
    if (!is_opaque(color) || is_opaque(palette[index])) continue;
    const PerceptualColor look = perceptual_of(color);
    const float twin = unlikeness(look, opaque_look(palette[index]));
    gains[index] += std::max(0.0F, nearest.find(look, index).unlikeness - twin);
  }
  std::vector<std::size_t> twins(palette.size());
  std::iota(twins.begin(), twins.end(), std::size_t{0});
  std::ranges::stable_sort(twins, std::ranges::greater{}, [&](std::size_t entry) { return gains[entry]; });
  twins.resize(std::min(twins.size(), room_beside(palette.size())));
  for (const std::size_t entry : twins) {
    if (gains[entry] < worth_an_entry) return;
    palette.push_back({palette[entry][0], palette[entry][1], palette[entry][2], opaque});
  }
}

}  // namespace

AlphaEnds find_ends(const Image& image) {
  AlphaEnds ends;
  for (std::size_t at = 3; at < image.pixels.size(); at += 4) {
    ends.clear |= image.pixels[at] == 0;
    ends.opaque |= image.pixels[at] == opaque;
  }
  return ends;
}

void give_ends(const AlphaEnds& ends, std::vector<Color>& palette) {
  if (ends.clear) give_end(0, opaque, palette);
  if (ends.opaque) give_end(opaque, 0, palette);
}

void keep_ends(const Image& image, std::vector<Color>& palette, Bytes& indexes) {
  const AlphaEnds ends = find_ends(image);
  if (!ends.clear && std::ranges::all_of(palette, is_opaque)) return;
  std::array<std::ptrdiff_t, most_colors> balance = {};  // opaque pixels of an entry, less its others
  for (std::size_t i = 0; i < indexes.size(); ++i)
    balance[indexes[i]] += image.pixels[4 * i + 3] == opaque ? 1 : -1;
  for (std::size_t entry = 0; entry < palette.size(); ++entry)
    if (balance[entry] > 0) palette[entry][3] = opaque;
  give_ends(ends, palette);
  add_twins(image, indexes, palette);
  const auto clear = std::ranges::find(palette, std::uint8_t{0}, [](const Color& color) { return color[3]; });
  NearestColor nearest(palette);
  const std::uint8_t* pixel = image.pixels.data();
  for (std::uint8_t& index : indexes) {
    const std::uint8_t alpha = pixel[3];
    if (alpha == 0 && palette[index][3] != 0)
      index = static_cast<std::uint8_t>(clear - palette.begin());
    else if (alpha == opaque && palette[index][3] != opaque)
      index = nearest.find(opaque_look({pixel[0], pixel[1], pixel[2], alpha}), index).index;
    pixel += 4;
  }
}

}  // namespace imgc::png
