#include "formats/jpeg/metadata.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "formats/jpeg/attachments.h"
#include "formats/jpeg/markers.h"
#include "image/exif.h"

namespace imgc::jpeg {
namespace {

constexpr double inches_per_metre = 1 / 0.0254;
constexpr std::size_t density_bytes = 9;
constexpr std::size_t icc_header = 14;  // the signature, number and count
constexpr std::size_t icc_per_segment = max_payload - icc_header;

void append32(Bytes& out, std::uint32_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

std::uint32_t read32(ByteView bytes, std::size_t at) {
  return std::uint32_t{read16(bytes, at)} << 16U | read16(bytes, at + 2);
}

Bytes after(ByteView payload, std::string_view signature) {
  const ByteView rest = payload.subspan(signature.size());
  return {rest.begin(), rest.end()};
}

std::string app_name(std::uint8_t code) {
  std::string name = "APP";
  name += std::to_string(code - marker::app0);
  return name;
}

std::uint32_t per_metre(unsigned density, std::uint8_t unit) {
  return unit == 2 ? density * 100U : static_cast<std::uint32_t>(std::lround(density * inches_per_metre));
}

// The JFIF header's density, unless it only says that pixels are square.
void read_jfif(ByteView payload, Metadata& metadata) {
  if (payload.size() < 14) return;
  const std::uint8_t unit = payload[7];
  const unsigned x = read16(payload, 8);
  const unsigned y = read16(payload, 10);
  if (x == 0 || y == 0 || unit > 2 || (unit == 0 && x == y)) return;
  MetadataItem item{MetadataKind::density, "JFIF", {}};
  append32(item.data, unit == 0 ? x : per_metre(x, unit));
  append32(item.data, unit == 0 ? y : per_metre(y, unit));
  item.data.push_back(unit == 0 ? 0 : 1);
  metadata.items.push_back(std::move(item));
}

// A profile's segments, which carry their number and count and may come in any order.
class IccParts {
 public:
  void add(ByteView payload) { parts_.push_back(payload); }
  [[nodiscard]] bool empty() const { return parts_.empty(); }

  // The items they make: the profile, or themselves when they do not make one.
  [[nodiscard]] std::vector<MetadataItem> items() const {
    std::vector<ByteView> ordered(parts_.size());
    bool complete = true;
    for (const ByteView part : parts_) {
      const bool numbered = part.size() >= icc_header && part[13] == parts_.size() && part[12] >= 1 &&
                            part[12] <= parts_.size() && ordered[part[12] - 1U].empty();
      complete = complete && numbered;
      if (numbered) ordered[part[12] - 1U] = part;
    }
    std::vector<MetadataItem> made;
    if (!complete) {
      for (const ByteView part : parts_)
        made.push_back({MetadataKind::other, app_name(marker::app2), {part.begin(), part.end()}});
      return made;
    }
    MetadataItem profile{MetadataKind::icc, "ICC", {}};
    for (const ByteView part : ordered)
      profile.data.insert(profile.data.end(), part.begin() + icc_header, part.end());
    made.push_back(std::move(profile));
    return made;
  }

 private:
  std::vector<ByteView> parts_;
};

void read_app1(ByteView payload, Metadata& metadata) {
  if (starts_with(payload, signature::exif) && metadata.find(MetadataKind::exif) == nullptr) {
    metadata.items.push_back({MetadataKind::exif, "EXIF", after(payload, signature::exif)});
    metadata.orientation = exif_orientation(metadata.items.back().data);
  } else if (starts_with(payload, signature::xmp) && metadata.find(MetadataKind::xmp) == nullptr) {
    metadata.items.push_back({MetadataKind::xmp, "XMP", after(payload, signature::xmp)});
  } else {
    metadata.items.push_back({MetadataKind::other, app_name(marker::app1), {payload.begin(), payload.end()}});
  }
}

void read_segment(const Marker& found, Metadata& metadata) {
  const ByteView payload = found.payload;
  if (found.code == marker::com) {
    metadata.items.push_back({MetadataKind::text, "COM", {payload.begin(), payload.end()}});
  } else if (found.code == marker::app0 && starts_with(payload, signature::jfif)) {
    read_jfif(payload, metadata);
  } else if (found.code == marker::app1) {
    read_app1(payload, metadata);
  } else if (found.code == marker::app13 && starts_with(payload, signature::photoshop)) {
    metadata.items.push_back({MetadataKind::iptc, "APP13", after(payload, signature::photoshop)});
  } else if (found.code == marker::app14 && starts_with(payload, signature::adobe)) {
    return;
  } else if (describes_attachments(found)) {
    metadata.items.push_back(
        {MetadataKind::attached, app_name(found.code), {payload.begin(), payload.end()}});
  } else if (found.code >= marker::app0 && found.code <= marker::app15) {
    metadata.items.push_back({MetadataKind::other, app_name(found.code), {payload.begin(), payload.end()}});
  }
}

void append_segment(Bytes& out, std::uint8_t code, std::string_view head, ByteView body) {
  const std::size_t length = 2 + head.size() + body.size();
  out.push_back(0xFF);
  out.push_back(code);
  out.push_back(static_cast<std::uint8_t>(length >> 8U));
  out.push_back(static_cast<std::uint8_t>(length));
  out.insert(out.end(), head.begin(), head.end());
  out.insert(out.end(), body.begin(), body.end());
}

tl::unexpected<Error> too_large(const MetadataItem& item) {
  return fail(ErrorCode::refused, "the image's " + item.name + " metadata has " +
                                      std::to_string(item.data.size()) +
                                      " bytes, more than JPEG has room for; leave it out with --strip");
}

Result<void> append_icc(Bytes& out, const MetadataItem& item) {
  const std::size_t count = (item.data.size() + icc_per_segment - 1) / icc_per_segment;
  if (count > 255) return too_large(item);
  const ByteView data = item.data;
  for (std::size_t i = 0; i < count; ++i) {
    std::string head(signature::icc);
    head += static_cast<char>(i + 1);
    head += static_cast<char>(count);
    const std::size_t from = i * icc_per_segment;
    append_segment(out, marker::app2, head,
                   data.subspan(from, std::min(icc_per_segment, data.size() - from)));
  }
  return {};
}

std::optional<std::uint8_t> app_code(std::string_view name) {
  for (std::uint8_t code = marker::app0; code <= marker::app15; ++code)
    if (app_name(code) == name) return code;
  return std::nullopt;
}

Result<void> append_item(Bytes& out, const MetadataItem& item) {
  std::uint8_t code = 0;
  std::string_view head;
  switch (item.kind) {
    case MetadataKind::icc:
      return append_icc(out, item);
    case MetadataKind::exif:
      code = marker::app1;
      head = signature::exif;
      break;
    case MetadataKind::xmp:
      code = marker::app1;
      head = signature::xmp;
      break;
    case MetadataKind::iptc:
      code = marker::app13;
      head = signature::photoshop;
      break;
    case MetadataKind::text:
      if (item.name == "COM") code = marker::com;
      break;
    case MetadataKind::attached:
    case MetadataKind::other:
      code = app_code(item.name).value_or(0);
      break;
    case MetadataKind::color:
    case MetadataKind::time:
    case MetadataKind::density:
      break;
  }
  if (code == 0) return {};
  if (item.data.size() > max_payload - head.size()) return too_large(item);
  append_segment(out, code, head, item.data);
  return {};
}

struct Density {
  std::uint8_t unit = 0;  // JFIF's: 0 ratio only, 1 an inch, 2 a centimetre
  std::uint32_t x = 1;
  std::uint32_t y = 1;
};

// Dots an inch when they say the same, else a centimetre when that is exact, else the nearest dots an inch.
Result<Density> jfif_density(const Metadata& metadata) {
  const MetadataItem* item = metadata.find(MetadataKind::density);
  if (item == nullptr || item->data.size() != density_bytes) return Density{};
  Density density{0, read32(item->data, 0), read32(item->data, 4)};
  if (item->data[8] == 1) {
    const auto per_inch = [](std::uint32_t metre) {
      return static_cast<std::uint32_t>(std::llround(metre / inches_per_metre));
    };
    const Density inch{1, per_inch(density.x), per_inch(density.y)};
    const bool inch_is_exact = std::llround(inch.x * inches_per_metre) == std::int64_t{density.x} &&
                               std::llround(inch.y * inches_per_metre) == std::int64_t{density.y};
    const bool centimetre_is_exact = density.x % 100 == 0 && density.y % 100 == 0;
    density = !inch_is_exact && centimetre_is_exact ? Density{2, density.x / 100, density.y / 100} : inch;
  }
  // A density of nothing says nothing.
  if (density.x == 0 || density.y == 0) return Density{};
  if (density.x > 65535 || density.y > 65535)
    return fail(ErrorCode::refused,
                "the image's pixel density is above what JPEG can say; leave it out with --strip");
  return density;
}

Result<void> append_jfif(Bytes& out, const Metadata& metadata) {
  const auto density = jfif_density(metadata);
  if (!density) return tl::unexpected(density.error());
  std::string head(signature::jfif);
  head += '\x01';  // version 1.01
  head += '\x01';
  const std::array<std::uint8_t, 7> body = {
      density->unit,
      static_cast<std::uint8_t>(density->x >> 8U),
      static_cast<std::uint8_t>(density->x),
      static_cast<std::uint8_t>(density->y >> 8U),
      static_cast<std::uint8_t>(density->y),
      0,  // no thumbnail
      0,
  };
  append_segment(out, marker::app0, head, body);
  return {};
}

void append_adobe(Bytes& out, ColorSpace space) {
  const std::uint8_t transform = space == ColorSpace::ycck ? 2 : space == ColorSpace::ycc ? 1 : 0;
  append_segment(out, marker::app14, signature::adobe,
                 std::array<std::uint8_t, 7>{0, 100, 0, 0, 0, 0, transform});
}

bool near(std::uint32_t value, std::uint32_t target, std::uint32_t tolerance) {
  return value + tolerance >= target && value <= target + tolerance;
}

bool says_srgb_gamma(ByteView data) {
  return data.size() == 4 && near(read32(data, 0), 45455, 500);
}

// White point and primaries of BT.709, in 1/100000.
bool says_srgb_primaries(ByteView data) {
  static constexpr std::array<std::uint32_t, 8> srgb = {31270, 32900, 64000, 33000,
                                                        30000, 60000, 15000, 6000};
  if (data.size() != 4 * srgb.size()) return false;
  for (std::size_t i = 0; i < srgb.size(); ++i)
    if (!near(read32(data, 4 * i), srgb[i], 1000)) return false;
  return true;
}

// Primaries and transfer of sRGB, full range (ITU-T H.273).
bool says_srgb_cicp(ByteView data) {
  return data.size() == 4 && data[0] == 1 && data[1] == 13 && data[2] == 0 && data[3] == 1;
}

}  // namespace

Result<Metadata> read_metadata(ByteView bytes) {
  Metadata metadata;
  IccParts icc;
  std::size_t icc_place = 0;
  MarkerWalk walk(bytes);
  while (const auto found = walk.next()) {
    if (found->code == marker::app2 && starts_with(found->payload, signature::icc)) {
      if (icc.empty()) icc_place = metadata.items.size();
      icc.add(found->payload);
    } else {
      read_segment(*found, metadata);
    }
  }
  if (walk.end() == MarkerWalk::End::malformed)
    return fail(ErrorCode::malformed, "the JPEG has a segment of impossible length");
  if (!icc.empty()) {
    auto made = icc.items();
    metadata.items.insert(metadata.items.begin() + static_cast<std::ptrdiff_t>(icc_place),
                          std::make_move_iterator(made.begin()), std::make_move_iterator(made.end()));
  }
  const ByteView attached = bytes.subspan(walk.position());
  if (walk.end() == MarkerWalk::End::eoi && has_trailing_data(attached))
    metadata.items.push_back(
        {MetadataKind::attached, std::string(attachment_name), {attached.begin(), attached.end()}});
  else  // there is nothing to describe
    std::erase_if(metadata.items,
                  [](const MetadataItem& item) { return item.kind == MetadataKind::attached; });
  return metadata;
}

Result<Bytes> metadata_segments(const Metadata& metadata, ColorSpace space, bool adobe_marker) {
  Bytes out;
  // JFIF says that three components are YCbCr; with four it may stand beside Adobe's marker for its density.
  const bool four = space == ColorSpace::cmyk || space == ColorSpace::ycck;
  const bool jfif = space == ColorSpace::gray || space == ColorSpace::ycc ||
                    (four && metadata.find(MetadataKind::density) != nullptr);
  if (jfif)
    if (const auto done = append_jfif(out, metadata); !done) return tl::unexpected(done.error());
  if (adobe_marker && (four || space == ColorSpace::rgb)) append_adobe(out, space);
  for (const MetadataItem& item : metadata.items)
    if (const auto done = append_item(out, item); !done) return tl::unexpected(done.error());
  return out;
}

Result<void> check_color_items(const Metadata& metadata) {
  const auto named = [&](std::string_view name) {
    return std::ranges::find_if(metadata.items, [&](const MetadataItem& item) {
      return item.kind == MetadataKind::color && item.name == name;
    });
  };
  const auto none = metadata.items.end();
  const auto refuse = [](std::string_view chunk) {
    return fail(ErrorCode::refused, "the image's colours are defined by a " + std::string(chunk) +
                                        " chunk, which JPEG can't hold; leave it out with --strip");
  };
  // The order of precedence is that of PNG, third edition, section 4.3.
  if (const auto cicp = named("cICP"); cicp != none)
    return says_srgb_cicp(cicp->data) ? Result<void>{} : Result<void>{refuse("cICP")};
  if (metadata.find(MetadataKind::icc) != nullptr || named("sRGB") != none) return {};
  if (const auto gamma = named("gAMA"); gamma != none && !says_srgb_gamma(gamma->data)) return refuse("gAMA");
  if (const auto primaries = named("cHRM"); primaries != none && !says_srgb_primaries(primaries->data))
    return refuse("cHRM");
  return {};
}

}  // namespace imgc::jpeg
