#include "formats/png/lineup.h"

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "formats/png/encode.h"
#include "formats/png/png.h"
#include "formats/png/workshop.h"

namespace imgc::png {
namespace {

// What an effort buys.
struct Preset {
  int level = 10;  // libdeflate's
  std::size_t finalists = 1;
  std::vector<Strategy> direct;
  std::vector<Strategy> indexed;
};

Preset preset(Effort effort) {
  using enum Strategy;
  switch (effort) {
    case Effort::fast:
      return {10, 1, {none, sub, bigrams}, {none}};
    case Effort::normal:
      return {12, 1, {none, sub, average, bigrams, matches}, {none, bigrams}};
    case Effort::high:
      return {12, 2, {none, sub, up, average, paeth, minsum, entropy, bigrams, matches}, {none, sub, up, bigrams, matches}};
    case Effort::max:
      break;
  }
  const std::vector<Strategy> all = {none, sub, up, average, paeth, minsum, entropy, bigrams, matches};
  return {12, 3 * all.size(), all, all};
}

std::string recipe_name(Layout layout, Strategy strategy) {
  switch (layout) {
    case Layout::direct:
      return fmt::format("png-{}", name(strategy));
    case Layout::indexed:
      return fmt::format("png-indexed-{}", name(strategy));
    case Layout::quantised:
      return fmt::format("png-quantised-{}", name(strategy));
  }
  return "png";
}

// Compressor tables grow with the data up to a size of their own.
std::uint64_t compressor_bytes(std::uint64_t filtered) {
  constexpr std::uint64_t most = std::uint64_t{10} << 20U;
  return std::min(most, (std::uint64_t{1} << 20U) + 16 * filtered);
}

std::uint64_t working_bytes(const Probe& probe, Layout layout) {
  const std::uint64_t pixels = probe.pixel_count();
  if (layout == Layout::direct) {
    const std::uint64_t raw = probe.decoded_bytes() + probe.height;
    // The raster, a narrowed copy of deep pixels, the filtered rows, and a stream that is at worst as long.
    return 3 * raw + (probe.depth > 8 ? raw / 2 : 0) + compressor_bytes(raw);
  }
  const std::uint64_t indexed = 3 * (pixels + probe.height) + compressor_bytes(pixels);
  if (layout == Layout::indexed) return indexed;
  // libimagequant: RGBA, maps of noise and edges, its histogram, and floats of images up to 64 MB of them.
  constexpr std::uint64_t histogram = std::uint64_t{16} << 20U;
  constexpr std::uint64_t most_floats = std::uint64_t{64} << 20U;
  return indexed + 7 * pixels + std::min(16 * pixels, most_floats) + std::min(histogram, 64 * pixels);
}

struct Way {
  Layout layout = Layout::direct;
  Coding coding;
};

class Cook {
 public:
  Cook(std::shared_ptr<Workshop> workshop, Way way) : workshop_(std::move(workshop)), way_(way) {}

  [[nodiscard]] Estimate estimate(const Subject& subject) const {
    const Workshop::Made& made = workshop_->material(way_.layout, subject);
    if (!made) return tl::unexpected(made.error());
    if (const auto* unavailable = std::get_if<Unavailable>(&*made)) return declined(*unavailable);
    const auto& material = std::get<Material>(*made);
    return png::estimate(material.raster, material.envelope, way_.coding.strategy);
  }

  [[nodiscard]] Attempt run(const Subject& subject, std::size_t bound) const {
    const Workshop::Made& made = workshop_->material(way_.layout, subject);
    if (!made) return tl::unexpected(made.error());
    if (const auto* unavailable = std::get_if<Unavailable>(&*made)) return declined(*unavailable);
    const auto& material = std::get<Material>(*made);
    std::optional<Bytes> bytes = encode(material.raster, material.envelope, way_.coding, bound);
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

class Builder {
 public:
  Builder(const Probe& probe, const Options& options)
      : probe_(probe),
        workshop_(std::make_shared<Workshop>(options.quality.of(png_format.name), options.effort)) {}

  void add(Layout layout, const std::vector<Strategy>& strategies, int level) {
    for (const Strategy strategy : strategies) {
      const Cook cook(workshop_, {layout, {strategy, level}});
      Recipe recipe;
      recipe.name = recipe_name(layout, strategy);
      recipe.fidelity = layout == Layout::quantised ? Fidelity::perceptual : Fidelity::exact;
      recipe.working_bytes = working_bytes(probe_, layout);
      recipe.estimate = [cook](const Subject& subject) { return cook.estimate(subject); };
      recipe.run = [cook](const Subject& subject, std::size_t bound) { return cook.run(subject, bound); };
      lineup.recipes.push_back(std::move(recipe));
    }
  }

  Lineup lineup;

 private:
  const Probe& probe_;
  std::shared_ptr<Workshop> workshop_;
};

}  // namespace

Result<Lineup> lineup(const Probe& probe, const Options& options) {
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
  const Preset chosen = preset(options.effort);
  Builder builder(probe, options);
  builder.lineup.finalists = chosen.finalists;
  if (already)
    builder.lineup.note =
        Reason{"already_at_quality", fmt::format("already at or below the quality ({})", *probe.quality)};
  if (lossy && !already) builder.add(Layout::quantised, chosen.indexed, chosen.level);
  builder.add(Layout::indexed, chosen.indexed, chosen.level);
  builder.add(Layout::direct, chosen.direct, chosen.level);
  return std::move(builder.lineup);
}

}  // namespace imgc::png
