#include "formats/jpeg/attachments.h"

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace imgc::jpeg {
namespace {

constexpr std::uint8_t big_endian = 'M';
constexpr unsigned entries_tag = 0xB002;
constexpr std::size_t directory_entry = 12;  // of TIFF
constexpr std::size_t picture_entry = 16;
constexpr std::size_t size_at = 4;  // in a picture's entry
constexpr std::size_t offset_at = 8;

// An image in a file: where it ends, and where the index of pictures in it begins, if it has one. The index
// is a TIFF block, whose offsets count from its beginning.
struct Places {
  std::size_t end = 0;
  std::optional<std::size_t> index;
  std::size_t index_bytes = 0;
};

Places places_in(ByteView file) {
  Places layout;
  MarkerWalk walk(file);
  while (const auto found = walk.next()) {
    layout.end = walk.position();
    if (found->code != marker::app2 || !starts_with(found->payload, signature::mpf) || layout.index) continue;
    layout.index_bytes = found->payload.size() - signature::mpf.size();
    layout.index = found->offset + found->bytes - layout.index_bytes;
  }
  return layout;
}

// Numbers in the byte order of a TIFF block, within its bounds.
class TiffBlock {
 public:
  explicit TiffBlock(std::span<std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool holds(std::size_t at, std::size_t count) const {
    return at <= bytes_.size() && bytes_.size() - at >= count;
  }
  [[nodiscard]] std::uint32_t get(std::size_t at, std::size_t width) const {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < width; ++i) value = value << 8U | bytes_[at + (is_big() ? i : width - 1 - i)];
    return value;
  }
  void put32(std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i, value >>= 8U)
      bytes_[at + (is_big() ? 3 - i : i)] = static_cast<std::uint8_t>(value);
  }

 private:
  [[nodiscard]] bool is_big() const { return bytes_[0] == big_endian; }

  std::span<std::uint8_t> bytes_;
};

// Where the pictures' entries begin in the block, and how many bytes they have; 0 when they are not to be
// found.
std::pair<std::size_t, std::size_t> entries_in(const TiffBlock& block) {
  if (!block.holds(0, 8)) return {};
  const std::size_t directory = block.get(4, 4);
  if (!block.holds(directory, 2)) return {};
  const std::size_t count = block.get(directory, 2);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = directory + 2 + directory_entry * i;
    if (!block.holds(at, directory_entry)) return {};
    if (block.get(at, 2) != entries_tag) continue;
    const std::size_t bytes = block.get(at + 4, 4);
    const std::size_t from = block.get(at + 8, 4);
    return block.holds(from, bytes) ? std::pair(from, bytes) : std::pair<std::size_t, std::size_t>{};
  }
  return {};
}

void correct_index(Bytes& made, const Places& now, const Places& before) {
  const std::span<std::uint8_t> all(made);
  TiffBlock block(all.subspan(*now.index, now.index_bytes));
  const auto [from, bytes] = entries_in(block);
  for (std::size_t at = from; at + picture_entry <= from + bytes; at += picture_entry) {
    const std::uint32_t offset = block.get(at + offset_at, 4);
    if (offset == 0) {  // the image itself
      block.put32(at + size_at, static_cast<std::uint32_t>(now.end));
    } else if (*before.index + offset >= before.end) {
      const std::size_t behind = *before.index + offset - before.end;
      block.put32(at + offset_at, static_cast<std::uint32_t>(now.end + behind - *now.index));
    }
  }
}

}  // namespace

bool describes_attachments(const Marker& segment) {
  constexpr std::string_view gain_map = "urn:iso:std:iso:ts:21496:-1";
  return segment.code == marker::app2 &&
         (starts_with(segment.payload, signature::mpf) || starts_with(segment.payload, gain_map));
}

void attach(Bytes& made, ByteView original, ByteView attachment) {
  const Places before = places_in(original);
  const Places now = places_in(made);
  if (before.index && now.index) correct_index(made, now, before);
  made.insert(made.end(), attachment.begin(), attachment.end());
}

}  // namespace imgc::jpeg
