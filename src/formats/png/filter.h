// The filters of PNG (section 9) and the ways to choose one a row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "imgc/bytes.h"

#include "formats/png/raster.h"

namespace imgc::png {

enum class Strategy : std::uint8_t {
  // One filter for every row.
  none,
  sub,
  up,
  average,
  paeth,
  // The filter whose output, row by row, has the least …
  minsum,         // … sum of absolute differences
  entropy,        // … zeroth-order entropy
  bigrams,        // … number of different pairs of neighbouring bytes
  matches,        // … cost to a match finder that knows the rows chosen before
  quick_matches,  // as matches, with costs learnt from fewer rows: half the time
};
inline constexpr std::size_t strategies = std::size_t{static_cast<std::uint8_t>(Strategy::quick_matches)} + 1;

std::string_view name(Strategy strategy);

// Rows first to last (excluded), each behind its filter byte: what is compressed into IDAT.
Bytes filter_rows(const Raster& raster, Strategy strategy, std::uint32_t first, std::uint32_t last);

}  // namespace imgc::png
