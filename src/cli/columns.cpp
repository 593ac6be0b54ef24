#include "cli/columns.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace imgc {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

constexpr std::array<Range, 13> zero_width = {{{0x0300, 0x036F},
                                               {0x0483, 0x0489},
                                               {0x0591, 0x05BD},
                                               {0x0610, 0x061A},
                                               {0x064B, 0x065F},
                                               {0x0E34, 0x0E3A},
                                               {0x1AB0, 0x1AFF},
                                               {0x1DC0, 0x1DFF},
                                               {0x200B, 0x200F},
                                               {0x20D0, 0x20FF},
                                               {0xFE00, 0xFE0F},
                                               {0xFE20, 0xFE2F},
                                               {0xE0100, 0xE01EF}}};
constexpr std::array<Range, 12> double_width = {{{0x1100, 0x115F},
                                                 {0x2E80, 0x303E},
                                                 {0x3041, 0x33FF},
                                                 {0x3400, 0x4DBF},
                                                 {0x4E00, 0x9FFF},
                                                 {0xA000, 0xA4CF},
                                                 {0xAC00, 0xD7A3},
                                                 {0xF900, 0xFAFF},
                                                 {0xFF00, 0xFF60},
                                                 {0xFFE0, 0xFFE6},
                                                 {0x1F300, 0x1FAFF},
                                                 {0x20000, 0x3FFFD}}};

template <std::size_t Count>
bool contains(const std::array<Range, Count>& ranges, std::uint32_t point) {
  return std::ranges::any_of(ranges,
                             [&](const Range& range) { return point >= range.first && point <= range.last; });
}

bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// The code point of a whole UTF-8 sequence.
std::uint32_t decode(std::string_view sequence) {
  const auto lead = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return lead;
  std::uint32_t point = lead & (0x7FU >> sequence.size());
  for (const char byte : sequence.substr(1)) point = point << 6U | (static_cast<unsigned char>(byte) & 0x3FU);
  return point;
}

// The start of the character that ends before `end`.
std::size_t previous(std::string_view text, std::size_t end) {
  std::size_t at = end - 1;
  while (at > 0 && end - at < 4 && continues(text[at])) --at;
  return at;
}

std::size_t character_columns(std::string_view sequence) {
  const std::uint32_t point = decode(sequence);
  if (contains(zero_width, point)) return 0;
  return contains(double_width, point) ? 2 : 1;
}

}  // namespace

std::size_t display_columns(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t end = text.size(); end > 0;) {
    const std::size_t at = previous(text, end);
    columns += character_columns(text.substr(at, end - at));
    end = at;
  }
  return columns;
}

std::string fit_end(std::string_view text, std::size_t columns, std::string_view ellipsis) {
  if (display_columns(text) <= columns) return std::string(text);
  const std::size_t mark = display_columns(ellipsis);
  if (mark > columns) return {};
  std::size_t used = mark;
  std::size_t start = text.size();
  while (start > 0) {
    const std::size_t at = previous(text, start);
    const std::size_t wide = character_columns(text.substr(at, start - at));
    if (used + wide > columns) break;
    used += wide;
    start = at;
  }
  return std::string(ellipsis).append(text.substr(start));
}

}  // namespace imgc
