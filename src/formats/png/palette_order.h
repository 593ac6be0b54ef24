// The orders a palette's colours can stand in. The picture is the same in each, but filters predict an index
// from its neighbours' as if it were a shade, so an order that gives neighbours near indexes makes small
// residuals.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "imgc/bytes.h"
#include "imgc/image.h"

#include "base/for_each.h"
#include "formats/png/palette.h"

namespace imgc::png {

enum class PaletteOrder : std::uint8_t {
  first_use,   // as the rows are read: what a block of DEFLATE uses stands together, so its codes are cheap
  popularity,  // the most used first
  luma,        // the darkest first
  source,      // as in the palette that the picture came with
  nearest,     // from the darkest, each followed by the colour most like it
  // By how often colours stand side by side:
  zeng,      // each joins the end of the chain that it has to do with more
  battiato,  // a heavy path through all
  linear,    // so that indexes of neighbouring pixels differ least
};

// A picture as indexes into its colours. What is made of it depends on the picture alone, not on the order
// of a palette that it came with, so that a result's own pixels give the same result again.
class IndexedPicture {
 public:
  // `indexes`, one a byte and all below the number of `colors`, row by row. Unused colours are dropped and
  // equal ones merged. `source` is the palette that the picture came with, and may be empty.
  IndexedPicture(std::uint32_t width, std::uint32_t height, Bytes indexes, std::span<const Color> colors,
                 std::vector<Color> source = {}, const ForEach& for_each = one_after_the_other);

  [[nodiscard]] std::uint32_t width() const { return width_; }
  [[nodiscard]] std::uint32_t height() const { return height_; }
  [[nodiscard]] const Bytes& indexes() const { return indexes_; }
  // All used, each once, sorted.
  [[nodiscard]] const std::vector<Color>& colors() const { return colors_; }
  [[nodiscard]] const std::vector<std::uint64_t>& uses() const { return uses_; }
  [[nodiscard]] const std::vector<Color>& source() const { return source_; }

 private:
  std::uint32_t width_;
  std::uint32_t height_;
  Bytes indexes_;
  std::vector<Color> colors_;
  std::vector<std::uint64_t> uses_;
  std::vector<Color> source_;
};

// The colours, by their index, in the order they are to stand in.
using Sequence = std::vector<std::uint8_t>;

// Translucent colours come first, so that tRNS is short; each group is in the order asked for.
Sequence order_palette(const IndexedPicture& picture, PaletteOrder order);
// The same for several orders, without repeats; what they have in common is counted once.
std::vector<Sequence> order_palette(const IndexedPicture& picture, std::span<const PaletteOrder> orders,
                                    const ForEach& for_each = one_after_the_other);

}  // namespace imgc::png
