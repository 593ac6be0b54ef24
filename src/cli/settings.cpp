#include "cli/settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "formats/format.h"

namespace imgc {
namespace {

Result<void> bad_value(std::string_view value, std::string_view expected) {
  return fail(ErrorCode::usage, fmt::format("\"{}\" is not {}", printable(value), expected));
}

std::vector<std::string_view> split(std::string_view list) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t comma = list.find(',');
    parts.push_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    list.remove_prefix(comma + 1);
  }
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::string format_names() {
  std::string names;
  for (const Format* format : formats())
    names += fmt::format("{}{}", names.empty() ? "" : ", ", format->name);
  return names;
}

const Format* format_from_user(std::string_view name) {
  const Format* format = format_named(name);
  return format == nullptr ? format_by_extension(name) : format;
}

template <class Value>
Result<void> set_word(Value& field, std::string_view value, const std::map<std::string_view, Value>& words,
                      std::string_view expected) {
  const auto found = words.find(value);
  if (found == words.end()) return bad_value(value, expected);
  field = found->second;
  return {};
}

Result<void> set_switch(bool& field, std::string_view value, bool meaning = true) {
  if (value != "true" && value != "false") return bad_value(value, "true or false");
  field = (value == "true") == meaning;
  return {};
}

Result<void> set_lossy(Options& options, std::string_view value) {
  bool lossy = false;
  if (auto set = set_switch(lossy, value); !set) return set;
  options.fidelity = lossy ? Fidelity::perceptual : Fidelity::exact;
  return {};
}

Result<void> set_lossless(Options& options, std::string_view value) {
  bool lossless = false;
  if (auto set = set_switch(lossless, value); !set) return set;
  options.fidelity = lossless ? Fidelity::exact : Fidelity::perceptual;
  return {};
}

std::optional<QualityRange> quality_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto max = parse_number<int>(dash == std::string_view::npos ? text : text.substr(dash + 1));
  const auto min = dash == std::string_view::npos ? 0 : parse_number<int>(text.substr(0, dash));
  if (!min || !max || *min < 0 || *max > 100 || *min > *max) return std::nullopt;
  return QualityRange{*min, *max};
}

Result<void> set_quality(Options& options, std::string_view value) {
  Quality quality = options.quality;
  for (const std::string_view part : split(value)) {
    const std::size_t equals = part.find('=');
    const auto range = quality_range(equals == std::string_view::npos ? part : part.substr(equals + 1));
    if (!range) return bad_value(part, "a quality: N or MIN-MAX between 0 and 100, or FORMAT=N");
    if (equals == std::string_view::npos) {
      quality.all = *range;
      continue;
    }
    const Format* format = format_from_user(part.substr(0, equals));
    if (format == nullptr) return bad_value(part.substr(0, equals), "a format; there are " + format_names());
    quality.by_format[std::string(format->name)] = *range;
  }
  options.quality = std::move(quality);
  options.quality_given = true;
  return {};
}

Result<void> set_target(Options& options, std::string_view value) {
  static const std::map<std::string_view, double> names = {
      {"visually-lossless", 90}, {"high", 80}, {"medium", 70}, {"low", 50}};
  const auto named = names.find(value);
  const auto score = named != names.end() ? std::optional(named->second) : parse_number<double>(value);
  if (!score || !(*score >= 0 && *score <= 100))
    return bad_value(value, "a score from 0 to 100, or visually-lossless, high, medium or low");
  options.target = *score;
  options.fidelity = Fidelity::perceptual;
  return {};
}

Result<void> set_max_size(Options& options, std::string_view value) {
  const auto size = parse_size(value);
  if (!size || *size == 0) return bad_value(value, "a size such as 500KB");
  options.max_size = *size;
  options.fidelity = Fidelity::perceptual;
  return {};
}

Result<void> set_effort(Options& options, std::string_view value) {
  static const std::map<std::string_view, Effort> efforts = {
      {"fast", Effort::fast}, {"default", Effort::normal}, {"high", Effort::high}, {"max", Effort::max}};
  return set_word(options.effort, value, efforts, "an effort: fast, default, high or max");
}

Result<void> set_format(Options& options, std::string_view value) {
  options.any_format = value == "auto";
  options.convert_to.reset();
  if (value == "keep" || value == "auto") return {};
  const Format* format = format_from_user(value);
  if (format == nullptr) return bad_value(value, "a format: keep, auto, " + format_names());
  options.convert_to = format->name;
  return {};
}

Result<void> set_subsampling(Options& options, std::string_view value) {
  static const std::map<std::string_view, ChromaSampling> samplings = {{"auto", ChromaSampling::automatic},
                                                                       {"420", ChromaSampling::yuv420},
                                                                       {"422", ChromaSampling::yuv422},
                                                                       {"444", ChromaSampling::yuv444}};
  return set_word(options.chroma, value, samplings, "a subsampling: auto, 420, 422 or 444");
}

Result<void> set_progressive(Options& options, std::string_view value) {
  static const std::map<std::string_view, JpegCoding> codings = {
      {"auto", JpegCoding::smallest}, {"always", JpegCoding::progressive}, {"never", JpegCoding::sequential}};
  return set_word(options.jpeg_coding, value, codings, "auto, always or never");
}

Result<void> set_on_corrupt(Options& options, std::string_view value) {
  static const std::map<std::string_view, OnCorrupt> words = {
      {"keep", OnCorrupt::keep}, {"repair", OnCorrupt::repair}, {"fail", OnCorrupt::fail}};
  return set_word(options.on_corrupt, value, words, "keep, repair or fail");
}

Result<void> set_rotate(Options& options, std::string_view value) {
  static const std::map<std::string_view, unsigned> degrees = {
      {"0", 0}, {"90", 90}, {"180", 180}, {"270", 270}};
  return set_word(options.rotate, value, degrees, "degrees clockwise: 90, 180 or 270");
}

Result<void> set_background(Options& options, std::string_view value) {
  static const std::map<std::string_view, Rgb> names = {{"white", {255, 255, 255}}, {"black", {0, 0, 0}}};
  if (const auto named = names.find(value); named != names.end()) {
    options.background = named->second;
    return {};
  }
  std::string_view digits = value;
  if (digits.starts_with('#')) digits.remove_prefix(1);
  std::string six(digits);
  if (digits.size() == 3) six = {digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]};
  unsigned rgb = 0;
  const auto [end, error] = std::from_chars(six.data(), six.data() + six.size(), rgb, 16);
  if (six.size() != 6 || error != std::errc() || end != six.data() + six.size())
    return bad_value(value, "a colour: #RRGGBB, #RGB, white or black");
  options.background =
      Rgb{static_cast<std::uint8_t>(rgb >> 16U), static_cast<std::uint8_t>(rgb >> 8U & 0xFFU),
          static_cast<std::uint8_t>(rgb & 0xFFU)};
  return {};
}

const std::map<std::string_view, MetadataKind>& metadata_kinds() {
  static const std::map<std::string_view, MetadataKind> kinds = {
      {"icc", MetadataKind::icc},    {"color", MetadataKind::color},     {"exif", MetadataKind::exif},
      {"xmp", MetadataKind::xmp},    {"iptc", MetadataKind::iptc},       {"text", MetadataKind::text},
      {"time", MetadataKind::time},  {"density", MetadataKind::density}, {"attached", MetadataKind::attached},
      {"other", MetadataKind::other}};
  return kinds;
}

std::set<MetadataKind> every_kind() {
  std::set<MetadataKind> all;
  for (const auto& [name, kind] : metadata_kinds()) all.insert(kind);
  return all;
}

bool is_segment_name(std::string_view name) {
  const auto printable_ascii = [](char c) { return c >= ' ' && c <= '~'; };
  if (name == "COM" || (name.starts_with("APP") && parse_number<unsigned>(name.substr(3)).value_or(99) < 16))
    return true;
  return name.size() == 4 && std::ranges::all_of(name, printable_ascii);
}

// Keeps or drops what the list names.
Result<void> list_metadata(MetadataPolicy& policy, std::string_view list, bool keep) {
  for (const std::string_view item : split(list)) {
    if (item == "orientation") {
      policy.orientation = keep;
    } else if (item == "thumbnail") {
      policy.thumbnail = keep;
    } else if (const auto kind = metadata_kinds().find(item); kind != metadata_kinds().end()) {
      if (keep)
        policy.kinds.insert(kind->second);
      else
        policy.kinds.erase(kind->second);
    } else if (is_segment_name(item)) {
      (keep ? policy.keep_names : policy.drop_names).insert(std::string(item));
      (keep ? policy.drop_names : policy.keep_names).erase(std::string(item));
    } else {
      return bad_value(item,
                       "metadata: icc, color, exif, xmp, iptc, text, time, density, orientation, thumbnail, "
                       "attached, other, or a chunk or segment name such as tEXt or APP13");
    }
  }
  return {};
}

Result<void> set_strip(Options& options, std::string_view value) {
  MetadataPolicy policy;
  if (value == "safe") {
    options.metadata = policy;
    return {};
  }
  // The orientation stays even then: without it the picture would lie on its side.
  policy.kinds = value == "all" ? std::set<MetadataKind>{} : every_kind();
  if (value != "all" && value != "none")
    if (auto listed = list_metadata(policy, value, false); !listed) return listed;
  options.metadata = policy;
  return {};
}

Result<void> set_keep(Options& options, std::string_view value) {
  return list_metadata(options.metadata, value, true);
}

Result<void> set_min_savings(Options& options, std::string_view value) {
  if (value.ends_with('%')) {
    double percent = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size() - 1, percent);
    if (error != std::errc() || end != value.data() + value.size() - 1 || !(percent >= 0 && percent <= 100))
      return bad_value(value, "a share between 0% and 100%");
    options.min_savings = Savings{percent / 100, 0};
    return {};
  }
  const auto bytes = parse_size(value);
  if (!bytes) return bad_value(value, "a share such as 2% or a size such as 1KB");
  options.min_savings = Savings{0, *bytes};
  return {};
}

Result<void> set_overwrite(Options& options, std::string_view value) {
  static const std::map<std::string_view, Overwrite> words = {
      {"always", Overwrite::always}, {"never", Overwrite::never}, {"changed", Overwrite::changed}};
  return set_word(options.overwrite, value, words, "always, never or changed");
}

Result<void> set_preserve(Options& options, std::string_view value) {
  Preserve preserve;
  for (const std::string_view part : split(value == "true" ? "mode,owner,times" : value)) {
    if (part == "mode")
      preserve.mode = true;
    else if (part == "owner")
      preserve.owner = true;
    else if (part == "times")
      preserve.times = true;
    else
      return bad_value(part, "one of mode, owner, times");
  }
  options.preserve = preserve;
  return {};
}

Result<void> set_max_pixels(Options& options, std::string_view value) {
  const auto pixels = parse_size(value);
  if (!pixels || *pixels == 0) return bad_value(value, "a number of pixels such as 100M");
  options.limits.max_pixels = *pixels;
  return {};
}

Result<void> set_max_frames(Options& options, std::string_view value) {
  const auto frames = parse_number<unsigned>(value);
  if (!frames || *frames == 0) return bad_value(value, "a number of frames such as 100");
  options.limits.max_frames = *frames;
  return {};
}

Result<void> set_timeout(Options& options, std::string_view value) {
  const auto time = parse_duration(value);
  if (!time || time->count() == 0) return bad_value(value, "a time such as 30s");
  options.limits.time = *time;
  return {};
}

constexpr std::string_view fidelity_group = "Fidelity";
constexpr std::string_view metadata_group = "Metadata";
constexpr std::string_view output_group = "Output";
constexpr std::string_view limits_group = "Limits";

constexpr std::array<Setting, 24> table = {{
    {"lossless", "--lossless", "", fidelity_group, "Change no pixel (the default)", set_lossless},
    {"lossy", "--lossy", "", fidelity_group, "Reduce quality where it is hard to see, down to --quality",
     set_lossy},
    {"quality", "-q,--quality", "N|MIN-MAX", fidelity_group,
     "For --lossy: 0 to 100, the higher the better (default 75). A PNG that can't reach MIN is compressed "
     "losslessly "
     "instead. By format: jpeg=75,png=60-80,webp=70",
     set_quality},
    {"target", "--target", "SCORE", fidelity_group,
     "The smallest result that looks as good as this SSIMULACRA 2 score, from 0 to 100, or by name: "
     "visually-lossless = 90, high = 80, medium = 70, low = 50. In place of --lossy and --quality",
     set_target},
    {"max-size", "--max-size", "SIZE", fidelity_group,
     "The best result of at most this size, for example 500KB; fails when nothing fits. In place of --lossy "
     "and "
     "--quality",
     set_max_size},
    {"score", "--score", "", fidelity_group,
     "Put the SSIMULACRA 2 score of each lossy output into the report",
     [](Options& options, std::string_view value) { return set_switch(options.score, value); }},
    {"effort", "-e,--effort", "fast|default|high|max", fidelity_group,
     "How long to look for something smaller", set_effort},
    {"format", "--format", "keep|auto|png|jpeg|webp", fidelity_group,
     "Convert every image to this format (default keep), or, for --target, --max-size and --lossless, to the "
     "one "
     "in which it is smallest",
     set_format},
    {"on-corrupt", "--on-corrupt", "keep|repair|fail", fidelity_group,
     "What becomes of a damaged JPEG that viewers still show: keep it as it is (the default), write what "
     "they "
     "show as a sound file, or fail",
     set_on_corrupt},
    {"auto-orient", "--auto-orient", "", fidelity_group,
     "Turn pixels as their orientation tag says, and clear it; JPEGs without loss",
     [](Options& options, std::string_view value) { return set_switch(options.auto_orient, value); }},
    {"rotate", "--rotate", "90|180|270", fidelity_group,
     "Turn what is seen clockwise by so many degrees; JPEGs without loss", set_rotate},
    {"background", "--background", "COLOR", fidelity_group,
     "What transparent pixels are laid on when the target has no transparency: #RRGGBB, white or black",
     set_background},
    {"subsampling", "--subsampling", "auto|420|422|444", fidelity_group,
     "How much of the chroma a JPEG made from other pixels keeps (default auto, by content and quality)",
     set_subsampling},
    {"progressive", "--progressive", "auto|always|never", fidelity_group,
     "Whether JPEGs are progressive (default auto, whichever is smaller)", set_progressive},
    {"min-savings", "--min-savings", "PERCENT%|SIZE", fidelity_group,
     "Keep the original unless this much is saved, for example 2% or 1KB", set_min_savings},
    {"strip", "--strip", "safe|all|none|LIST", metadata_group,
     "Metadata to drop. safe, the default, keeps what changes how the image looks: ICC profile, colour "
     "chunks, "
     "orientation, density, and what is attached behind a JPEG: gain maps, motion photos. LIST: icc, color, "
     "exif, "
     "xmp, iptc, text, time, density, orientation, thumbnail, attached, other, or names such as tEXt or "
     "APP13; what is not listed stays",
     set_strip},
    {"keep", "--keep", "LIST", metadata_group, "Metadata to keep beside what --strip leaves", set_keep},
    {"preserve", "-p,--preserve", "", output_group,
     "Give outputs the mode, owner and times of their inputs, or some: --preserve=mode,times", set_preserve},
    {"overwrite", "--overwrite", "always|never|changed", output_group,
     "What to do with outputs that exist (default always); changed: replace those older than their input",
     set_overwrite},
    {"copy-others", "--copy-others", "", output_group,
     "Copy files that are not images, so that the output is complete",
     [](Options& options, std::string_view value) { return set_switch(options.copy_others, value); }},
    {"break-hardlinks", "--break-hardlinks", "", output_group,
     "With --in-place: also replace files that have several names",
     [](Options& options, std::string_view value) { return set_switch(options.break_hard_links, value); }},
    {"max-pixels", "--max-pixels", "N", limits_group, "Refuse larger images (default 500M)", set_max_pixels},
    {"max-frames", "--max-frames", "N", limits_group, "Refuse animations of more frames (default any number)",
     set_max_frames},
    {"timeout", "--timeout", "TIME", limits_group,
     "What an image may take, looked at between candidates: after that the best so far is taken (default any "
     "time)",
     set_timeout},
}};

}  // namespace

std::span<const Setting> settings() {
  return table;
}

Result<void> apply_setting(Options& options, std::string_view name, std::string_view value) {
  const auto* found = std::ranges::find(table, name, &Setting::name);
  if (found == table.end())
    return fail(ErrorCode::usage, fmt::format("there is no option \"{}\"", printable(name)));
  if (auto set = found->set(options, value); !set)
    return fail(ErrorCode::usage, fmt::format("--{}: {}", name, set.error().message));
  return {};
}

Result<void> check_options(const Options& options) {
  if (options.quality_given && options.fidelity == Fidelity::exact)
    return fail(ErrorCode::usage, "--quality has no meaning without --lossy; add --lossy to allow loss");
  if (options.target && options.max_size)
    return fail(ErrorCode::usage, "--target and --max-size exclude each other");
  if (options.quality_given && (options.target || options.max_size))
    return fail(ErrorCode::usage,
                fmt::format("--quality and --{} exclude each other: the quality is what is looked for",
                            options.target ? "target" : "max-size"));
  if (options.fidelity == Fidelity::exact && (options.target || options.max_size))
    return fail(ErrorCode::usage,
                fmt::format("--{} has no meaning with --lossless", options.target ? "target" : "max-size"));
  if (options.in_place && options.target)
    return fail(ErrorCode::usage,
                "--target measures against the input, so that with --in-place every run would lose some "
                "more; give an "
                "OUTPUT");
  if (options.any_format && options.fidelity == Fidelity::perceptual && !options.target && !options.max_size)
    return fail(
        ErrorCode::usage,
        "--format auto needs --target or --max-size to be lossy, since a quality means something else in "
        "each format");
  if (options.in_place && (options.convert_to || options.any_format))
    return fail(ErrorCode::usage,
                "--in-place keeps names, so it can't be combined with --format; give an OUTPUT");
  return {};
}

}  // namespace imgc
