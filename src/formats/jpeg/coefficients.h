// A JPEG's quantised DCT coefficients.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "imgc/bytes.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/jpeg/codec.h"
#include "formats/jpeg/header.h"
#include "formats/jpeg/quality.h"

namespace imgc::jpeg {

struct Component {
  std::uint8_t id = 0;
  unsigned h = 1;  // sampling factors
  unsigned v = 1;
  std::uint32_t blocks_wide = 0;  // those that hold samples of the image, without the padding to whole MCUs
  std::uint32_t blocks_high = 0;
  QuantTable quant{};
  TableKind kind = TableKind::luma;
  std::vector<JBLOCKROW> rows;  // blocks_high rows of blocks; a block's coefficients are row by row
};

class Coefficients {
 public:
  // Fails on anything that decode() fails on, and with unsupported when a component has no scan.
  static Result<Coefficients> read(ByteView bytes, const Limits& limits);
  // Of gray, or of YCbCr whose chroma has a sample for `across` times `down` pixels: all 0, all steps 1.
  static Coefficients empty(std::uint32_t width, std::uint32_t height, std::size_t components,
                            unsigned across, unsigned down);
  // Of an image of the same kind, with rows and columns exchanged if so asked: all 0.
  static Coefficients empty_like(const Coefficients& other, bool transposed);

  [[nodiscard]] std::uint32_t width() const { return header_.width; }
  [[nodiscard]] std::uint32_t height() const { return header_.height; }
  [[nodiscard]] ColorSpace color_space() const { return header_.color_space(); }
  [[nodiscard]] bool has_adobe_marker() const { return header_.adobe_transform.has_value(); }
  [[nodiscard]] Channel channel(std::size_t component) const { return header_.channel(component); }
  [[nodiscard]] const std::vector<Component>& components() const { return components_; }
  [[nodiscard]] std::vector<Component>& components() { return components_; }
  // Whether every bit of every coefficient was sent. Viewers smooth the blocks of a progressive file that was
  // not, and no longer would when it is written anew.
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  Coefficients() = default;
  void add_empty(Component component);
  Result<void> take_component(std::size_t index, jvirt_barray_ptr array);
  void check_complete();

  Header header_;
  // What `rows` point to: the arrays of libjpeg, or those of add_empty().
  std::unique_ptr<Decompressor> decompressor_;
  std::vector<std::unique_ptr<JCOEF[][DCTSIZE2]>> blocks_;
  std::vector<Component> components_;
  bool complete_ = true;
};

// About what Coefficients takes for an image that has so many, in bytes.
constexpr std::uint64_t coefficient_bytes(std::uint64_t coefficients) {
  return coefficients * sizeof(JCOEF);
}

}  // namespace imgc::jpeg
