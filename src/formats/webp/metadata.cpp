#include "formats/webp/metadata.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "image/exif.h"

namespace imgc::webp {
namespace {

// JPEG's way to mark an APP1 as EXIF; some writers put it into WebP's chunk too, which has no need of it.
constexpr std::array<std::uint8_t, 6> exif_marker = {'E', 'x', 'i', 'f', 0, 0};

ByteView without_marker(ByteView exif) {
  const bool marked =
      exif.size() >= exif_marker.size() && std::equal(exif_marker.begin(), exif_marker.end(), exif.begin());
  return marked ? exif.subspan(exif_marker.size()) : exif;
}

const Chunk* find(const Container& container, FourCc id) {
  const auto found = std::ranges::find(container.others, id, &Chunk::id);
  return found == container.others.end() ? nullptr : &*found;
}

bool is_structural(FourCc id) {
  constexpr std::array structural = {chunks::VP8,  chunks::VP8L, chunks::VP8X,
                                     chunks::ALPH, chunks::ANIM, chunks::ANMF};
  return std::ranges::find(structural, id) != structural.end();
}

bool announces(const Container& container, std::uint8_t flag) {
  return container.extended && (container.announced & flag) != 0;
}

MetadataKind kind(FourCc id) {
  if (id == chunks::ICCP) return MetadataKind::icc;
  if (id == chunks::EXIF) return MetadataKind::exif;
  if (id == chunks::XMP) return MetadataKind::xmp;
  return MetadataKind::other;
}

std::uint32_t be32(const Bytes& bytes, std::size_t index) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8U | bytes[4 * index + i];
  return value;
}

bool within(std::uint32_t value, std::uint32_t expected, std::uint32_t tolerance) {
  return value + tolerance >= expected && value <= expected + tolerance;
}

// The values of PNG's chunks that mean sRGB (W3C PNG, section 11.3.2), with room for rounding.
bool gamma_is_srgb(const Bytes& gama) {
  return gama.size() == 4 && within(be32(gama, 0), 45455, 1000);
}

bool primaries_are_srgb(const Bytes& chrm) {
  constexpr std::array<std::uint32_t, 8> srgb = {31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000};
  if (chrm.size() != 4 * srgb.size()) return false;
  for (std::size_t i = 0; i < srgb.size(); ++i)
    if (!within(be32(chrm, i), srgb[i], 1000)) return false;
  return true;
}

bool code_points_are_srgb(const Bytes& cicp) {
  constexpr std::array<std::uint8_t, 4> srgb = {1, 13, 0, 1};  // ITU-T H.273; full range
  return std::ranges::equal(cicp, srgb);
}

// Without an ICC profile a WebP is sRGB. PNG's order of precedence: cICP, sRGB, then gAMA and cHRM.
Result<void> check_is_srgb(const Metadata& metadata) {
  const auto item = [&](std::string_view name) -> const MetadataItem* {
    const auto found = std::ranges::find_if(metadata.items, [&](const MetadataItem& each) {
      return each.kind == MetadataKind::color && each.name == name;
    });
    return found == metadata.items.end() ? nullptr : &*found;
  };
  const auto refuse = [](std::string_view name) {
    return fail(
        ErrorCode::refused,
        fmt::format("its {0} chunk says that the colours are not sRGB, and WebP can say so only with an "
                    "ICC profile; with --strip {0} it is converted as if it were sRGB",
                    name));
  };
  if (const MetadataItem* cicp = item("cICP")) {
    if (!code_points_are_srgb(cicp->data)) return refuse("cICP");
    return {};
  }
  if (item("sRGB") != nullptr) return {};
  if (const MetadataItem* gama = item("gAMA"); gama != nullptr && !gamma_is_srgb(gama->data))
    return refuse("gAMA");
  if (const MetadataItem* chrm = item("cHRM"); chrm != nullptr && !primaries_are_srgb(chrm->data))
    return refuse("cHRM");
  return {};
}

// ICC.1:2022, section 7.2.6: the colour space of the data.
bool is_rgb_profile(ByteView icc) {
  constexpr std::string_view rgb = "RGB ";
  return icc.size() >= 20 && std::equal(rgb.begin(), rgb.end(), icc.begin() + 16);
}

}  // namespace

Metadata read_metadata(const Container& container) {
  Metadata metadata;
  for (const Chunk& chunk : container.others) {
    if (is_structural(chunk.id)) continue;
    const MetadataKind what = kind(chunk.id);
    if (what != MetadataKind::other && metadata.find(what) != nullptr) continue;
    const ByteView data = what == MetadataKind::exif ? without_marker(chunk.payload) : chunk.payload;
    metadata.items.push_back({what, name(chunk.id), Bytes(data.begin(), data.end())});
    if (what == MetadataKind::exif) metadata.orientation = exif_orientation(data);
  }
  return metadata;
}

int orientation(const Container& container) {
  const Chunk* exif = find(container, chunks::EXIF);
  return exif == nullptr ? 1 : exif_orientation(without_marker(exif->payload));
}

std::optional<Reason> ambiguity(const Container& container) {
  const auto unannounced = [](std::string_view what) {
    return Reason{"ambiguous_header",
                  fmt::format("it has {} that its header does not announce, so viewers differ", what)};
  };
  const bool alpha = container.bitstream && container.bitstream->has_alpha;
  if (alpha && container.extended && !announces(container, flags::alpha)) return unannounced("transparency");
  if (find(container, chunks::ICCP) != nullptr && !announces(container, flags::icc))
    return unannounced("a colour profile");
  if (orientation(container) != 1 && !announces(container, flags::exif)) return unannounced("an orientation");
  return std::nullopt;
}

Result<Extras> extras(const Metadata& metadata, bool from_webp) {
  Extras out;
  for (const MetadataItem& item : metadata.items) {
    switch (item.kind) {
      case MetadataKind::icc:
        out.icc = item.data;
        break;
      case MetadataKind::exif:
        out.exif = item.data;
        break;
      case MetadataKind::xmp:
        out.xmp = item.data;
        break;
      case MetadataKind::attached:
      case MetadataKind::other:
        if (const auto id = from_webp ? named_four_cc(item.name) : std::nullopt)
          out.others.emplace_back(*id, item.data);
        break;
      case MetadataKind::color:
      case MetadataKind::iptc:
      case MetadataKind::text:
      case MetadataKind::time:
      case MetadataKind::density:
        break;
    }
  }
  if (from_webp) return out;
  if (out.icc.empty()) {
    if (auto srgb = check_is_srgb(metadata); !srgb) return tl::unexpected(std::move(srgb.error()));
  } else if (!is_rgb_profile(out.icc)) {
    return fail(
        ErrorCode::refused,
        "its ICC profile is not for RGB, which is all that WebP has; with --strip all it is converted "
        "as if it were sRGB");
  }
  return out;
}

}  // namespace imgc::webp
