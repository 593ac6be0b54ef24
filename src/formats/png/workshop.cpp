#include "formats/png/workshop.h"

#include <algorithm>
#include <utility>

#include "formats/png/encode.h"
#include "formats/png/header.h"
#include "formats/png/near_lossless.h"
#include "formats/png/png.h"
#include "image/convert.h"

namespace imgc::png {

// A profile speaks of gray or of colour samples, so with one the output stays on the side of the source.
Gamut allowed_gamut(const Subject& subject) {
  if (subject.metadata().find(MetadataKind::icc) == nullptr) return Gamut::any;
  return is_gray(subject.probe().model) ? Gamut::gray_only : Gamut::color_only;
}

Origin find_origin(const Subject& subject) {
  Origin origin;
  origin.is_png = subject.probe().format == &png_format;
  origin.same_pixels = !subject.probe().turned;
  const bool asked = std::ranges::any_of(
      subject.metadata().items, [](const MetadataItem& item) { return item.kind == MetadataKind::other; });
  if (!origin.is_png || !asked) return origin;
  ChunkReader reader(subject.bytes(), subject.limits());
  if (const Result<Header> header = read_header(reader, subject.limits())) {
    origin.ihdr = header->ihdr;
    if (header->palette) origin.palette.assign(header->palette->data.begin(), header->palette->data.end());
  }
  return origin;
}

// Of imgc's own lossy output; it holds as long as the pixels do.
std::optional<int> source_quality(const Subject& subject) {
  const Probe& probe = subject.probe();
  return probe.format == &png_format && probe.lossy ? probe.quality : std::nullopt;
}

namespace {

std::vector<Color> source_palette(const Subject& subject) {
  std::vector<Color> colors;
  if (subject.probe().format != &png_format) return colors;
  ChunkReader reader(subject.bytes(), subject.limits());
  const Result<Header> header = read_header(reader, subject.limits());
  if (!header || !header->palette) return colors;
  const ByteView palette = header->palette->data;
  const ByteView alphas = header->transparency ? header->transparency->data : ByteView{};
  for (std::size_t at = 0; at + 3 <= palette.size(); at += 3) {
    const std::size_t entry = at / 3;
    const std::uint8_t alpha = entry < alphas.size() ? alphas[entry] : 0xFF;
    colors.push_back({palette[at], palette[at + 1], palette[at + 2], alpha});
  }
  return colors;
}

}  // namespace

const Workshop::Made& Workshop::material(Layout layout, const Subject& subject) {
  Slot& slot = slots_.at(static_cast<std::size_t>(layout));
  std::call_once(slot.once, [&] { slot.made = make(layout, subject); });
  return *slot.made;
}

std::size_t Workshop::estimated_bytes(Layout layout, Strategy strategy, const Subject& subject) {
  const auto& made = std::get<Material>(*material(layout, subject));
  Slot& slot = slots_.at(static_cast<std::size_t>(layout));
  const auto at = static_cast<std::size_t>(strategy);
  std::call_once(slot.measured[at], [&] {
    slot.bytes[at] = estimate(made.raster, made.envelope, strategy, settings_.sampling, subject.for_each());
  });
  return slot.bytes[at];
}

bool Workshop::pays(Layout layout, const Subject& subject) {
  const auto is_available = [&](Layout any) {
    const Made& made = material(any, subject);
    return made && std::holds_alternative<Material>(*made);
  };
  if (!is_available(Layout::quantised)) return true;
  const std::size_t lossy = estimated_bytes(Layout::quantised, plain_filter(Layout::quantised), subject);
  const auto challenges = [&](Strategy strategy) {
    return is_available(layout) && estimated_bytes(layout, strategy, subject) < lossy;
  };
  return layout == Layout::direct ? std::ranges::any_of(settings_.challengers, challenges)
                                  : challenges(plain_filter(layout));
}

const Workshop::Prepared& Workshop::prepared(const Image& pixels, const Subject& subject) {
  std::call_once(prepared_once_, [&] {
    prepared_.narrowed = narrow_exactly(pixels);
    prepared_.census = take_census(prepared_.narrowed ? *prepared_.narrowed : pixels, subject.for_each());
    prepared_.gamut = allowed_gamut(subject);
    prepared_.origin = find_origin(subject);
  });
  return prepared_;
}

Workshop::Made Workshop::make(Layout layout, const Subject& subject) {
  const Result<Image>& pixels = subject.pixels();
  if (!pixels) return tl::unexpected(pixels.error());
  if (pixels->model == ColorModel::cmyk)
    return fail(ErrorCode::unsupported, "PNG has no CMYK, and imgc does not convert it");
  const Prepared& from = prepared(*pixels, subject);
  if (is_quantised(layout)) return make_quantised(layout, *pixels, from, subject);
  if (is_rounded(layout)) return make_rounded(layout, *pixels, from, subject);

  const Image& image = from.narrowed ? *from.narrowed : *pixels;
  std::optional<Raster> raster = layout == Layout::direct
                                     ? direct_raster(image, from.census, from.gamut, subject.for_each())
                                     : make_indexed(layout, image, from, subject);
  if (!raster) return Unavailable{};
  Envelope envelope = write_metadata(subject.metadata(), from.origin, *raster, source_quality(subject));
  return Material{*std::move(raster), std::move(envelope), std::nullopt};
}

std::optional<Raster> Workshop::make_indexed(Layout layout, const Image& image, const Prepared& from,
                                             const Subject& subject) const {
  const std::vector<PaletteOrder>& orders =
      is_reindexed(layout) ? settings_.orders.filtered : settings_.orders.unfiltered;
  const bool from_source = std::ranges::find(orders, PaletteOrder::source) != orders.end();
  const std::optional<IndexedPicture> picture =
      index_colors(image, from.census, from.gamut,
                   from_source ? source_palette(subject) : std::vector<Color>{}, subject.for_each());
  if (!picture) return std::nullopt;
  return order_best(*picture, layout, subject.for_each());
}

// One filter judges for all: over 32 images the others, or a choice by row, chose no better.
Raster Workshop::order_best(const IndexedPicture& picture, Layout layout, const ForEach& for_each) const {
  const bool filtered = is_reindexed(layout);
  const std::vector<Sequence> sequences =
      order_palette(picture, filtered ? settings_.orders.filtered : settings_.orders.unfiltered, for_each);
  if (sequences.size() == 1) return indexed_raster(picture, sequences.front(), for_each);
  std::vector<std::size_t> sizes;
  sizes.reserve(sequences.size());
  for (const Sequence& sequence : sequences)
    sizes.push_back(estimate(indexed_raster(picture, sequence, for_each), {}, plain_filter(layout),
                             settings_.sampling, for_each));
  const auto best = static_cast<std::size_t>(std::ranges::min_element(sizes) - sizes.begin());
  return indexed_raster(picture, sequences[best], for_each);
}

const Result<std::variant<Quantised, Reason>>& Workshop::quantised(const Image& pixels,
                                                                   const Subject& subject) {
  std::call_once(quantised_once_, [&] {
    quantised_ =
        quantise(pixels, subject.metadata(), settings_.range, settings_.quantising, subject.for_each());
  });
  return *quantised_;
}

Workshop::Made Workshop::make_quantised(Layout layout, const Image& pixels, const Prepared& from,
                                        const Subject& subject) {
  if (from.gamut == Gamut::gray_only)
    return Unavailable{Reason{"gray_profile", "its colour profile forbids a palette"}};
  const Result<std::variant<Quantised, Reason>>& made = quantised(pixels, subject);
  if (!made) return tl::unexpected(made.error());
  if (const auto* reason = std::get_if<Reason>(&*made)) return Unavailable{*reason};
  const auto& quantised = std::get<Quantised>(*made);
  Raster raster = order_best(quantised.picture, layout, subject.for_each());
  // Alpha that is full nearly everywhere may round away. Whoever drew it may still depend on it.
  if (!from.census.opaque && raster.transparency.empty())
    return Unavailable{
        Reason{"alpha_too_faint", "a palette would lose its faint alpha, so nothing was lost"}};
  Origin origin = from.origin;
  origin.same_pixels = false;
  Envelope envelope = write_metadata(subject.metadata(), origin, raster, settings_.range.max);
  return Material{std::move(raster), std::move(envelope), quantised.quality};
}

Workshop::Made Workshop::make_rounded(Layout layout, const Image& pixels, const Prepared& from,
                                      const Subject& subject) {
  if (from.gamut != Gamut::gray_only) {
    const Result<std::variant<Quantised, Reason>>& palette = quantised(pixels, subject);
    if (!palette) return tl::unexpected(palette.error());
    if (std::holds_alternative<Quantised>(*palette)) return Unavailable{};
  }
  std::call_once(reference_once_, [&] {
    if (pixels.model != ColorModel::rgba || pixels.depth != 8) rgba_ = to_rgba8(pixels);
    reference_.emplace(imgc::Picture{rgba_ ? *rgba_ : pixels, subject.metadata()});
  });
  const Strategy filter = layout == Layout::rounded_paeth ? Strategy::paeth : Strategy::average;
  auto made = near_lossless(rgba_ ? *rgba_ : pixels, subject.metadata(), filter, settings_.least_score,
                            *reference_, subject.for_each());
  if (!made) return tl::unexpected(made.error());
  if (!*made) return Unavailable{};
  Raster raster =
      direct_raster(**made, take_census(**made, subject.for_each()), from.gamut, subject.for_each());
  Origin origin = from.origin;
  origin.same_pixels = false;
  Envelope envelope = write_metadata(subject.metadata(), origin, raster, settings_.range.max);
  return Material{std::move(raster), std::move(envelope), settings_.range.max};
}

}  // namespace imgc::png
