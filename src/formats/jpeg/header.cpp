#include "formats/jpeg/header.h"

#include <algorithm>
#include <string>

#include "formats/jpeg/jpeg.h"
#include "formats/jpeg/markers.h"
#include "image/exif.h"

namespace imgc::jpeg {
namespace {

Result<void> read_frame(const Marker& found, Header& header) {
  if (header.frame_marker != 0 && !header.hierarchical)
    return fail(ErrorCode::malformed, "the JPEG has two frame headers");
  const ByteView data = found.payload;
  if (data.size() < 6 || data.size() != 6 + std::size_t{3} * data[5] || data[5] == 0)
    return fail(ErrorCode::malformed, "the JPEG's frame header has the wrong length");
  if (header.frame_marker != 0) return {};  // the first frame of a hierarchy is enough to describe it
  header.frame_marker = found.code;
  header.precision = data[0];
  header.height = read16(data, 1);
  header.width = read16(data, 3);
  if (header.width == 0) return fail(ErrorCode::malformed, "the JPEG has a width of 0");
  if (header.height == 0)
    return fail(ErrorCode::unsupported, "the JPEG gives its height only after its data (DNL)");
  for (std::size_t i = 0; i < data[5]; ++i) {
    const std::size_t at = 6 + 3 * i;
    const ComponentHeader component{data[at], unsigned{data[at + 1]} >> 4U, data[at + 1] & 15U, data[at + 2]};
    if (component.h < 1 || component.h > 4 || component.v < 1 || component.v > 4)
      return fail(ErrorCode::malformed, "the JPEG has sampling factors out of range");
    header.components.push_back(component);
  }
  return {};
}

Result<void> read_tables(ByteView data, Header& header) {
  std::size_t at = 0;
  while (at < data.size()) {
    const std::uint8_t slot = data[at] & 15U;
    const std::size_t width = (data[at] >> 4U) != 0 ? 2 : 1;
    ++at;
    if (slot >= 4 || data.size() - at < 64 * width)
      return fail(ErrorCode::malformed, "the JPEG has a damaged quantisation table");
    QuantTable table{};
    for (std::size_t i = 0; i < 64; ++i, at += width)
      table[zigzag[i]] = static_cast<std::uint16_t>(width == 2 ? read16(data, at) : data[at]);
    header.tables[slot] = table;
  }
  return {};
}

Result<void> read_segment(const Marker& found, Header& header) {
  if (is_frame_header(found.code)) return read_frame(found, header);
  if (found.code == marker::dqt) return read_tables(found.payload, header);
  if (found.code == marker::dhp) header.hierarchical = true;
  if (found.code == marker::app0 && starts_with(found.payload, signature::jfif) && found.payload.size() >= 14)
    header.jfif = true;
  if (found.code == marker::app14 && starts_with(found.payload, signature::adobe) &&
      found.payload.size() >= 12)
    header.adobe_transform = found.payload[11];
  return {};
}

std::string subsampling(const Header& header) {
  const auto& all = header.components;
  const bool others_alike = std::all_of(all.begin() + 1, all.begin() + 3, [&](const ComponentHeader& c) {
    return c.h == all[1].h && c.v == all[1].v;
  });
  if (others_alike && all[0].h % all[1].h == 0 && all[0].v % all[1].v == 0) {
    const unsigned h = all[0].h / all[1].h;
    const unsigned v = all[0].v / all[1].v;
    if (h == 1 && v == 1) return "4:4:4";
    if (h == 2 && v == 1) return "4:2:2";
    if (h == 2 && v == 2) return "4:2:0";
    if (h == 4 && v == 1) return "4:1:1";
    if (h == 1 && v == 2) return "4:4:0";
    if (h == 4 && v == 2) return "4:1:0";
  }
  std::string text = "sampling ";
  for (const ComponentHeader& c : all) {
    if (&c != &all.front()) text += ',';
    text += std::to_string(c.h);
    text += 'x';
    text += std::to_string(c.v);
  }
  return text;
}

std::string describe(const Header& header) {
  std::string text;
  switch (header.frame_marker) {
    case marker::sof0:
      text = "baseline";
      break;
    case marker::sof1:
      text = "extended sequential";
      break;
    case marker::sof2:
      text = "progressive";
      break;
    default:
      text = "SOF" + std::to_string(header.frame_marker - marker::sof0);
  }
  switch (header.color_space()) {
    case ColorSpace::gray:
      return text + ", grey";
    case ColorSpace::ycc:
      return text + ", " + subsampling(header);
    case ColorSpace::rgb:
      return text + ", " + subsampling(header) + ", RGB";
    case ColorSpace::cmyk:
      return text + ", " + subsampling(header) + ", CMYK";
    case ColorSpace::ycck:
      return text + ", " + subsampling(header) + ", YCCK";
    case ColorSpace::other:
      break;
  }
  return text + ", " + std::to_string(header.components.size()) + " components";
}

ColorModel color_model(ColorSpace space) {
  switch (space) {
    case ColorSpace::gray:
    case ColorSpace::other:
      return ColorModel::gray;
    case ColorSpace::ycc:
    case ColorSpace::rgb:
      return ColorModel::rgb;
    case ColorSpace::cmyk:
    case ColorSpace::ycck:
      return ColorModel::cmyk;
  }
  return ColorModel::rgb;
}

std::optional<int> estimate_quality(const Header& header) {
  std::vector<UsedTable> used;
  for (std::size_t i = 0; i < header.components.size(); ++i) {
    const std::uint8_t slot = header.components[i].table;
    if (slot >= header.tables.size() || !header.tables[slot]) return std::nullopt;
    used.push_back({header.channel(i), &*header.tables[slot]});
  }
  return estimate_quality(used);
}

Result<void> check_pixels(const Header& header, const Limits& limits) {
  const std::uint64_t pixels = std::uint64_t{header.width} * header.height;
  if (pixels <= limits.max_pixels) return {};
  return fail(ErrorCode::limit, "the image has " + std::to_string(header.width) + " x " +
                                    std::to_string(header.height) + " pixels, more than the limit of " +
                                    std::to_string(limits.max_pixels) + "; raise it with --max-pixels");
}

std::optional<Reason> undecodable_reason(const Header& header) {
  const unsigned frame = header.frame_marker - marker::sof0;
  // T.81, table B.1: the low two bits say the process, bit 2 differential, bit 3 arithmetic.
  if (header.hierarchical || (frame & 4U) != 0) return Reason{"hierarchical_jpeg", "a hierarchical JPEG"};
  if ((frame & 3U) == 3) return Reason{"lossless_jpeg", "a JPEG of the lossless process"};
  if ((frame & 8U) != 0) return Reason{"arithmetic_jpeg", "a JPEG with arithmetic coding"};
  if (header.precision != 8)
    return Reason{header.precision == 12 ? "twelve_bit_jpeg" : "unusual_jpeg",
                  "a JPEG with " + std::to_string(header.precision) + " bits a sample"};
  if (header.color_space() == ColorSpace::other)
    return Reason{"unusual_jpeg", "a JPEG with " + std::to_string(header.components.size()) + " components"};
  return std::nullopt;
}

}  // namespace

Channel Header::channel(std::size_t component) const {
  unsigned h = 1;
  unsigned v = 1;
  for (const ComponentHeader& each : components) {
    h = std::max(h, each.h);
    v = std::max(v, each.v);
  }
  const ComponentHeader& own = components[component];
  return {.kind = table_kind(color_space(), component),
          .is_cr = component == 2,
          .subsampling = std::max(1U, h * v / (own.h * own.v))};
}

ColorSpace Header::color_space() const {
  switch (components.size()) {
    case 1:
      return ColorSpace::gray;
    case 3: {
      if (jfif) return ColorSpace::ycc;
      if (adobe_transform) return *adobe_transform == 0 ? ColorSpace::rgb : ColorSpace::ycc;
      const bool named_rgb = components[0].id == 'R' && components[1].id == 'G' && components[2].id == 'B';
      return named_rgb ? ColorSpace::rgb : ColorSpace::ycc;
    }
    case 4:
      return adobe_transform.value_or(0) == 0 ? ColorSpace::cmyk : ColorSpace::ycck;
    default:
      return ColorSpace::other;
  }
}

Result<Header> read_header(ByteView bytes) {
  Header header;
  MarkerWalk walk(bytes);
  bool scan_seen = false;
  bool exif_seen = false;
  while (const auto found = walk.next()) {
    if (found->code == marker::eoi) break;
    if (found->code == marker::sos) {
      scan_seen = true;
      break;
    }
    if (const auto read = read_segment(*found, header); !read) return tl::unexpected(read.error());
    if (!exif_seen && found->code == marker::app1 && starts_with(found->payload, signature::exif)) {
      header.orientation = exif_orientation(found->payload.subspan(signature::exif.size()));
      exif_seen = true;
    }
  }
  if (scan_seen && header.frame_marker != 0) return header;
  if (walk.end() == MarkerWalk::End::out_of_bytes)
    return fail(ErrorCode::truncated, "the JPEG ends inside its header");
  return fail(ErrorCode::malformed, "the JPEG has no image in it");
}

Result<Header> read_decodable_header(ByteView bytes, const Limits& limits) {
  auto header = read_header(bytes);
  if (!header) return header;
  if (const auto fits = check_pixels(*header, limits); !fits) return tl::unexpected(fits.error());
  if (const auto reason = undecodable_reason(*header))
    return fail(ErrorCode::unsupported, "can't decode " + reason->text);
  // A block takes a bit at least. A file with less is damaged, and could cost gigabytes of zeros.
  const std::uint64_t blocks = std::uint64_t{(header->width + 7) / 8} * ((header->height + 7) / 8);
  if (blocks / 8 > bytes.size())
    return fail(ErrorCode::truncated, "the JPEG declares " + std::to_string(header->width) + " x " +
                                          std::to_string(header->height) + " pixels but has only " +
                                          std::to_string(bytes.size()) + " bytes");
  return header;
}

std::optional<Reason> untouchable_reason(const Header& header) {
  if (auto reason = undecodable_reason(header)) return reason;
  if (header.color_space() == ColorSpace::ycc && header.jfif && header.adobe_transform == 0)
    return Reason{"ambiguous_color", "a JPEG whose JFIF and Adobe markers disagree about its colour space"};
  return std::nullopt;
}

std::uint64_t coefficients_of(const Header& header) {
  unsigned most_h = 1;
  unsigned most_v = 1;
  for (const ComponentHeader& component : header.components) {
    most_h = std::max(most_h, component.h);
    most_v = std::max(most_v, component.v);
  }
  const auto mcus = [](std::uint32_t side, unsigned most) { return (side + 8U * most - 1) / (8U * most); };
  std::uint64_t blocks = 0;  // of an MCU
  for (const ComponentHeader& component : header.components)
    blocks += std::uint64_t{component.h} * component.v;
  return 64 * blocks * mcus(header.width, most_h) * mcus(header.height, most_v);
}

Result<Probe> probe(ByteView bytes, const Limits& limits) {
  const auto header = read_header(bytes);
  if (!header) return tl::unexpected(header.error());
  if (const auto fits = check_pixels(*header, limits); !fits) return tl::unexpected(fits.error());
  Probe probe;
  probe.format = &jpeg_format;
  probe.width = header->width;
  probe.height = header->height;
  probe.depth = header->precision;
  probe.model = color_model(header->color_space());
  probe.encoding = describe(*header);
  probe.coefficients = coefficients_of(*header);
  probe.lossy = (header->frame_marker & 3U) != 3;  // SOF3, 7, 11 and 15 are lossless
  probe.quality = estimate_quality(*header);
  probe.orientation = header->orientation;
  probe.untouchable = untouchable_reason(*header);
  return probe;
}

}  // namespace imgc::jpeg
