#include "image/ssimulacra2.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "image/convert.h"
#include "image/ssimulacra2/comparison.h"
#include "image/ssimulacra2/needs.h"

namespace imgc {
namespace {

using namespace ssimulacra2;

constexpr float dark = 0.1F;
constexpr float light = 0.9F;
constexpr float between = 0.5F;

// Between the weights of up to 0.002 and those from 0.28 on there are none.
constexpr double hardly_any_weight = 0.01;
double left_out_by(Precision precision) {
  return precision == Precision::quick ? hardly_any_weight : 0;
}

Result<void> check_sizes(std::uint32_t width, std::uint32_t height, std::uint32_t distorted_width,
                         std::uint32_t distorted_height) {
  if (width == 0 || height == 0) return fail(ErrorCode::malformed, "the image is empty");
  if (distorted_width == width && distorted_height == height) return {};
  return fail(ErrorCode::refused,
              fmt::format("it is {}x{} and the reference {}x{}; only images of one size can be compared",
                          distorted_width, distorted_height, width, height));
}

// The backgrounds that can make a difference. One is enough where nothing shows through.
std::vector<float> backgrounds(bool reference_has_alpha, bool something_shows_through) {
  if (!reference_has_alpha) return {between};
  if (!something_shows_through) return {dark};
  return {dark, light};
}

Pyramid pyramid(const Picture& picture, float background, std::size_t kept, double left_out,
                const Kernels& kernels) {
  return {std::make_unique<ImageRows>(picture, background), kept, left_out, kernels};
}

// Of one scale: the rows in XYB and two linear ones of two images; per channel five planes of eleven rows,
// six states and one of scratch; a row of zeros and one as read.
std::uint64_t row_bytes(std::uint64_t width) {
  constexpr std::uint64_t images = 2 * (rows_compared + 2);
  constexpr std::uint64_t rows = reach_back + reach_ahead + 2 + std::uint64_t{2} * sections;
  constexpr std::uint64_t floats = channels * (images + most_planes * rows) + 5;
  return padded(width + 1) * floats * sizeof(float);
}

std::vector<Size> sizes_of(const Probe& probe) {
  return scale_sizes(std::max<std::size_t>(probe.width, least_side),
                     std::max<std::size_t>(probe.height, least_side));
}

// Turns of a few rows of a small image are over before another thread is awake.
ForEach threads_for(std::uint32_t width, const ForEach& for_each) {
  constexpr std::uint32_t wide = 512;
  return width >= wide ? for_each : ForEach(one_after_the_other);
}

}  // namespace

std::uint64_t ScoreReference::held_bytes(const Probe& probe, Precision precision) {
  constexpr std::uint64_t longest_side = std::uint64_t{1} << 28U;
  if (probe.width > longest_side || probe.height > longest_side)
    return std::numeric_limits<std::uint64_t>::max();
  const std::vector<Size> sizes = sizes_of(probe);
  std::uint64_t floats = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const bool luma_only = needs_luma_only(i, sizes.size(), left_out_by(precision));
    floats += padded(sizes[i].width) * sizes[i].height * (luma_only ? 1 : channels);
    floats += std::uint64_t{2} * channels * padded(sizes[i].width + 1);  // linear
  }
  return floats * sizeof(float) * (has_alpha(probe.model) ? 2 : 1);
}

std::uint64_t ScoreReference::working_bytes(const Probe& probe) {
  std::uint64_t bytes = 0;
  for (const Size& size : sizes_of(probe)) bytes += row_bytes(size.width);
  return bytes;
}

ScoreReference::ScoreReference(const Picture& reference, Precision precision, const Kernels& kernels)
    : kernels_(&kernels),
      left_out_(left_out_by(precision)),
      width_(reference.image.width),
      height_(reference.image.height),
      alpha_(has_alpha(reference.image.model)) {
  if (width_ == 0 || height_ == 0) return;
  // An opaque reference with alpha may yet meet a distorted image that is not; both backgrounds see the same
  // of it.
  for (const float background : backgrounds(alpha_, has_transparency(reference.image))) {
    auto made = std::make_shared<Pyramid>(pyramid(reference, background, all_rows, left_out_, kernels));
    while (made->made(0) < made->sizes().front().height) made->advance();
    pyramids_.push_back(std::move(made));
  }
}

ScoreReference::~ScoreReference() = default;
ScoreReference::ScoreReference(ScoreReference&&) noexcept = default;
ScoreReference& ScoreReference::operator=(ScoreReference&&) noexcept = default;

template <class Rows, class Distorted>
double ScoreReference::worst_score(const Distorted& distorted, bool shows_through,
                                   const ForEach& for_each) const {
  double worst = 100;
  const std::vector<float> seen_on = backgrounds(alpha_, pyramids_.size() > 1 || shows_through);
  for (std::size_t i = 0; i < seen_on.size(); ++i) {
    Pyramid other(std::make_unique<Rows>(distorted, seen_on[i]), rows_compared, left_out_, *kernels_);
    const Pyramid& reference = *pyramids_[std::min(i, pyramids_.size() - 1)];
    worst = std::min(
        worst, score_of(compare(reference, other, left_out_, *kernels_, threads_for(width_, for_each))));
  }
  return worst;
}

Result<double> ScoreReference::score(const Picture& distorted, const ForEach& for_each) const {
  if (auto same = check_sizes(width_, height_, distorted.image.width, distorted.image.height); !same)
    return tl::unexpected(same.error());
  return worst_score<ImageRows>(distorted, has_transparency(distorted.image), for_each);
}

Result<double> ScoreReference::score(const PalettePicture& distorted, const ForEach& for_each) const {
  if (auto same = check_sizes(width_, height_, distorted.width, distorted.height); !same)
    return tl::unexpected(same.error());
  return worst_score<PaletteRows>(distorted, has_transparency(distorted.colors), for_each);
}

Result<double> score(const Picture& reference, const Picture& distorted, const ForEach& for_each,
                     const Kernels& kernels) {
  if (auto same = check_sizes(reference.image.width, reference.image.height, distorted.image.width,
                              distorted.image.height);
      !same)
    return tl::unexpected(same.error());
  double worst = 100;
  const bool shows = has_transparency(reference.image) || has_transparency(distorted.image);
  for (const float background : backgrounds(has_alpha(reference.image.model), shows)) {
    Pyramid first = pyramid(reference, background, rows_compared, 0, kernels);
    Pyramid second = pyramid(distorted, background, rows_compared, 0, kernels);
    worst = std::min(worst,
                     score_of(compare(first, second, kernels, threads_for(distorted.image.width, for_each))));
  }
  return worst;
}

}  // namespace imgc
