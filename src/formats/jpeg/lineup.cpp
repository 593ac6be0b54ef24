#include "formats/jpeg/lineup.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "formats/jpeg/attachments.h"
#include "formats/jpeg/coefficients.h"
#include "formats/jpeg/forward.h"
#include "formats/jpeg/jpeg.h"
#include "formats/jpeg/metadata.h"
#include "formats/jpeg/reference_steps.h"
#include "formats/jpeg/requantise.h"
#include "formats/jpeg/write.h"
#include "image/convert.h"

namespace imgc::jpeg {
namespace {

// Requantising by so little can come out larger than the exact transcode, which then competes.
constexpr int near_quality = 1;
// Below these baseline files can be smaller, since they have one scan header and one set of tables.
constexpr std::uint64_t small_pixels_fast = 50'000;
constexpr std::uint64_t small_pixels = 400'000;
constexpr std::uint32_t largest_side = 65500;  // libjpeg's JPEG_MAX_DIMENSION

// Lossy at the least effort is for those who have no time to lose; the others gain from a look. By what was
// asked and not by the recipe, so that a second run over lossy output finds the same scans again.
Search search_for(const Options& options) {
  switch (options.effort) {
    case Effort::fast:
      return options.fidelity == Fidelity::perceptual ? Search::none : Search::quick;
    case Effort::normal:
      return Search::normal;
    case Effort::high:
      return Search::thorough;
    case Effort::max:
      return Search::full;
  }
  return Search::normal;
}

// What is to stand behind the image; null when nothing is.
const MetadataItem* attachment_in(const Metadata& metadata) {
  const auto found = std::ranges::find_if(metadata.items, [](const MetadataItem& item) {
    return item.kind == MetadataKind::attached && item.name == attachment_name;
  });
  return found == metadata.items.end() ? nullptr : &*found;
}

Attempt write_candidate(const Coefficients& coefficients, const Subject& subject, Coding coding,
                        Search search, std::optional<int> quality, std::size_t bound) {
  const Metadata& metadata = subject.metadata();
  const MetadataItem* attached = attachment_in(metadata);
  if (attached != nullptr) bound -= std::min(bound, attached->data.size());
  const auto head = metadata_segments(metadata, coefficients.color_space(), coefficients.has_adobe_marker());
  if (!head) return tl::unexpected(head.error());
  auto written = write(coefficients, coding, search, *head, bound);
  if (!written) return tl::unexpected(written.error());
  if (!*written) return Declined{};
  if (attached != nullptr) attach(**written, subject.bytes(), attached->data);
  return Candidate{std::move(**written), quality};
}

// `quality` is what to requantise to; without it the coefficients stay as they are.
Attempt transcode(const Subject& subject, Coding coding, Search search, std::optional<int> quality,
                  std::size_t bound) {
  auto coefficients = Coefficients::read(subject.bytes(), subject.limits());
  if (!coefficients) return tl::unexpected(coefficients.error());
  if (!coefficients->complete())
    return Declined{Reason{"incomplete_progressive", "a progressive JPEG that lacks its last scans"}};
  if (quality) requantise(*coefficients, *quality);
  return write_candidate(*coefficients, subject, coding, search, quality, bound);
}

// The coefficients, and what writes them.
std::uint64_t transcoding_bytes(std::uint64_t pixels, std::uint64_t coefficients, Coding coding,
                                Search search) {
  return coefficient_bytes(coefficients) + writing_bytes(pixels, coefficients, coding, search);
}

Recipe transcoder(std::string name, const Probe& probe, Coding coding, Search search,
                  std::optional<int> quality) {
  return {
      .name = std::move(name),
      .fidelity = quality ? Fidelity::perceptual : Fidelity::exact,
      .working_bytes = transcoding_bytes(probe.pixel_count(), probe.coefficients, coding, search),
      .estimate = {},
      .run = [coding, search, quality](
                 const Subject& subject,
                 std::size_t bound) { return transcode(subject, coding, search, quality, bound); },
  };
}

// Both ways to code it, or the one that is asked for, or the one that is sure to be smaller. `name` stands
// before the coding's.
void add_codings(Lineup& lineup, const std::string& name, const Probe& probe, const Options& options,
                 std::optional<int> quality) {
  const bool is_small =
      probe.pixel_count() < (options.effort == Effort::fast ? small_pixels_fast : small_pixels);
  if (options.jpeg_coding != JpegCoding::sequential)
    lineup.recipes.push_back(
        transcoder(name + "progressive", probe, Coding::progressive, search_for(options), quality));
  if (options.jpeg_coding == JpegCoding::sequential ||
      (options.jpeg_coding == JpegCoding::smallest && is_small))
    lineup.recipes.push_back(
        transcoder(name + "baseline", probe, Coding::sequential, search_for(options), quality));
}

Lineup exact_lineup(const Probe& probe, const Options& options) {
  Lineup lineup;
  add_codings(lineup, "jpeg-", probe, options, std::nullopt);
  return lineup;
}

Lineup requantising_lineup(const Probe& probe, const Options& options, int quality) {
  Lineup lineup;
  add_codings(lineup, "jpeg-requantise-", probe, options, quality);
  if (probe.quality && *probe.quality <= quality + near_quality)
    add_codings(lineup, "jpeg-", probe, options, std::nullopt);
  return lineup;
}

Lineup lineup_from_jpeg(const Probe& probe, const Options& options) {
  if (options.fidelity == Fidelity::exact) return exact_lineup(probe, options);
  const int quality = options.quality.of(jpeg_format.name).max;
  if (!probe.quality || *probe.quality > quality) return requantising_lineup(probe, options, quality);
  Lineup lineup = exact_lineup(probe, options);
  lineup.note =
      Reason{"already_at_quality", "already at or below the quality (" + std::to_string(*probe.quality) +
                                       " against " + std::to_string(quality) + ")"};
  return lineup;
}

// Where shared samples would lose more than quantisation does, sharing them saves nothing at equal looks.
Subsampling subsampling_for(const Image& image, ChromaSampling asked, int quality) {
  constexpr int full_chroma_from = 90;
  constexpr double hidden_by_quantisation = 100;
  const double scale = scale_of_quality(quality);
  switch (asked) {
    case ChromaSampling::yuv420:
      return {2, 2};
    case ChromaSampling::yuv422:
      return {2, 1};
    case ChromaSampling::yuv444:
      return {1, 1};
    case ChromaSampling::automatic:
      break;
  }
  if (quality >= full_chroma_from || chroma_detail(image) > hidden_by_quantisation * scale * scale)
    return {1, 1};
  return {2, 2};
}

// A JPEG whose pixels had to be turned does not get better by that.
int pixel_quality(const Probe& probe, const Options& options) {
  const int asked = options.quality.of(jpeg_format.name).max;
  return probe.format == &jpeg_format ? std::min(asked, probe.quality.value_or(asked)) : asked;
}

Coding coding_of_pixels(const Options& options) {
  return options.jpeg_coding == JpegCoding::sequential ? Coding::sequential : Coding::progressive;
}

Attempt encode_pixels(const Subject& subject, const Options& options, std::size_t bound) {
  const int quality = pixel_quality(subject.probe(), options);
  if (const auto same = check_color_items(subject.metadata()); !same) return tl::unexpected(same.error());
  const Result<Image>& pixels = subject.pixels();
  if (!pixels) return tl::unexpected(pixels.error());
  const bool transparent = has_transparency(*pixels);
  if (transparent && !options.background)
    return fail(ErrorCode::refused,
                "the image has transparent pixels, which JPEG can't hold; give --background COLOR");
  std::optional<Image> flat;
  if (transparent) flat = flatten(*pixels, *options.background);
  const Image& opaque = flat ? *flat : *pixels;
  auto coefficients = forward_transform(opaque, subsampling_for(opaque, options.chroma, quality));
  if (!coefficients) return tl::unexpected(coefficients.error());
  flat.reset();
  requantise(*coefficients, quality);
  return write_candidate(*coefficients, subject, coding_of_pixels(options), search_for(options), quality,
                         bound);
}

Result<Lineup> lineup_from_pixels(const Probe& probe, const Options& options) {
  if (options.fidelity == Fidelity::exact)
    return fail(ErrorCode::refused, "JPEG can't hold these pixels exactly; add --lossy");
  if (probe.frames > 1)
    return fail(ErrorCode::refused,
                "JPEG can't hold the image's " + std::to_string(probe.frames) + " frames");
  if (probe.model == ColorModel::cmyk)
    return fail(ErrorCode::refused, "CMYK pixels can't be converted to JPEG");
  if (probe.width > largest_side || probe.height > largest_side)
    return fail(ErrorCode::refused, "JPEG can't hold more than 65500 pixels a side");
  const unsigned channels = channel_count(probe.model);
  Lineup lineup;
  lineup.recipes.push_back({
      .name = "jpeg-pixels",
      .fidelity = Fidelity::perceptual,
      // A converted copy of the pixels, then the coefficients and their tokens.
      .working_bytes =
          probe.pixel_count() * channels + transcoding_bytes(probe.pixel_count(), 3 * probe.pixel_count(),
                                                             coding_of_pixels(options), search_for(options)),
      .estimate = {},
      .run = [options](const Subject& subject,
                       std::size_t bound) { return encode_pixels(subject, options, bound); },
  });
  return lineup;
}

}  // namespace

Result<Lineup> lineup(const Probe& probe, const Options& options) {
  if (is_coded_as(probe, jpeg_format)) return lineup_from_jpeg(probe, options);
  return lineup_from_pixels(probe, options);
}

}  // namespace imgc::jpeg
