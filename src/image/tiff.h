// A TIFF block (TIFF 6.0, section 2): what EXIF and the index of multi-picture JPEGs are made of. Read from
// hostile bytes, with every offset checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "imgc/bytes.h"

namespace imgc {

class Tiff {
 public:
  struct Entry {
    unsigned type = 0;
    std::uint32_t count = 0;
    std::size_t value = 0;  // where the four bytes of value or offset are
  };

  // `bytes` must outlive this.
  explicit Tiff(ByteView bytes);

  [[nodiscard]] bool big_endian() const { return big_endian_; }
  // Nothing when this is no TIFF block.
  [[nodiscard]] std::optional<std::size_t> first_directory() const;
  [[nodiscard]] std::optional<Entry> find(std::optional<std::size_t> directory, unsigned tag) const;
  [[nodiscard]] std::optional<std::size_t> sub_directory(unsigned tag) const;
  [[nodiscard]] std::optional<unsigned> short_value(std::optional<std::size_t> directory, unsigned tag) const;
  // Without the zero that ends it and spaces before that.
  [[nodiscard]] std::string text_value(std::optional<std::size_t> directory, unsigned tag) const;

  [[nodiscard]] bool fits(std::size_t at, std::size_t count) const {
    return at <= bytes_.size() && count <= bytes_.size() - at;
  }
  // Of bytes that fit.
  [[nodiscard]] unsigned read16(std::size_t at) const;
  [[nodiscard]] std::uint32_t read32(std::size_t at) const;

 private:
  ByteView bytes_;
  bool big_endian_ = false;
  bool valid_ = false;
};

}  // namespace imgc
