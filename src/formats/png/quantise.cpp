#include "formats/png/quantise.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "formats/png/activity.h"
#include "formats/png/alpha_ends.h"
#include "formats/png/color_weights.h"
#include "formats/png/encode.h"
#include "formats/png/nearest_color.h"
#include "formats/png/palette_refinement.h"
#include "formats/png/palette_search.h"
#include "formats/png/perceptual_color.h"
#include "formats/png/reduce.h"
#include "image/convert.h"
#include "image/ssimulacra2.h"

namespace imgc::png {
namespace {

// The share of smooth places from which more colours and less dither are tried. Of 132 images 15 gained by
// them, 13 of those with a share of 0.07 or more.
constexpr double smooth_enough = 0.05;
// And without a judge, from which they are taken. Of the 22 images above, 10 gained: all the wallpapers,
// which halved. Small ones lose up to as much again, but hardly any bytes.
constexpr double smooth_enough_unjudged = 0.2;

// Of scores that are only compared with each other.
constexpr Precision precision_of_contest = Precision::quick;

// What saves this much ends the search: the next manner would take longer to try than it is likely to save.
constexpr double much_smaller = 0.7;

// By one order and filter for all: to try more changed hardly any choice.
std::size_t about_bytes(const IndexedPicture& picture) {
  const Sequence order = order_palette(picture, PaletteOrder::popularity);
  return estimate(indexed_raster(picture, order), {}, Strategy::none, Sampling::quick);
}

// Not only within what such estimates are off by.
bool is_smaller(std::size_t bytes, std::size_t other) {
  return 1.01 * static_cast<double>(bytes) < static_cast<double>(other);
}

// How unlike the pixels of smooth slopes are to their nearest colours, in the mean: the height of the steps
// that they would turn into. Sampled.
double slope_error(const Image& rgba, const std::vector<std::uint8_t>& activity,
                   const std::vector<Color>& palette) {
  constexpr std::uint32_t sampled = 4;  // of so many rows, one
  constexpr std::uint8_t most_activity = 2;
  NearestColor nearest(palette);
  std::uint8_t guess = 0;
  double sum = 0;
  double count = 0;
  for (std::uint32_t y = 0; y < rgba.height; y += sampled) {
    const std::uint8_t* pixel = rgba.row(y);
    const std::uint8_t* places = activity.data() + std::size_t{y} * rgba.width;
    for (std::uint32_t x = 0; x < rgba.width; ++x, pixel += 4) {
      if (places[x] == 0 || places[x] > most_activity) continue;
      const NearestColor::Found found =
          nearest.find(perceptual_of({pixel[0], pixel[1], pixel[2], pixel[3]}), guess);
      guess = found.index;
      sum += found.unlikeness;
      ++count;
    }
  }
  return count > 0 ? sum / count : 0;
}

// Dithered so much, smooth places show no bands with any palette, on five wallpapers enlarged: patches that
// half of it left on plasm_9f324a, whose steps are 2.8 high, were hardly to be seen.
constexpr float always_enough = 0.75F;

// The least dither of smooth places with which steps of such a height are not seen as bands: up to 0.5, half
// was enough.
float least_dither(double slope_error) {
  return std::lerp(0.0F, always_enough, std::clamp(static_cast<float>(slope_error), 0.0F, 1.0F));
}

// The palettes of one image, refined, and what else its pictures are made from.
struct Sketch {
  const Image& rgba;
  std::vector<std::uint8_t> activity;
  std::vector<Color> fewest;
  std::vector<Color> every;      // empty when the image is not for it
  std::vector<Color> unrefined;  // empty when libimagequant's own picture was not asked for

  [[nodiscard]] const std::vector<Color>& palette(const Manner& manner) const {
    switch (manner.colors) {
      case Choice::fewest:
        break;
      case Choice::every:
        return every;
      case Choice::unrefined:
        return unrefined;
    }
    return fewest;
  }

  [[nodiscard]] bool suits(const Manner& manner) const { return !palette(manner).empty(); }

  [[nodiscard]] IndexedPicture picture(const Manner& manner) const {
    const std::vector<Color>& colors = palette(manner);
    RemapSettings settings = manner.remap;
    if (settings.smooth_dither < always_enough)
      settings.smooth_dither =
          std::max(settings.smooth_dither, least_dither(slope_error(rgba, activity, colors)));
    return {rgba.width, rgba.height, remap(rgba, activity, colors, settings), colors};
  }
};

// In one row.
Image image_of(const std::vector<Color>& colors) {
  Image image{static_cast<std::uint32_t>(colors.size()), 1, ColorModel::rgba, 8, {}};
  for (const Color& color : colors) image.pixels.insert(image.pixels.end(), color.begin(), color.end());
  return image;
}

bool is_exact(const IndexedPicture& picture, const Image& rgba) {
  const std::uint8_t* pixel = rgba.pixels.data();
  return std::ranges::all_of(picture.indexes(), [&](std::uint8_t index) {
    const Color& shown = picture.colors()[index];
    const bool same = std::equal(shown.begin(), shown.end(), pixel) || (shown[3] == 0 && pixel[3] == 0);
    pixel += 4;
    return same;
  });
}

// Without a judge, the picture in the first manner that suits the image. With one, the smallest in any manner
// that looks good enough, which is no worse than `plain`, or without that scores settings.least; of those
// about as small, the one that looks best. When none does, `plain`, or the one that looks best.
Result<IndexedPicture> choose(const Sketch& sketch, const Metadata& metadata,
                              const QuantiseSettings& settings, std::optional<IndexedPicture> plain,
                              const ForEach& for_each) {
  if (plain && is_exact(*plain, sketch.rgba)) return *std::move(plain);
  std::optional<ScoreReference> reference;
  const auto score = [&](const IndexedPicture& picture) {
    if (!reference) reference.emplace(imgc::Picture{sketch.rgba, metadata}, precision_of_contest);
    const Image colors = image_of(picture.colors());
    return reference->score({picture.indexes(), picture.width(), picture.height(), colors, metadata},
                            for_each);
  };
  const std::size_t usual = plain ? about_bytes(*plain) : 0;
  std::size_t fewest_bytes = usual;
  double least = settings.least.value_or(0);
  double best_score = 0;
  bool is_enough = plain.has_value();  // the best by now
  bool manner_will_do = false;
  std::optional<IndexedPicture> best = std::move(plain);
  for (const Manner& manner : settings.manners) {
    if (!sketch.suits(manner) || (manner.spare && manner_will_do)) continue;
    IndexedPicture picture = sketch.picture(manner);
    if (!settings.judged) return picture;
    const std::size_t bytes = about_bytes(picture);
    if (is_enough && is_smaller(fewest_bytes, bytes)) continue;
    if (is_enough && !reference) {
      const Result<double> reached = score(*best);
      if (!reached) return tl::unexpected(reached.error());
      least = best_score = *reached;
    }
    const Result<double> reached = score(picture);
    if (!reached) return tl::unexpected(reached.error());
    if (is_enough && (*reached < least || (*reached < best_score && !is_smaller(bytes, fewest_bytes))))
      continue;
    if (!is_enough && best && *reached <= best_score) continue;
    fewest_bytes = is_enough ? std::min(fewest_bytes, bytes) : bytes;
    best = std::move(picture);
    best_score = *reached;
    is_enough = manner_will_do = *reached >= least;
    if (static_cast<double>(bytes) < much_smaller * static_cast<double>(usual)) break;
  }
  if (!best) return fail(ErrorCode::internal, "no manner of quantising suits every image");
  return *std::move(best);
}

}  // namespace

Result<std::variant<Quantised, Reason>> quantise(const Image& image, const Metadata& metadata,
                                                 QualityRange range, const QuantiseSettings& settings,
                                                 const ForEach& for_each) {
  const bool is_rgba8 = image.model == ColorModel::rgba && image.depth == 8;
  const Image converted = is_rgba8 ? Image{} : to_rgba8(image);
  const Image& rgba = is_rgba8 ? image : converted;

  auto search = PaletteSearch::open(rgba);
  if (!search) return tl::unexpected(search.error());
  if (!*search) return Reason{"too_large_to_quantise", "libimagequant can't take an image this large"};
  const bool against_plain = settings.judged && !settings.least;
  auto fewest = (*search)->find(range, against_plain ? Pace::thorough : Pace::quick);
  if (!fewest) return tl::unexpected(fewest.error());
  if (!*fewest)
    return Reason{"below_min_quality",
                  fmt::format("256 colours do not reach the minimum quality of {}", range.min)};
  std::optional<IndexedPicture> plain;
  if (against_plain) {
    Result<IndexedPicture> dithered = (*search)->dither();
    if (!dithered) return tl::unexpected(dithered.error());
    plain = *std::move(dithered);
  }

  Sketch sketch{rgba, find_activity(rgba), std::move((*fewest)->colors), {}, {}};
  if (plain) sketch.unrefined.assign(plain->colors().begin(), plain->colors().end());
  if (sketch.fewest.size() < most_colors &&
      smooth_share(sketch.activity) >= (settings.judged ? smooth_enough : smooth_enough_unjudged)) {
    auto every = (*search)->find({0, 100}, Pace::quick);
    if (!every) return tl::unexpected(every.error());
    if (*every) sketch.every = std::move((*every)->colors);
  }
  search->reset();  // its memory is needed no more
  const std::vector<WeightedColor> colors = weigh_colors(rgba, sketch.activity);
  const AlphaEnds ends = find_ends(rgba);
  for (std::vector<Color>* palette : {&sketch.fewest, &sketch.every}) {
    if (palette->empty()) continue;
    give_ends(ends, *palette);
    refine_palette(colors, *palette);
  }

  Result<IndexedPicture> chosen = choose(sketch, metadata, settings, std::move(plain), for_each);
  if (!chosen) return tl::unexpected(chosen.error());
  return Quantised{*std::move(chosen), (*fewest)->quality};
}

std::uint64_t quantising_bytes(const Probe& probe, const QuantiseSettings& settings) {
  const std::uint64_t pixels = probe.pixel_count();
  const std::uint64_t rgba = 4 * pixels;
  const std::uint64_t pictures = (settings.manners.size() + 1) * pixels;
  const std::uint64_t judging = settings.judged ? ScoreReference::held_bytes(probe, precision_of_contest) +
                                                      ScoreReference::working_bytes(probe)
                                                : 0;
  const std::uint64_t activity = pixels;
  const std::uint64_t colors = most_weighed(pixels);
  const std::uint64_t refining =
      std::max(weighing_bytes(pixels), refining_bytes(colors)) + colors * sizeof(WeightedColor);
  return rgba + activity +
         std::max(PaletteSearch::working_bytes(pixels) + pixels, pictures + std::max(refining, judging));
}

}  // namespace imgc::png
