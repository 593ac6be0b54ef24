// A TIFF block (TIFF 6.0, section 2): what EXIF and the index of multi-picture JPEGs are made of. Read from
// hostile bytes, with every offset checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "imgc/bytes.h"

namespace imgc {

class Tiff {
 public:
  static constexpr unsigned type_short = 3;
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
  // Where the offset of the one after it is; nothing when the directory does not fit into the block.
  [[nodiscard]] std::optional<std::size_t> link_behind(std::optional<std::size_t> directory) const;
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

// Into bytes that fit.
void write16(std::span<std::uint8_t> tiff, std::size_t at, unsigned value, bool big_endian);
void write32(std::span<std::uint8_t> tiff, std::size_t at, std::uint32_t value, bool big_endian);

}  // namespace imgc
