#include "formats/jpeg/attachments.h"

#include <cstdint>
#include <optional>
#include <span>

#include "image/tiff.h"

namespace imgc::jpeg {
namespace {

constexpr unsigned entries_tag = 0xB002;
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

void correct_index(Bytes& made, const Places& now, const Places& before) {
  const std::span<std::uint8_t> bytes = std::span<std::uint8_t>(made).subspan(*now.index, now.index_bytes);
  const Tiff index(bytes);
  const auto entries = index.find(index.first_directory(), entries_tag);
  if (!entries) return;
  const std::size_t from = index.read32(entries->value);
  if (!index.fits(from, entries->count)) return;
  for (std::size_t at = from; at + picture_entry <= from + entries->count; at += picture_entry) {
    const std::uint32_t offset = index.read32(at + offset_at);
    if (offset == 0) {  // the image itself
      write32(bytes, at + size_at, static_cast<std::uint32_t>(now.end), index.big_endian());
    } else if (*before.index + offset >= before.end) {
      const std::size_t behind = *before.index + offset - before.end;
      write32(bytes, at + offset_at, static_cast<std::uint32_t>(now.end + behind - *now.index),
              index.big_endian());
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
