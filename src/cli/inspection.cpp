#include "cli/inspection.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <lcms2.h>

#include "base/text.h"

namespace imgc {
namespace {

// Real profiles are below 4 MB; lcms2 need not see more from a hostile file.
constexpr std::size_t most_profile_bytes = std::size_t{16} << 20U;
constexpr std::size_t label_columns = 13;

// An ICC profile's description in English, or in whatever language it has.
std::string profile_name(ByteView icc) {
  if (icc.empty() || icc.size() > most_profile_bytes) return {};
  const auto close = [](void* profile) { cmsCloseProfile(profile); };
  const std::unique_ptr<void, decltype(close)> profile(
      cmsOpenProfileFromMem(icc.data(), static_cast<cmsUInt32Number>(icc.size())), close);
  if (profile == nullptr) return {};
  std::array<char, 256> name{};
  // The count includes the NUL that ends the text, cut or not.
  const auto size = static_cast<cmsUInt32Number>(name.size());
  if (cmsGetProfileInfoASCII(profile.get(), cmsInfoDescription, "en", "US", name.data(), size) == 0)
    return {};
  name.back() = '\0';
  return name.data();
}

std::string_view model_name(ColorModel model) {
  switch (model) {
    case ColorModel::gray:
      return "gray";
    case ColorModel::gray_alpha:
      return "gray_alpha";
    case ColorModel::rgb:
      return "rgb";
    case ColorModel::rgba:
      return "rgba";
    case ColorModel::cmyk:
      return "cmyk";
  }
  return {};
}

// EXIF's Orientation as what a viewer does to the stored pixels.
std::string_view orientation_text(int orientation) {
  constexpr std::array<std::string_view, 9> texts = {
      "",
      "upright",
      "mirrored left to right",
      "turned by 180 degrees",
      "mirrored top to bottom",
      "mirrored left to right, then turned 270 degrees clockwise",
      "turned 90 degrees clockwise",
      "mirrored left to right, then turned 90 degrees clockwise",
      "turned 270 degrees clockwise"};
  return orientation >= 1 && orientation <= 8 ? texts.at(static_cast<std::size_t>(orientation)) : texts[0];
}

std::string_view yes_no(bool value) {
  return value ? "yes" : "no";
}

void put_line(std::string& text, std::string_view label, std::string_view value) {
  text += fmt::format("  {:<{}}{}\n", label, label_columns, value);
}

std::string_view color_name(ColorModel model) {
  return model == ColorModel::gray_alpha ? "gray with alpha" : model_name(model);
}

void put_segments(std::string& text, const std::vector<Segment>& segments) {
  struct Row {
    std::string name;
    std::uint64_t bytes = 0;
    std::uint64_t count = 0;
  };
  std::vector<Row> rows;
  for (const Segment& segment : segments) {
    const std::string name = printable(segment.name);
    if (rows.empty() || rows.back().name != name) rows.push_back({name});
    rows.back().bytes += segment.bytes;
    ++rows.back().count;
  }
  std::size_t width = 0;
  for (Row& row : rows) {
    if (row.count > 1) row.name += fmt::format(" x {}", row.count);
    width = std::max(width, row.name.size());
  }
  for (std::size_t i = 0; i < rows.size(); ++i)
    put_line(text, i == 0 ? "segments" : "",
             fmt::format("{:<{}} {:>10}", rows[i].name, width, rows[i].bytes));
}

Json profile_json(const std::optional<Profile>& profile) {
  if (!profile) return nullptr;
  return {{"name", replace_invalid_utf8(profile->name)}, {"bytes", profile->bytes}};
}

Json exif_json(const std::optional<ExifSummary>& exif) {
  if (!exif) return nullptr;
  return {{"camera", replace_invalid_utf8(exif->camera)},
          {"date", replace_invalid_utf8(exif->date)},
          {"gps", exif->has_gps}};
}

}  // namespace

Result<Inspection> inspect_image(std::string_view file, ByteView bytes, const Limits& limits) {
  const Format* format = sniff(bytes);
  if (format == nullptr) {
    const std::string_view foreign = foreign_format(bytes);
    return fail(ErrorCode::unsupported, foreign.empty() ? "not an image that imgc knows"
                                                        : fmt::format("{} is not supported", foreign));
  }
  Result<Probe> probe = format->probe(bytes, limits);
  if (!probe) return tl::unexpected(std::move(probe.error()));
  const Result<Metadata> metadata = format->metadata(bytes, limits);
  if (!metadata) return tl::unexpected(metadata.error());

  Inspection inspection;
  inspection.probe = *std::move(probe);
  inspection.bytes = bytes.size();
  inspection.named = format_by_extension(split_extension(file).extension);
  if (const MetadataItem* icc = metadata->find(MetadataKind::icc))
    inspection.profile = Profile{profile_name(icc->data), icc->data.size()};
  if (const MetadataItem* exif = metadata->find(MetadataKind::exif))
    inspection.exif = summarize_exif(exif->data);
  inspection.segments = format->segments(bytes);
  return inspection;
}

std::string inspection_text(std::string_view file, const Inspection& inspection) {
  const Probe& probe = inspection.probe;
  std::string text = printable(file) + '\n';
  const bool misnamed = inspection.named != nullptr && inspection.named != probe.format;
  put_line(text, "format",
           misnamed ? fmt::format("{}, though named as {}", probe.format->name, inspection.named->name)
                    : std::string(probe.format->name));
  put_line(text, "size",
           inspection.bytes < 1000
               ? human_size(inspection.bytes)
               : fmt::format("{} ({} bytes)", human_size(inspection.bytes), inspection.bytes));
  put_line(text, "dimensions",
           fmt::format("{} x {}, {:.2f} megapixels", probe.width, probe.height,
                       static_cast<double>(probe.pixel_count()) / 1e6));
  put_line(text, "depth", fmt::format("{} bits a sample", probe.depth));
  put_line(text, "colour", color_name(probe.model));
  if (!probe.encoding.empty()) put_line(text, "encoding", printable(probe.encoding));
  put_line(text, "alpha", yes_no(has_alpha(probe.model)));
  put_line(text, "frames", std::to_string(probe.frames));
  put_line(text, "quality",
           probe.quality ? fmt::format("about {}", *probe.quality)
           : probe.lossy ? "lossy, unknown"
                         : "lossless");
  put_line(text, "orientation",
           fmt::format("{}, {}", probe.orientation, orientation_text(probe.orientation)));
  if (const auto& profile = inspection.profile)
    put_line(text, "ICC profile",
             fmt::format("{} ({} bytes)", profile->name.empty() ? "unreadable" : printable(profile->name),
                         profile->bytes));
  if (const auto& exif = inspection.exif) {
    if (!exif->camera.empty()) put_line(text, "camera", printable(exif->camera));
    if (!exif->date.empty()) put_line(text, "date", printable(exif->date));
    put_line(text, "GPS", yes_no(exif->has_gps));
  }
  if (probe.untouchable) put_line(text, "kept because", printable(probe.untouchable->text));
  put_segments(text, inspection.segments);
  return text;
}

Json inspection_json(std::string_view file, const Inspection& inspection) {
  const Probe& probe = inspection.probe;
  Json json = Json::object();
  put_name(json, "file", file);
  json["format"] = probe.format->name;
  json["named_as"] = inspection.named == nullptr ? Json(nullptr) : Json(inspection.named->name);
  json["bytes"] = inspection.bytes;
  json["width"] = probe.width;
  json["height"] = probe.height;
  json["depth"] = probe.depth;
  json["color"] = model_name(probe.model);
  json["encoding"] = replace_invalid_utf8(probe.encoding);
  json["alpha"] = has_alpha(probe.model);
  json["frames"] = probe.frames;
  json["lossy"] = probe.lossy;
  json["quality"] = probe.quality ? Json(*probe.quality) : Json(nullptr);
  json["orientation"] = probe.orientation;
  json["icc"] = profile_json(inspection.profile);
  json["exif"] = exif_json(inspection.exif);
  json["kept_because"] = nullptr;
  if (const auto& reason = probe.untouchable)
    json["kept_because"] = {{"code", reason->code}, {"text", replace_invalid_utf8(reason->text)}};
  json["segments"] = Json::array();
  for (const Segment& segment : inspection.segments)
    json["segments"].push_back(
        {{"name", replace_invalid_utf8(segment.name)}, {"offset", segment.offset}, {"bytes", segment.bytes}});
  return json;
}

}  // namespace imgc
