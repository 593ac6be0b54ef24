#include "engine/verify.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "image/convert.h"
#include "image/metric.h"
#include "image/ssimulacra2.h"
#include "image/thumbnail.h"

namespace imgc {
namespace {

// A guard against broken pixels (swapped channels, a lost row), not a judgement of quality: noise squeezed
// into two colours still has 11 dB.
constexpr double least_psnr_db = 10;

// The same of what a glance sees: both are reduced to a thumbnail of about so many pixels, by two at least,
// which takes half a millisecond, and scored. Of 127 JPEGs, 132 PNGs, noise and patterns none came closer
// than 25 points to these bounds at qualities from 1 to 90. With channels swapped or rows shifted by eight,
// eleven photographs scored -64 to 61, the most of them below 40.
constexpr std::uint32_t thumbnail_pixels = 1U << 13U;
constexpr std::uint32_t least_factor = 2;
constexpr double least_score_of_any = -100;  // where chroma of fine patterns may be lost on purpose

double least_score(const Winner& winner, const Subject& subject, const Format& target) {
  const Probe& probe = subject.probe();
  const bool keeps_chroma =
      !target.codes_photographs || (is_coded_as(probe, target) && probe.coefficients > 0);
  if (!keeps_chroma || !winner.candidate.quality) return least_score_of_any;
  return std::min(40.0, least_score_of_any + 2.0 * *winner.candidate.quality);
}

constexpr unsigned opaque = 255;
constexpr unsigned see_through = 128;
constexpr std::uint32_t strip_rows = 64;

Result<void> refuse(const Winner& winner, const std::string& what) {
  return fail(ErrorCode::internal,
              fmt::format("{} made a result that {}; nothing was written. Please report this file",
                          winner.recipe, what));
}

// Of two of whatever has sides.
template <class Picture>
Result<void> check_size(const Winner& winner, const Picture& original, const Picture& made) {
  if (original.width == made.width && original.height == made.height) return {};
  return refuse(winner, fmt::format("is {}x{} instead of {}x{}", made.width, made.height, original.width,
                                    original.height));
}

// What is found of the pictures, whole or in parts of equal size.
class Comparison {
 public:
  Comparison(const Winner& winner, std::uint32_t width, std::uint32_t height, double least)
      : winner_(winner),
        least_score_(least),
        original_(width, height, Thumbnail::factor_for(width, height, thumbnail_pixels, least_factor)),
        made_(width, height, Thumbnail::factor_for(width, height, thumbnail_pixels, least_factor)) {}

  void add(const Image& original, const Image& made) {
    if (winner_.fidelity == Fidelity::exact) {
      same_ = same_ && same_pixels(original, made);
      return;
    }
    original_alpha_ = std::min(original_alpha_, lowest_alpha(original));
    made_alpha_ = std::min(made_alpha_, lowest_alpha(made));
    same_model_ = same_model_ && (original.model == ColorModel::cmyk) == (made.model == ColorModel::cmyk);
    if (!same_model_) return;
    error_.add(original, made);
    original_.add(original);
    made_.add(made);
  }

  [[nodiscard]] Result<void> result() const {
    if (!same_) return refuse(winner_, "differs from the original");
    if (winner_.fidelity == Fidelity::exact) return {};
    // A palette may round a nearly opaque pixel up; what shows through must go on doing so.
    if (original_alpha_ < see_through && made_alpha_ == opaque)
      return refuse(winner_, "lost the alpha channel");
    if (!same_model_) return refuse(winner_, "changed the colour model");
    if (const double likeness = error_.psnr(); likeness < least_psnr_db)
      return refuse(winner_, fmt::format("is not alike (PSNR {:.1f} dB)", likeness));
    return check_score();
  }

 private:
  [[nodiscard]] Result<void> check_score() const {
    if (original_.result().pixels.empty()) return {};
    const Metadata unknown;  // the same for both, since what they mean was not changed
    const Result<double> score = imgc::score({original_.result(), unknown}, {made_.result(), unknown});
    if (!score) return tl::unexpected(score.error());
    if (*score < least_score_)
      return refuse(winner_, fmt::format("is not alike (a thumbnail scores {:.0f})", *score));
    return {};
  }

  const Winner& winner_;
  double least_score_;
  Thumbnail original_;
  Thumbnail made_;
  bool same_ = true;
  bool same_model_ = true;
  unsigned original_alpha_ = opaque;
  unsigned made_alpha_ = opaque;
  SquaredError error_;
};

// Whether its pixels are nowhere yet, and those of its file.
bool comes_in_strips(const Subject& subject) {
  return subject.probe().format->read_strips != nullptr && !subject.probe().turned && !subject.is_decoded();
}

Result<void> verify_in_strips(const Winner& winner, const Subject& subject, const Format& target,
                              const Limits& strict) {
  const auto original = subject.probe().format->read_strips(subject.bytes(), subject.limits());
  if (!original) return tl::unexpected(original.error());
  // Here, since strips of the one that are not asked for would not be missed.
  const Result<Probe> probe = target.probe(winner.candidate.bytes, strict);
  if (!probe) return refuse(winner, "does not decode: " + probe.error().message);
  if (auto fits = check_size(winner, subject.probe(), *probe); !fits) return fits;
  const auto made = target.read_strips(winner.candidate.bytes, strict);
  if (!made) return refuse(winner, "does not decode: " + made.error().message);
  Comparison comparison(winner, subject.probe().width, subject.probe().height,
                        least_score(winner, subject, target));
  for (std::uint32_t y = 0; y < subject.probe().height; y += strip_rows) {
    const Result<Image> a = (*original)->next(strip_rows);
    if (!a) return tl::unexpected(a.error());
    const Result<Image> b = (*made)->next(strip_rows);
    if (!b) return refuse(winner, "does not decode: " + b.error().message);
    comparison.add(*a, *b);
  }
  return comparison.result();
}

}  // namespace

Result<void> verify(const Winner& winner, const Subject& subject, const Format& target,
                    std::optional<Rgb> background) {
  Limits strict = subject.limits();
  strict.accept_damage = false;
  if (comes_in_strips(subject) && target.read_strips != nullptr)
    return verify_in_strips(winner, subject, target, strict);
  const Result<Image>& original = subject.pixels();
  if (!original) return tl::unexpected(original.error());
  const Result<Image> made = target.decode(winner.candidate.bytes, strict);
  if (!made) return refuse(winner, "does not decode: " + made.error().message);
  if (auto fits = check_size(winner, *original, *made); !fits) return fits;
  Comparison comparison(winner, original->width, original->height, least_score(winner, subject, target));
  if (winner.fidelity == Fidelity::perceptual && !target.holds_alpha && has_transparency(*original))
    comparison.add(flatten(*original, background.value_or(Rgb{})), *made);
  else
    comparison.add(*original, *made);
  return comparison.result();
}

Result<void> read_through(const Subject& subject) {
  if (!comes_in_strips(subject)) {
    if (!subject.pixels()) return tl::unexpected(subject.pixels().error());
    return {};
  }
  const auto strips = subject.probe().format->read_strips(subject.bytes(), subject.limits());
  if (!strips) return tl::unexpected(strips.error());
  for (std::uint32_t y = 0; y < subject.probe().height; y += strip_rows)
    if (const Result<Image> strip = (*strips)->next(strip_rows); !strip) return tl::unexpected(strip.error());
  return {};
}

Result<void> verify_by_rows(const Winner& winner, const Subject& subject, const Format& target) {
  const Result<bool> same = target.same_picture(subject.bytes(), winner.candidate.bytes, subject.limits());
  if (!same) return refuse(winner, "does not decode: " + same.error().message);
  if (!*same) return refuse(winner, "differs from the original");
  return {};
}

}  // namespace imgc
