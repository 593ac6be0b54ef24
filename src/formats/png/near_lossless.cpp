#include "formats/png/near_lossless.h"

#include <algorithm>

#include "formats/png/paeth.h"
#include "formats/png/reduce.h"

namespace imgc::png {
namespace {

constexpr std::array<Tolerance, 13> tolerances = {{{1, 0},
                                                   {1, 1},
                                                   {2, 1},
                                                   {2, 2},
                                                   {3, 2},
                                                   {3, 3},
                                                   {4, 3},
                                                   {4, 4},
                                                   {6, 4},
                                                   {6, 6},
                                                   {8, 6},
                                                   {8, 8},
                                                   {12, 12}}};

constexpr std::size_t channels = 4;

// The filters' predictions (PNG, section 9), of the samples to the left, above, and above that to the left.
int predict(Strategy filter, int left, int above, int above_left) {
  if (filter == Strategy::average) return (left + above) / 2;
  return predict_paeth(static_cast<std::int16_t>(left), static_cast<std::int16_t>(above),
                       static_cast<std::int16_t>(above_left));
}

// The value nearest to `sample` whose residue is a multiple of `2 * tolerance + 1`; itself when that is none.
int rounded(int sample, int prediction, int tolerance) {
  const int step = 2 * tolerance + 1;
  const int residue = sample - prediction;
  const int steps = residue >= 0 ? (residue + tolerance) / step : -((tolerance - residue) / step);
  const int value = prediction + steps * step;
  return value >= 0 && value <= 255 ? value : sample;
}

}  // namespace

Image round_residues(const Image& image, Strategy filter, Tolerance tolerance) {
  Image out = image;
  const std::size_t row_bytes = image.row_bytes();
  const Bytes nothing_above(row_bytes + channels, 0);
  const std::array<int, 3> tolerances_of = {tolerance.red_and_blue, tolerance.green, tolerance.red_and_blue};
  for (std::uint32_t y = 0; y < image.height; ++y) {
    std::uint8_t* row = out.row(y);
    const std::uint8_t* above = y == 0 ? nothing_above.data() : out.row(y - 1);
    for (std::size_t at = 0; at < row_bytes; at += channels) {
      const bool is_clear = row[at + 3] == 0;
      const bool is_first = at == 0;
      for (std::size_t c = 0; c < 3; ++c) {
        const int left = is_first ? 0 : row[at + c - channels];
        const int above_left = is_first ? 0 : above[at + c - channels];
        const int prediction = predict(filter, left, above[at + c], above_left);
        row[at + c] = static_cast<std::uint8_t>(
            is_clear ? prediction : rounded(row[at + c], prediction, tolerances_of[c]));
      }
    }
  }
  return out;
}

Result<std::optional<Image>> near_lossless(const Image& image, const Metadata& metadata, Strategy filter,
                                           double least_score, const ScoreReference& reference,
                                           const ForEach& for_each) {
  const bool gray = take_census(image, for_each).gray;
  std::optional<Image> best;
  std::size_t good =
      0;  // so many of the smallest tolerances are known to be good enough, or not worth a look
  std::size_t bad = tolerances.size();
  while (good < bad) {
    const std::size_t middle = (good + bad) / 2;
    Tolerance tolerance = tolerances[middle];
    if (gray) tolerance.red_and_blue = tolerance.green;
    Image made = round_residues(image, filter, tolerance);
    const Result<double> score = reference.score({made, metadata}, for_each);
    if (!score) return tl::unexpected(score.error());
    if (*score >= least_score) {
      best = std::move(made);
      good = middle + 1;
    } else {
      bad = middle;
    }
  }
  return best;
}

std::uint64_t rounding_bytes(const Probe& probe) {
  return 3 * channels * probe.pixel_count() + ScoreReference::held_bytes(probe) +
         ScoreReference::working_bytes(probe);
}

}  // namespace imgc::png
