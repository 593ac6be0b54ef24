// SSIMULACRA 2.1: how alike two images look, after the definition that its author published
// (https://github.com/cloudinary/ssimulacra2). 100 is identical, 90 can't be told apart, 70 is high quality,
// 50 medium, 30 low; there is no lower bound.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "imgc/image.h"
#include "imgc/result.h"

#include "base/for_each.h"

namespace imgc {

namespace ssimulacra2 {
struct Kernels;
class Pyramid;
const Kernels& best_kernels();
}  // namespace ssimulacra2

enum class Precision : std::uint8_t {
  full,
  // Without channels that hardly weigh at a scale, which are both of colour at 1:1. Over 196 pairs at most
  // 0.0013 points off.
  quick,
};

// An image, and the metadata that says what its samples mean: ICC profile, and PNG's sRGB, gAMA and cHRM.
// Only looked at, and only during the call.
struct Picture {
  const Image& image;
  const Metadata& metadata;
};

// The same of few colours.
struct PalettePicture {
  std::span<const std::uint8_t> indexes;  // row by row, the places of colours
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  const Image& colors;  // in one row
  const Metadata& metadata;
};

// One image as the measure of many: its planes in XYB are made once, and kept. Pure: the score depends on the
// two images alone; instruction sets differ in how they add up a row, which shows in the eighth digit. Safe
// to use from many threads, and one score may use several: what `for_each` goes about are channels and
// scales, since the recursions down the columns carry their rounding along, so that bands would not add up to
// the same.
//
// Sizes must be equal. An image with a side below 8 counts as if its last column or row went on to 8. A
// reference with alpha is compared on a dark and on a light background, and the worse of the two is the
// score; for one without, a distorted image with alpha is laid on mid-gray. CMYK is seen through its profile,
// or as light times black.
class ScoreReference {
 public:
  // Peak memory beside the images themselves: of the reference, which is 16 bytes a pixel, or 8 for quick
  // scores, and twice that with transparency; and of one score() against it.
  static std::uint64_t held_bytes(const Probe& probe, Precision precision = Precision::full);
  static std::uint64_t working_bytes(const Probe& probe);

  explicit ScoreReference(const Picture& reference, Precision precision = Precision::full,
                          const ssimulacra2::Kernels& kernels = ssimulacra2::best_kernels());
  ~ScoreReference();
  ScoreReference(ScoreReference&&) noexcept;
  ScoreReference& operator=(ScoreReference&&) noexcept;

  [[nodiscard]] Result<double> score(const Picture& distorted,
                                     const ForEach& for_each = one_after_the_other) const;
  // As of the image that it shows, in less time.
  [[nodiscard]] Result<double> score(const PalettePicture& distorted,
                                     const ForEach& for_each = one_after_the_other) const;

 private:
  template <class Rows, class Distorted>
  [[nodiscard]] double worst_score(const Distorted& distorted, bool shows_through,
                                   const ForEach& for_each) const;

  const ssimulacra2::Kernels* kernels_;
  double left_out_;  // errors of at most this weight are
  std::uint32_t width_;
  std::uint32_t height_;
  bool alpha_;  // the reference has the channel, opaque or not
  std::vector<std::shared_ptr<const ssimulacra2::Pyramid>> pyramids_;  // by background
};

// The same for a single pair, in no more memory than some rows take.
[[nodiscard]] Result<double> score(const Picture& reference, const Picture& distorted,
                                   const ForEach& for_each = one_after_the_other,
                                   const ssimulacra2::Kernels& kernels = ssimulacra2::best_kernels());

}  // namespace imgc
