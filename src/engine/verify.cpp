#include "engine/verify.h"

#include <fmt/format.h>

#include "image/convert.h"
#include "image/metric.h"

namespace imgc {
namespace {

// A guard against broken pixels (swapped channels, a lost row), not a judgement of quality: noise squeezed
// into two colours still has 11 dB.
constexpr double least_psnr_db = 10;
constexpr unsigned opaque = 255;
constexpr unsigned see_through = 128;

Result<void> refuse(const Winner& winner, const std::string& what) {
  return fail(ErrorCode::internal,
              fmt::format("{} made a result that {}; nothing was written. Please report this file",
                          winner.recipe, what));
}

Result<void> verify_likeness(const Winner& winner, const Image& original, const Image& made) {
  if (original.width != made.width || original.height != made.height)
    return refuse(winner, fmt::format("is {}x{} instead of {}x{}", made.width, made.height, original.width,
                                      original.height));
  // A palette may round a nearly opaque pixel up; what shows through must go on doing so.
  if (lowest_alpha(original) < see_through && lowest_alpha(made) == opaque)
    return refuse(winner, "lost the alpha channel");
  if ((original.model == ColorModel::cmyk) != (made.model == ColorModel::cmyk))
    return refuse(winner, "changed the colour model");
  const double likeness = psnr(original, made);
  if (likeness < least_psnr_db) return refuse(winner, fmt::format("is not alike (PSNR {:.1f} dB)", likeness));
  return {};
}

}  // namespace

Result<void> verify(const Winner& winner, const Subject& subject, const Format& target,
                    std::optional<Rgb> background) {
  const Result<Image>& original = subject.pixels();
  if (!original) return tl::unexpected(original.error());
  Limits strict = subject.limits();
  strict.accept_damage = false;
  const Result<Image> made = target.decode(winner.candidate.bytes, strict);
  if (!made) return refuse(winner, "does not decode: " + made.error().message);

  if (winner.fidelity == Fidelity::exact) {
    if (!same_pixels(*original, *made)) return refuse(winner, "differs from the original");
    return {};
  }
  if (!target.holds_alpha && has_transparency(*original))
    return verify_likeness(winner, flatten(*original, background.value_or(Rgb{})), *made);
  return verify_likeness(winner, *original, *made);
}

Result<void> verify_by_rows(const Winner& winner, const Subject& subject, const Format& target) {
  const Result<bool> same = target.same_picture(subject.bytes(), winner.candidate.bytes, subject.limits());
  if (!same) return refuse(winner, "does not decode: " + same.error().message);
  if (!*same) return refuse(winner, "differs from the original");
  return {};
}

}  // namespace imgc
