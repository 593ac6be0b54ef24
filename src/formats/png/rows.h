// The pixels of a PNG row by row, for those who can't hold them all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "imgc/bytes.h"
#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/png/chunks.h"
#include "formats/png/header.h"
#include "formats/png/libpng.h"

namespace imgc::png {

// A still image inside a file, with views into it.
struct Still {
  Header header;
  ByteView pixels;  // its IDAT chunks, side by side
};

// Walks to the end of the file. Fails at damage, and when the pixels are too few bytes to be there at all.
Result<Still> find_still(ByteView file, const Limits& limits);
// Whether `pixels` can hold what the header promises; asked before anything is allocated.
Result<void> check_expansion(const Ihdr& ihdr, ByteView pixels);

// Turns rows of indexes into colours.
class PaletteExpander {
 public:
  explicit PaletteExpander(const Header& header);

  // The indexes lie at the end of the row's space; writing never overtakes reading. False at an index that
  // the palette does not have.
  bool expand(std::uint8_t* row, std::uint32_t width) const;

 private:
  unsigned channels_;
  std::size_t entries_;
  std::array<std::array<std::uint8_t, 4>, 256> colors_ = {};
};

class RowReader {
 public:
  // Takes a few rows of memory, and for an interlaced image that of all its rows; never more than `memory`,
  // as far as the header can tell. `still` outlives the reader.
  static Result<std::unique_ptr<RowReader>> open(const Still& still, Form form, std::uint64_t memory);

  // What a row takes: in Form::samples with the palette expanded.
  [[nodiscard]] std::size_t row_bytes() const { return row_bytes_; }
  // The next row, of at most ihdr.height. The last one comes with the check that nothing is missing.
  Result<void> next(std::uint8_t* out);

 private:
  RowReader(const Still& still, Form form, std::uint64_t memory);
  Result<void> start(const Still& still, Form form);
  Result<void> read(std::uint8_t* out);

  Ihdr ihdr_;
  std::optional<PaletteExpander> palette_;
  std::size_t row_bytes_ = 0;
  std::size_t read_at_ = 0;  // where in a row's space libpng writes
  std::uint64_t memory_;
  Bytes whole_;  // an interlaced image's rows
  std::uint32_t y_ = 0;
  Session session_;
};

// An image of the still's width, model and depth without any row.
Image shape_of(const Header& header);
// How many such rows make a band: enough to work on at a time, and never less than one.
std::uint32_t band_height(const Image& shape);
// What a band of such rows takes at most.
std::uint64_t band_bytes(std::uint64_t row_bytes, std::uint64_t height);
// Fills `band`, which has the right shape, with the next `rows` rows in Form::samples.
Result<void> read_band(RowReader& reader, std::uint32_t rows, Image& band);

}  // namespace imgc::png
