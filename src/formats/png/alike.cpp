#include "formats/png/alike.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "formats/png/encode.h"
#include "formats/png/reduce.h"
#include "image/ssimulacra2.h"

namespace imgc::png {
namespace {

std::size_t about_bytes(const IndexedPicture& picture) {
  const auto with = [&](PaletteOrder order, Strategy strategy) {
    return estimate(indexed_raster(picture, order_palette(picture, order)), {}, strategy);
  };
  return std::min(with(PaletteOrder::popularity, Strategy::none), with(PaletteOrder::linear, Strategy::sub));
}

Image image_of(const IndexedPicture& picture) {
  Image image{picture.width(), picture.height(), ColorModel::rgba, 8, {}};
  image.pixels.reserve(4 * picture.indexes().size());
  for (const std::uint8_t index : picture.indexes()) {
    const Color& color = picture.colors()[index];
    image.pixels.insert(image.pixels.end(), color.begin(), color.end());
  }
  return image;
}

}  // namespace

Result<std::size_t> choose_alike(const Image& original, const Metadata& metadata,
                                 std::span<const Quantised> made) {
  if (made.size() == 1) return 0;
  std::vector<std::pair<std::size_t, std::size_t>> smaller;  // than the first, by their bytes
  const std::size_t usual = about_bytes(made.front().picture);
  for (std::size_t i = 1; i < made.size(); ++i)
    if (const std::size_t bytes = about_bytes(made[i].picture); bytes < usual) smaller.emplace_back(bytes, i);
  if (smaller.empty()) return 0;
  std::ranges::sort(smaller);

  const ScoreReference reference({original, metadata});
  const auto score = [&](std::size_t i) { return reference.score({image_of(made[i].picture), metadata}); };
  const Result<double> least = score(0);
  if (!least) return tl::unexpected(least.error());
  for (const auto& [bytes, i] : smaller) {
    const Result<double> reached = score(i);
    if (!reached) return tl::unexpected(reached.error());
    if (*reached >= *least) return i;
  }
  return 0;
}

std::uint64_t choosing_bytes(const Probe& probe) {
  return ScoreReference::held_bytes(probe) + ScoreReference::working_bytes(probe) + 4 * probe.pixel_count();
}

}  // namespace imgc::png
