// What the recipes of one lineup make from one subject and share: each thing once, when first asked for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/format.h"
#include "formats/png/encode.h"
#include "formats/png/filter.h"
#include "formats/png/metadata.h"
#include "formats/png/quantise.h"
#include "formats/png/raster.h"
#include "formats/png/reduce.h"
#include "image/ssimulacra2.h"

namespace imgc::png {

enum class Layout : std::uint8_t {
  direct,               // without a palette
  indexed,              // with a palette of exactly the image's colours
  reindexed,            // the same, in an order that suits filters
  quantised,            // with a palette that loses
  quantised_reindexed,  // the same, in an order that suits filters
  rounded_average,      // without one, near-lossless for the filter, where no palette will do
  rounded_paeth,
};
inline constexpr std::size_t layouts = std::size_t{static_cast<std::uint8_t>(Layout::rounded_paeth)} + 1;

// The orders, at least one, from which a palette's is chosen: the one that makes the picture smallest …
struct OrderChoice {
  std::vector<PaletteOrder> unfiltered;  // … as it is
  std::vector<PaletteOrder> filtered;    // … when it is filtered: of reindexed layouts
};

struct WorkshopSettings {
  QualityRange range;
  double least_score = 0;  // of rounded layouts
  OrderChoice orders;
  QuantiseSettings quantising;
  std::vector<Strategy> challengers;  // filters of the direct layout; with a palette it is the plain one
  Sampling sampling = Sampling::thorough;
};

// A layout that an image can't have, with the reason if the user should know it.
struct Unavailable {
  std::optional<Reason> reason;
};

struct Material {
  Raster raster;
  Envelope envelope;
  std::optional<int> quality;  // of a lossy raster
};

inline bool is_reindexed(Layout layout) {
  return layout == Layout::reindexed || layout == Layout::quantised_reindexed;
}

inline bool is_quantised(Layout layout) {
  return layout == Layout::quantised || layout == Layout::quantised_reindexed;
}

inline bool is_rounded(Layout layout) {
  return layout == Layout::rounded_average || layout == Layout::rounded_paeth;
}

inline bool is_lossy(Layout layout) {
  return is_quantised(layout) || is_rounded(layout);
}

// Filters hardly help indexes, and if, only where neighbours in the picture are neighbours in the palette.
inline Strategy plain_filter(Layout layout) {
  return is_reindexed(layout) ? Strategy::sub : Strategy::none;
}

// What an output for the subject must keep to.
Gamut allowed_gamut(const Subject& subject);
Origin find_origin(const Subject& subject);
std::optional<int> source_quality(const Subject& subject);

// Serves one subject: the one of the first call. Safe to use from many threads.
class Workshop {
 public:
  using Made = Result<std::variant<Material, Unavailable>>;

  explicit Workshop(WorkshopSettings settings) : settings_(std::move(settings)) {}

  // The reference lives as long as the workshop.
  const Made& material(Layout layout, const Subject& subject);
  // What a file in this layout, which is available, would take; to rank by.
  std::size_t estimated_bytes(Layout layout, Strategy strategy, const Subject& subject);
  // Whether it is worth while to look for the best filter of an exact layout: where nothing can be quantised,
  // and where a challenger promises that it will be smaller than what can.
  bool pays(Layout layout, const Subject& subject);

 private:
  struct Prepared {
    std::optional<Image> narrowed;  // stands in for the subject's pixels
    Census census;
    Gamut gamut = Gamut::any;
    Origin origin;
  };
  struct Slot {
    std::once_flag once;
    std::optional<Made> made;
    std::array<std::once_flag, strategies> measured;
    std::array<std::size_t, strategies> bytes = {};
  };

  const Prepared& prepared(const Image& pixels, const Subject& subject);
  Made make(Layout layout, const Subject& subject);
  [[nodiscard]] std::optional<Raster> make_indexed(Layout layout, const Image& image,
                                                   const Prepared& prepared, const Subject& subject) const;
  Made make_quantised(Layout layout, const Image& pixels, const Prepared& prepared, const Subject& subject);
  Made make_rounded(Layout layout, const Image& pixels, const Prepared& prepared, const Subject& subject);
  const Result<std::variant<Quantised, Reason>>& quantised(const Image& pixels, const Subject& subject);
  [[nodiscard]] Raster order_best(const IndexedPicture& picture, Layout layout,
                                  const ForEach& for_each) const;

  WorkshopSettings settings_;
  std::once_flag prepared_once_;
  Prepared prepared_;
  std::once_flag quantised_once_;
  std::optional<Result<std::variant<Quantised, Reason>>> quantised_;
  std::once_flag reference_once_;
  std::optional<Image> rgba_;  // of the reference, when the pixels are not so already
  std::optional<ScoreReference> reference_;
  std::array<Slot, layouts> slots_;
};

}  // namespace imgc::png
