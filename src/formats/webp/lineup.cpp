// The recipes of WebP:
//   webp-remux     exact; the same bitstream in the smallest container, with the metadata that goes out
//   webp-lossless  exact; the pixels as VP8L. Never of a lossy WebP, where it is always larger. When quality
//                  is asked for, only for graphics of few colours: of 132 PNGs it beat quality 75 on 28, all
//                  but one below 1,100 colours, and made the sum 7 % smaller
//   webp-lossy     perceptual; the pixels as VP8 at the maximum of the asked quality range. libwebp's quality
//                  promises nothing about the result that could fall below a minimum, so MIN has no effect
#include "formats/webp/lineup.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "formats/webp/encode.h"
#include "formats/webp/metadata.h"
#include "formats/webp/riff.h"
#include "formats/webp/webp.h"
#include "image/convert.h"

namespace imgc::webp {
namespace {

// How far the estimate of a quality may lie above the quality that libwebp was given. Measured on 192 images
// at 15 qualities from 30 to 98: never more than 1.
constexpr int quality_slack = 2;

// Where lossless may compete with lossy.
constexpr std::size_t few_colors = 2048;
constexpr std::uint64_t competing_pixels = 9'000'000;  // a 4K screen; it takes much more memory than lossy

bool is_webp(const Probe& probe) {
  return probe.format == &webp_format;
}

std::uint64_t working_bytes(const Probe& probe, double a_pixel) {
  constexpr std::uint64_t tables = std::uint64_t{6}
                                   << 20U;  // a lossless coder's histograms, whatever the size
  const std::uint64_t narrowed = probe.depth > 8 ? probe.decoded_bytes() / 2 : 0;
  return tables + narrowed + static_cast<std::uint64_t>(static_cast<double>(probe.pixel_count()) * a_pixel);
}

// The bitstream in a new container with the metadata that goes out.
Attempt pack(const Subject& subject, const Bitstream& bitstream, std::optional<int> quality,
             std::size_t bound) {
  const Result<Extras> beside = extras(subject.metadata(), is_webp(subject.probe()));
  if (!beside) return tl::unexpected(beside.error());
  std::optional<Bytes> bytes = assemble(bitstream, *beside, bound);
  if (!bytes) return Declined{};
  return Candidate{*std::move(bytes), quality};
}

Attempt run_remux(const Subject& subject, std::size_t bound) {
  const Result<Container> container = walk(subject.bytes());
  if (!container) return tl::unexpected(container.error());
  if (!container->bitstream || !container->whole)
    return fail(ErrorCode::truncated, "the file ends before its image does");
  return pack(subject, *container->bitstream, std::nullopt, bound);
}

// libwebp's file, taken apart and put together again around the metadata.
Attempt repack(const Subject& subject, Result<std::optional<Bytes>> encoded, std::optional<int> quality,
               std::size_t bound) {
  if (!encoded) return tl::unexpected(std::move(encoded.error()));
  if (!*encoded) return Declined{};
  const Result<Container> container = walk(**encoded);
  if (!container) return tl::unexpected(container.error());
  if (!container->bitstream) return fail(ErrorCode::internal, "libwebp made a file without an image");
  return pack(subject, *container->bitstream, quality, bound);
}

// What would be refused is refused before the work.
Result<void> check_metadata(const Subject& subject) {
  const Result<Extras> beside = extras(subject.metadata(), is_webp(subject.probe()));
  if (!beside) return tl::unexpected(beside.error());
  return {};
}

// Counts 8-bit colours, alpha included, and gives up early on photographs.
bool has_few_colors(const Image& image) {
  constexpr std::size_t slots = 4 * few_colors;
  std::vector<std::uint64_t> table(slots, 0);  // a colour and a bit above it, or 0
  std::vector<std::uint8_t> rgba(std::size_t{4} * image.width);
  std::size_t colors = 0;
  std::uint64_t last = 0;
  for (std::uint32_t y = 0; y < image.height; ++y) {
    rgba_row(image, y, rgba.data());
    for (std::size_t i = 0; i < rgba.size(); i += 4) {
      const std::uint64_t color = std::uint64_t{1} << 32U | read_le(&rgba[i], 4);
      if (color == last) continue;
      last = color;
      std::size_t slot = color * 0x9E3779B97F4A7C15U >> 32U & (slots - 1);
      while (table[slot] != 0 && table[slot] != color) slot = (slot + 1) & (slots - 1);
      if (table[slot] == color) continue;
      table[slot] = color;
      if (++colors > few_colors) return false;
    }
  }
  return true;
}

// When `competing`, the user would also take less than the exact pixels.
Attempt run_lossless(const Subject& subject, Lossless coding, bool competing, std::size_t bound) {
  if (auto good = check_metadata(subject); !good) return tl::unexpected(std::move(good.error()));
  const Result<Image>& pixels = subject.pixels();
  if (!pixels) return tl::unexpected(pixels.error());
  if (pixels->depth == 8) {
    if (competing && !has_few_colors(*pixels)) return Declined{};
    return repack(subject, encode(*pixels, coding, bound), std::nullopt, bound);
  }
  const Image narrowed = to_8bit(*pixels);
  if (competing && !has_few_colors(narrowed)) return Declined{};
  if (same_pixels(narrowed, *pixels))
    return repack(subject, encode(narrowed, coding, bound), std::nullopt, bound);
  if (competing) return Declined{};
  return fail(ErrorCode::refused,
              "its 16-bit samples do not fit into WebP's 8 bits without loss; use --lossy to round them");
}

Attempt run_lossy(const Subject& subject, Lossy coding, std::size_t bound) {
  if (auto good = check_metadata(subject); !good) return tl::unexpected(std::move(good.error()));
  const Result<Image>& pixels = subject.pixels();
  if (!pixels) return tl::unexpected(pixels.error());
  if (pixels->depth == 8) return repack(subject, encode(*pixels, coding, bound), coding.quality, bound);
  return repack(subject, encode(to_8bit(*pixels), coding, bound), coding.quality, bound);
}

Recipe remux_recipe() {
  return {"webp-remux", Fidelity::exact, 0, {}, run_remux};
}

Recipe lossless_recipe(const Probe& probe, Lossless coding, bool competing) {
  return {"webp-lossless",
          Fidelity::exact,
          working_bytes(probe, working_bytes_a_pixel(coding)),
          {},
          [coding, competing](const Subject& subject, std::size_t bound) {
            return run_lossless(subject, coding, competing, bound);
          }};
}

Recipe lossy_recipe(const Probe& probe, Lossy coding) {
  return {"webp-lossy",
          Fidelity::perceptual,
          working_bytes(probe, working_bytes_a_pixel(coding, has_alpha(probe.model))),
          {},
          [coding](const Subject& subject, std::size_t bound) { return run_lossy(subject, coding, bound); }};
}

Result<void> check_source(const Probe& probe) {
  if (probe.frames > 1) return fail(ErrorCode::refused, "it is animated; only its first frame would be left");
  if (probe.model == ColorModel::cmyk) return fail(ErrorCode::unsupported, "WebP has no CMYK");
  if (std::max(probe.width, probe.height) > most_side)
    return fail(ErrorCode::refused, fmt::format("{}x{} pixels do not fit a WebP, whose sides are at most {}",
                                                probe.width, probe.height, most_side));
  return {};
}

// A WebP whose pixels have been turned does not get better by that.
int quality_for(const Probe& probe, const Options& options) {
  const int asked = options.quality.of(webp_format.name).max;
  return is_webp(probe) && probe.turned ? std::min(asked, probe.quality.value_or(asked)) : asked;
}

bool is_lossless_worthwhile(const Probe& probe, bool perceptual) {
  if (!perceptual) return !is_webp(probe) || !probe.lossy;
  return !probe.lossy && probe.pixel_count() <= competing_pixels;
}

}  // namespace

Result<Lineup> lineup(const Probe& probe, const Options& options) {
  if (auto good = check_source(probe); !good) return tl::unexpected(std::move(good.error()));
  const bool perceptual = options.fidelity == Fidelity::perceptual;
  const Lossy lossy{quality_for(probe, options), options.effort};
  Lineup lineup;
  const bool coded_so = is_coded_as(probe, webp_format);
  if (coded_so) lineup.recipes.push_back(remux_recipe());
  if (is_lossless_worthwhile(probe, perceptual))
    lineup.recipes.push_back(lossless_recipe(probe, {options.effort}, perceptual));
  if (!perceptual) return lineup;

  if (coded_so && probe.lossy && probe.quality && *probe.quality <= lossy.quality + quality_slack) {
    lineup.note = Reason{
        "already_at_quality",
        fmt::format("already at or below the quality (about {}, asked {})", *probe.quality, lossy.quality)};
    return lineup;
  }
  lineup.recipes.push_back(lossy_recipe(probe, lossy));
  return lineup;
}

}  // namespace imgc::webp
