// What the recipes of one lineup make from one subject and share: each thing once, when first asked for.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <variant>

#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/format.h"
#include "formats/png/metadata.h"
#include "formats/png/quantise.h"
#include "formats/png/raster.h"
#include "formats/png/reduce.h"

namespace imgc::png {

enum class Layout : std::uint8_t {
  direct,     // without a palette
  indexed,    // with a palette of exactly the image's colours
  by_luma,    // the same, in the order of their luma
  quantised,  // with a palette that loses
};

// A layout that an image can't have, with the reason if the user should know it.
struct Unavailable {
  std::optional<Reason> reason;
};

struct Material {
  Raster raster;
  Envelope envelope;
  std::optional<int> quality;  // of a quantised raster
};

// What an output for the subject must keep to.
Gamut allowed_gamut(const Subject& subject);
Origin find_origin(const Subject& subject);
std::optional<int> source_quality(const Subject& subject);

// Serves one subject: the one of the first call. Safe to use from many threads.
class Workshop {
 public:
  using Made = Result<std::variant<Material, Unavailable>>;

  explicit Workshop(QualityRange range) : range_(range) {}

  // The reference lives as long as the workshop.
  const Made& material(Layout layout, const Subject& subject);

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
  };

  const Prepared& prepared(const Image& pixels, const Subject& subject);
  Made make(Layout layout, const Subject& subject);
  [[nodiscard]] Made make_quantised(const Image& pixels, const Prepared& prepared,
                                    const Subject& subject) const;

  QualityRange range_;
  std::once_flag prepared_once_;
  Prepared prepared_;
  Slot slots_[4];
};

}  // namespace imgc::png
