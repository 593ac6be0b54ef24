#include "formats/png/workshop.h"

#include <algorithm>
#include <utility>

#include "formats/png/header.h"
#include "formats/png/png.h"

namespace imgc::png {

// A profile speaks of gray or of colour samples, so with one the output stays on the side of the source.
Gamut allowed_gamut(const Subject& subject) {
  if (subject.metadata().find(MetadataKind::icc) == nullptr) return Gamut::any;
  return channel_count(subject.probe().model) <= 2 ? Gamut::gray_only : Gamut::color_only;
}

Origin find_origin(const Subject& subject) {
  Origin origin;
  origin.is_png = subject.probe().format == &png_format;
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

const Workshop::Made& Workshop::material(Layout layout, const Subject& subject) {
  Slot& slot = slots_[static_cast<std::size_t>(layout)];
  std::call_once(slot.once, [&] { slot.made = make(layout, subject); });
  return *slot.made;
}

const Workshop::Prepared& Workshop::prepared(const Image& pixels, const Subject& subject) {
  std::call_once(prepared_once_, [&] {
    prepared_.narrowed = narrow_exactly(pixels);
    prepared_.census = take_census(prepared_.narrowed ? *prepared_.narrowed : pixels);
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
  if (layout == Layout::quantised) return make_quantised(*pixels, from, subject);

  const Image& image = from.narrowed ? *from.narrowed : *pixels;
  std::optional<Raster> raster =
      layout == Layout::direct
          ? direct_raster(image, from.census, from.gamut)
          : indexed_raster(image, from.census, from.gamut,
                           layout == Layout::by_luma ? PaletteOrder::luma : PaletteOrder::use);
  if (!raster) return Unavailable{};
  Envelope envelope = write_metadata(subject.metadata(), from.origin, *raster, source_quality(subject));
  return Material{*std::move(raster), std::move(envelope), std::nullopt};
}

Workshop::Made Workshop::make_quantised(const Image& pixels, const Prepared& from,
                                        const Subject& subject) const {
  if (from.gamut == Gamut::gray_only)
    return Unavailable{Reason{"gray_profile", "its colour profile forbids a palette, so nothing was lost"}};
  Result<std::variant<Quantised, Reason>> made = quantise(pixels, range_);
  if (!made) return tl::unexpected(std::move(made.error()));
  if (auto* reason = std::get_if<Reason>(&*made)) return Unavailable{std::move(*reason)};
  auto& quantised = std::get<Quantised>(*made);
  // Alpha that is full nearly everywhere may round away. Whoever drew it may still depend on it.
  if (!from.census.opaque && quantised.raster.transparency.empty())
    return Unavailable{
        Reason{"alpha_too_faint", "a palette would lose its faint alpha, so nothing was lost"}};
  Origin origin = from.origin;
  origin.same_pixels = false;
  Envelope envelope = write_metadata(subject.metadata(), origin, quantised.raster, range_.max);
  return Material{std::move(quantised.raster), std::move(envelope), quantised.quality};
}

}  // namespace imgc::png
