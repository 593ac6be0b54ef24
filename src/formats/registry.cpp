#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/text.h"
#include "formats/format.h"
#include "formats/jpeg/jpeg.h"
#include "formats/png/png.h"
#include "formats/webp/webp.h"

namespace imgc {
namespace {

constexpr std::array<const Format*, 3> rows = {&png_format, &jpeg_format, &webp_format};

bool starts_with(ByteView bytes, std::string_view magic, std::size_t offset = 0) {
  return bytes.size() >= offset + magic.size() &&
         std::equal(magic.begin(), magic.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

}  // namespace

std::span<const Format* const> formats() {
  return rows;
}

const Format* sniff(ByteView bytes) {
  const auto* found = std::ranges::find_if(rows, [&](const Format* format) { return format->sniff(bytes); });
  return found == rows.end() ? nullptr : *found;
}

const Format* format_named(std::string_view name) {
  const auto* found = std::ranges::find_if(rows, [&](const Format* format) { return format->name == name; });
  return found == rows.end() ? nullptr : *found;
}

const Format* format_by_extension(std::string_view extension) {
  const auto* found = std::ranges::find_if(rows, [&](const Format* format) {
    return std::ranges::find(format->extensions, extension) != format->extensions.end();
  });
  return found == rows.end() ? nullptr : *found;
}

std::string named_as(std::string_view name, const Format& format) {
  const SplitName split = split_extension(name);
  const Format* named = format_by_extension(split.extension);
  if (named == &format) return std::string(name);
  return std::string(named == nullptr ? name : split.stem) + '.' + std::string(format.extensions.front());
}

std::string_view foreign_format(ByteView bytes) {
  using std::string_view_literals::operator""sv;
  if (starts_with(bytes, "GIF87a") || starts_with(bytes, "GIF89a")) return "GIF";
  if (starts_with(bytes, "II*\0"sv) || starts_with(bytes, "MM\0*"sv)) return "TIFF";
  if (starts_with(bytes, "BM") && bytes.size() >= 26) return "BMP";
  if (starts_with(bytes, "ftypavif", 4) || starts_with(bytes, "ftypavis", 4)) return "AVIF";
  if (starts_with(bytes, "ftypheic", 4) || starts_with(bytes, "ftypheix", 4)) return "HEIC";
  if (starts_with(bytes, "\xFF\x0A") || starts_with(bytes, "\0\0\0\x0CJXL "sv)) return "JPEG XL";
  if (starts_with(bytes, "8BPS")) return "PSD";
  return {};
}

}  // namespace imgc
