#include "formats/png/alpha_ends.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

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
  std::array<std::ptrdiff_t, most_colors> balance = {};  // opaque pixels of an entry, less its others
  for (std::size_t i = 0; i < indexes.size(); ++i)
    balance[indexes[i]] += image.pixels[4 * i + 3] == opaque ? 1 : -1;
  for (std::size_t entry = 0; entry < palette.size(); ++entry)
    if (balance[entry] > 0) palette[entry][3] = opaque;
  give_ends(find_ends(image), palette);
  const auto clear = std::ranges::find(palette, std::uint8_t{0}, [](const Color& color) { return color[3]; });
  NearestColor nearest(palette);
  const std::uint8_t* pixel = image.pixels.data();
  for (std::uint8_t& index : indexes) {
    const std::uint8_t alpha = pixel[3];
    if (alpha == 0 && palette[index][3] != 0)
      index = static_cast<std::uint8_t>(clear - palette.begin());
    else if (alpha == opaque && palette[index][3] != opaque)
      index = nearest.find(perceptual_of({pixel[0], pixel[1], pixel[2], alpha}), index).index;
    pixel += 4;
  }
}

}  // namespace imgc::png
