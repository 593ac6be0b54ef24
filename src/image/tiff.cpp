#include "image/tiff.h"

#include <algorithm>

namespace imgc {
namespace {

constexpr unsigned type_ascii = 2;
constexpr unsigned type_long = 4;

}  // namespace

Tiff::Tiff(ByteView bytes) : bytes_(bytes) {
  if (bytes.size() < 8) return;
  const bool little = bytes[0] == 'I' && bytes[1] == 'I';
  const bool big = bytes[0] == 'M' && bytes[1] == 'M';
  if (!little && !big) return;
  big_endian_ = big;
  valid_ = read16(2) == 42;
}

std::optional<std::size_t> Tiff::first_directory() const {
  if (!valid_) return std::nullopt;
  return read32(4);
}

std::optional<std::size_t> Tiff::link_behind(std::optional<std::size_t> directory) const {
  if (!directory || !fits(*directory, 2)) return std::nullopt;
  const std::size_t link = *directory + 2 + std::size_t{12} * read16(*directory);
  return fits(link, 4) ? std::optional(link) : std::nullopt;
}

std::optional<Tiff::Entry> Tiff::find(std::optional<std::size_t> directory, unsigned tag) const {
  if (!directory || !fits(*directory, 2)) return std::nullopt;
  const unsigned count = read16(*directory);
  for (unsigned i = 0; i < count; ++i) {
    const std::size_t at = *directory + 2 + std::size_t{12} * i;
    if (!fits(at, 12)) return std::nullopt;
    if (read16(at) == tag) return Entry{read16(at + 2), read32(at + 4), at + 8};
  }
  return std::nullopt;
}

std::optional<std::size_t> Tiff::sub_directory(unsigned tag) const {
  const auto entry = find(first_directory(), tag);
  if (!entry || entry->type != type_long) return std::nullopt;
  return read32(entry->value);
}

std::optional<unsigned> Tiff::short_value(std::optional<std::size_t> directory, unsigned tag) const {
  const auto entry = find(directory, tag);
  if (!entry || entry->type != type_short || entry->count < 1) return std::nullopt;
  return read16(entry->value);
}

std::string Tiff::text_value(std::optional<std::size_t> directory, unsigned tag) const {
  const auto entry = find(directory, tag);
  if (!entry || entry->type != type_ascii) return {};
  const std::size_t at = entry->count <= 4 ? entry->value : read32(entry->value);
  if (!fits(at, entry->count)) return {};
  std::string text(bytes_.begin() + static_cast<std::ptrdiff_t>(at),
                   bytes_.begin() + static_cast<std::ptrdiff_t>(at + entry->count));
  text.resize(std::min(text.find('\0'), text.size()));
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

unsigned Tiff::read16(std::size_t at) const {
  const unsigned a = bytes_[at];
  const unsigned b = bytes_[at + 1];
  return big_endian_ ? a << 8U | b : b << 8U | a;
}

std::uint32_t Tiff::read32(std::size_t at) const {
  const std::uint32_t a = read16(at);
  const std::uint32_t b = read16(at + 2);
  return big_endian_ ? a << 16U | b : b << 16U | a;
}

void write16(std::span<std::uint8_t> tiff, std::size_t at, unsigned value, bool big_endian) {
  tiff[at + (big_endian ? 1 : 0)] = static_cast<std::uint8_t>(value);
  tiff[at + (big_endian ? 0 : 1)] = static_cast<std::uint8_t>(value >> 8U);
}

void write32(std::span<std::uint8_t> tiff, std::size_t at, std::uint32_t value, bool big_endian) {
  write16(tiff, at + (big_endian ? 2 : 0), value & 0xFFFFU, big_endian);
  write16(tiff, at + (big_endian ? 0 : 2), value >> 16U, big_endian);
}

}  // namespace imgc
