#include "journal/options_json.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"
#include "formats/format.h"

namespace imgc {
namespace {

Json to_json(const QualityRange& range) {
  return {{"min", range.min}, {"max", range.max}};
}

template <class Value>
struct Named {
  Value value;
  std::string_view name;
};

constexpr std::array<Named<Effort>, 4> effort_names = {
    {{Effort::fast, "fast"}, {Effort::normal, "default"}, {Effort::high, "high"}, {Effort::max, "max"}}};
constexpr std::array<Named<Overwrite>, 3> overwrite_names = {
    {{Overwrite::always, "always"}, {Overwrite::never, "never"}, {Overwrite::changed, "changed"}}};
constexpr std::array<Named<ChromaSampling>, 4> subsampling_names = {{{ChromaSampling::automatic, "auto"},
                                                                     {ChromaSampling::yuv420, "420"},
                                                                     {ChromaSampling::yuv422, "422"},
                                                                     {ChromaSampling::yuv444, "444"}}};
constexpr std::array<Named<JpegCoding>, 3> progressive_names = {
    {{JpegCoding::smallest, "auto"}, {JpegCoding::progressive, "always"}, {JpegCoding::sequential, "never"}}};
constexpr std::array<Named<OnCorrupt>, 3> on_corrupt_names = {
    {{OnCorrupt::keep, "keep"}, {OnCorrupt::repair, "repair"}, {OnCorrupt::fail, "fail"}}};
constexpr std::array<Named<MetadataKind>, 10> metadata_kinds = {{{MetadataKind::icc, "icc"},
                                                                 {MetadataKind::color, "color"},
                                                                 {MetadataKind::exif, "exif"},
                                                                 {MetadataKind::xmp, "xmp"},
                                                                 {MetadataKind::iptc, "iptc"},
                                                                 {MetadataKind::text, "text"},
                                                                 {MetadataKind::time, "time"},
                                                                 {MetadataKind::density, "density"},
                                                                 {MetadataKind::attached, "attached"},
                                                                 {MetadataKind::other, "other"}}};

template <class Value, std::size_t count>
std::string_view name_in(const std::array<Named<Value>, count>& names, Value value) {
  const auto* found = std::ranges::find(names, value, &Named<Value>::value);
  return found == names.end() ? std::string_view() : found->name;
}

// What --strip and --keep came to: every kind is in exactly one of the two lists.
void put_metadata_policy(Json& object, const MetadataPolicy& policy) {
  Json strip = Json::array();
  Json keep = Json::array();
  for (const Named<MetadataKind>& row : metadata_kinds)
    (policy.kinds.contains(row.value) ? keep : strip).push_back(row.name);
  (policy.orientation ? keep : strip).push_back("orientation");
  (policy.thumbnail ? keep : strip).push_back("thumbnail");
  for (const std::string& chunk : policy.drop_names) strip.push_back(replace_invalid_utf8(chunk));
  for (const std::string& chunk : policy.keep_names) keep.push_back(replace_invalid_utf8(chunk));
  object["strip"] = std::move(strip);
  object["keep"] = std::move(keep);
}

Json preserve_list(const Preserve& preserve) {
  Json list = Json::array();
  if (preserve.mode) list.push_back("mode");
  if (preserve.owner) list.push_back("owner");
  if (preserve.times) list.push_back("times");
  return list;
}

}  // namespace

Json to_json(const Options& options) {
  Json object = Json::object();
  object["lossy"] = options.fidelity == Fidelity::perceptual;
  Json quality = Json::object();
  for (const Format* format : formats())
    quality[std::string(format->name)] = to_json(options.quality.of(format->name));
  object["quality"] = std::move(quality);
  object["target"] = options.target ? Json(*options.target) : Json(nullptr);
  object["max_size"] = options.max_size ? Json(*options.max_size) : Json(nullptr);
  object["score"] = options.score;
  object["effort"] = name_in(effort_names, options.effort);
  object["format"] =
      options.convert_to ? Json(*options.convert_to) : Json(options.any_format ? "auto" : "keep");
  object["subsampling"] = name_in(subsampling_names, options.chroma);
  object["progressive"] = name_in(progressive_names, options.jpeg_coding);
  object["on_corrupt"] = name_in(on_corrupt_names, options.on_corrupt);
  object["auto_orient"] = options.auto_orient;
  object["rotate"] = options.rotate;
  object["background"] = nullptr;
  if (const auto& rgb = options.background)
    object["background"] = fmt::format("#{:02x}{:02x}{:02x}", rgb->red, rgb->green, rgb->blue);
  put_metadata_policy(object, options.metadata);
  object["min_savings"] = {{"fraction", options.min_savings.fraction}, {"bytes", options.min_savings.bytes}};
  object["overwrite"] = name_in(overwrite_names, options.overwrite);
  object["preserve"] = preserve_list(options.preserve);
  object["in_place"] = options.in_place;
  object["backup"] =
      options.backup_suffix.empty() ? Json(nullptr) : Json(replace_invalid_utf8(options.backup_suffix));
  object["break_hardlinks"] = options.break_hard_links;
  object["copy_others"] = options.copy_others;
  object["max_pixels"] = options.limits.max_pixels;
  object["max_frames"] = options.limits.max_frames == 0 ? Json(nullptr) : Json(options.limits.max_frames);
  object["timeout"] = options.limits.time.count() == 0 ? Json(nullptr) : Json(options.limits.time.count());
  object["limits"] = {{"png_chunk_bytes", options.limits.png_chunk_bytes},
                      {"jpeg_scans", options.limits.jpeg_scans},
                      {"image_memory_bytes", options.limits.memory}};
  return object;
}

}  // namespace imgc
