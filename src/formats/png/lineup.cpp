#include "formats/png/lineup.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "formats/png/apng.h"
#include "formats/png/encode.h"
#include "formats/png/near_lossless.h"
#include "formats/png/palette_search.h"
#include "formats/png/png.h"
#include "formats/png/preset.h"
#include "formats/png/rewrap.h"
#include "formats/png/workshop.h"

namespace imgc::png {
namespace {

std::string recipe_name(Layout layout, Strategy strategy) {
  switch (layout) {
    case Layout::direct:
      return fmt::format("png-{}", name(strategy));
    case Layout::indexed:
      return fmt::format("png-indexed-{}", name(strategy));
    case Layout::reindexed:
      return fmt::format("png-reindexed-{}", name(strategy));
    case Layout::quantised:
      return fmt::format("png-quantised-{}", name(strategy));
    case Layout::quantised_reindexed:
      return fmt::format("png-quantised-reindexed-{}", name(strategy));
    case Layout::rounded_average:
    case Layout::rounded_paeth:
      return fmt::format("png-near-lossless-{}", name(strategy));
  }
  return "png";
}

struct Way {
  Layout layout = Layout::direct;
  Coding coding;
  bool reserve = false;  // only where Workshop::pays
};

// At most what its filtered rows take.
std::uint64_t rows_bytes(const Probe& probe, const Way& way) {
  const bool direct = way.layout == Layout::direct || is_rounded(way.layout);
  const std::uint64_t samples = direct ? probe.decoded_bytes() : probe.pixel_count();
  return samples + probe.height;
}

// Peak bytes beside the pixels: what the workshop keeps for every recipe, and the recipe's own.
std::uint64_t working_bytes(const Probe& probe, const Way& way, const Preset& chosen, bool quantising) {
  const std::uint64_t pixels = probe.pixel_count();
  const std::uint64_t raw = probe.decoded_bytes() + probe.height;
  // Two rasters of indexes and the picture that one is made from; with quantised layouts also theirs, and
  // their picture is kept. The direct raster, and a narrowed copy of deep pixels.
  const std::uint64_t shared = (quantising ? 6 : 3) * pixels + raw + (probe.depth > 8 ? raw / 2 : 0);
  // The filtered rows, a stream that is at worst as long, and the compressor.
  const std::uint64_t rows = rows_bytes(probe, way);
  const std::uint64_t coding = 2 * rows + compressor_bytes(way.coding.compression, rows);
  if (!is_lossy(way.layout)) return shared + coding;
  // Its raster beside the exact one, while the reference is there for the other filter.
  if (is_rounded(way.layout))
    return shared + raw +
           std::max(coding + rounding_bytes(probe), quantising_bytes(probe, chosen.quantising));
  return shared + std::max(coding, quantising_bytes(probe, chosen.quantising));
}

class Cook {
 public:
  Cook(std::shared_ptr<Workshop> workshop, Way way) : workshop_(std::move(workshop)), way_(way) {}

  void prepare(const Subject& subject) const {
    if (!way_.reserve) workshop_->material(way_.layout, subject);
  }

  [[nodiscard]] Estimate estimate(const Subject& subject) const {
    if (way_.reserve && !workshop_->pays(way_.layout, subject)) return Declined{};
    const Workshop::Made& made = workshop_->material(way_.layout, subject);
    if (!made) return tl::unexpected(made.error());
    if (const auto* unavailable = std::get_if<Unavailable>(&*made)) return declined(*unavailable);
    return workshop_->estimated_bytes(way_.layout, way_.coding.strategy, subject);
  }

  [[nodiscard]] Attempt run(const Subject& subject, std::size_t bound) const {
    const Workshop::Made& made = workshop_->material(way_.layout, subject);
    if (!made) return tl::unexpected(made.error());
    if (const auto* unavailable = std::get_if<Unavailable>(&*made)) return declined(*unavailable);
    const auto& material = std::get<Material>(*made);
    std::optional<Bytes> bytes =
        encode(material.raster, material.envelope, way_.coding, bound, subject.for_each());
    if (!bytes) return Declined{};
    return Candidate{*std::move(bytes), material.quality};
  }

 private:
  // One recipe a layout tells the user; the others would only repeat it.
  [[nodiscard]] Declined declined(const Unavailable& unavailable) const {
    return way_.coding.strategy == Strategy::none ? Declined{unavailable.reason} : Declined{};
  }

  std::shared_ptr<Workshop> workshop_;
  Way way_;
};

Recipe make_recipe(const std::shared_ptr<Workshop>& workshop, const Way& way, const Probe& probe,
                   const Preset& chosen, bool quantising) {
  const Cook cook(workshop, way);
  Recipe recipe;
  recipe.name = recipe_name(way.layout, way.coding.strategy);
  recipe.fidelity = is_lossy(way.layout) ? Fidelity::perceptual : Fidelity::exact;
  recipe.working_bytes = working_bytes(probe, way, chosen, quantising);
  recipe.divides = std::holds_alternative<deflate::Settings>(way.coding.compression) &&
                   deflate::is_cut(rows_bytes(probe, way));
  if (recipe.divides) recipe.prepare = [cook](const Subject& subject) { cook.prepare(subject); };
  recipe.estimate = [cook](const Subject& subject) { return cook.estimate(subject); };
  recipe.run = [cook](const Subject& subject, std::size_t bound) { return cook.run(subject, bound); };
  return recipe;
}

Result<Lineup> lineup_of(const Probe& probe, const Options& options, const Preset& chosen) {
  if (probe.animated && is_coded_as(probe, png_format)) return apng_lineup(probe, options);
  if (probe.frames > 1)
    return fail(ErrorCode::refused, fmt::format("a PNG would hold only one of its {} frames", probe.frames));
  if (probe.model == ColorModel::cmyk)
    return fail(ErrorCode::unsupported, "PNG has no CMYK, and imgc does not convert it");
  const bool lossy = options.fidelity == Fidelity::perceptual;
  if (lossy && !can_quantise())
    return fail(ErrorCode::unsupported,
                "this build has no lossy PNG; rebuild with -DIMGC_WITH_IMAGEQUANT=ON or use --lossless");

  const int asked = options.quality.of(png_format.name).max;
  const bool already = lossy && probe.format == &png_format && probe.lossy && probe.quality <= asked;
  const bool quantising = lossy && !already;
  const auto workshop = std::make_shared<Workshop>(
      WorkshopSettings{options.quality.of(png_format.name), options.target.value_or(asked),
                       lossy ? chosen.lossy_orders : chosen.orders, chosen.quantising, chosen.challengers,
                       lossy ? Sampling::quick : Sampling::thorough});
  Lineup lineup;
  const auto add = [&](const Way& way) {
    lineup.recipes.push_back(make_recipe(workshop, way, probe, chosen, quantising));
  };
  if (is_coded_as(probe, png_format))
    lineup.recipes.push_back({"png-rewrapped", Fidelity::exact, rewrapping_bytes(probe), nullptr, rewrap});
  if (quantising) {
    for (const Strategy strategy : chosen.quantised_indexed)
      add({Layout::quantised, {strategy, chosen.quantised}, false});
    for (const Strategy strategy : chosen.quantised_reindexed)
      add({Layout::quantised_reindexed, {strategy, chosen.quantised}, false});
    // They are found by their score.
    if (chosen.quantising.judged) {
      add({Layout::rounded_average, {Strategy::average, chosen.compression}, false});
      add({Layout::rounded_paeth, {Strategy::paeth, chosen.compression}, false});
    }
  }
  const auto add_exact = [&](Layout layout, Strategy strategy, const Compression& compression) {
    const bool challenges = std::ranges::find(chosen.challengers, strategy) != chosen.challengers.end() ||
                            (layout != Layout::direct && strategy == plain_filter(layout));
    add({layout, {strategy, compression}, quantising && !challenges});
  };
  // Our own lossy output gets just what it got when it was made, so that a second run changes nothing.
  const Compression indexed_compression = already ? chosen.quantised : chosen.compression;
  for (const Strategy strategy : already ? chosen.quantised_indexed : chosen.indexed)
    add_exact(Layout::indexed, strategy, indexed_compression);
  for (const Strategy strategy : already ? chosen.quantised_reindexed : chosen.reindexed)
    add_exact(Layout::reindexed, strategy, indexed_compression);
  for (const Strategy strategy : chosen.direct)
    if (!already) add_exact(Layout::direct, strategy, chosen.compression);
  lineup.finals = chosen.finals_of(probe.pixel_count());
  if (already)
    lineup.note =
        Reason{"already_at_quality", fmt::format("already at or below the quality ({})", *probe.quality)};
  return lineup;
}

}  // namespace

Result<Lineup> lineup(const Probe& probe, const Options& options) {
  Preset chosen = preset(options.effort);
  chosen.quantising.least = options.target;
  chosen.quantising.judged |= options.target.has_value();
  return lineup_of(probe, options, chosen);
}

Result<Lineup> scouts(const Probe& probe, const Options& options) {
  Preset chosen = preset(Effort::fast);
  // All colours that there is room for are as many at any quality.
  std::erase_if(chosen.quantising.manners,
                [](const Manner& manner) { return manner.colors == Choice::every; });
  return lineup_of(probe, options, chosen);
}

}  // namespace imgc::png
