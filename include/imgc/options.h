// What the user wants done to an image, with the defaults beside each field. Resolved once, then const.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "imgc/image.h"

namespace imgc {

enum class Fidelity : std::uint8_t {
  exact,       // every pixel and coefficient as before
  perceptual,  // as good as the quality asks for
};

enum class Effort : std::uint8_t { fast, normal, high, max };

// How many pixels share a sample of chroma where pixels become a JPEG: by content and quality, or as named.
enum class ChromaSampling : std::uint8_t { automatic, yuv420, yuv422, yuv444 };

// How a JPEG is coded: as it is smallest, in scans that show the whole picture early, or row by row, which
// some decoders need and all do in little memory.
enum class JpegCoding : std::uint8_t { smallest, progressive, sequential };

// On pngquant's and libjpeg's scale of 0 to 100: aim at max, and accept nothing below min.
struct QualityRange {
  int min = 0;
  int max = 75;

  bool operator==(const QualityRange&) const = default;
};

struct Quality {
  QualityRange all;
  std::map<std::string, QualityRange, std::less<>> by_format;  // by Format::name

  [[nodiscard]] QualityRange of(std::string_view format) const {
    const auto found = by_format.find(format);
    return found == by_format.end() ? all : found->second;
  }
};

struct Rgb {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
};

// Which metadata goes out. `orientation` and `thumbnail` are apart from `kinds`, being parts of the EXIF
// block: the one may outlive it, the other only goes out in it.
struct MetadataPolicy {
  std::set<MetadataKind> kinds = {MetadataKind::icc, MetadataKind::color, MetadataKind::density,
                                  MetadataKind::attached};
  bool orientation = true;
  bool thumbnail = true;
  // Single chunks or segments by their format's name ("tEXt", "APP13"); these overrule the kinds.
  std::set<std::string, std::less<>> keep_names;
  std::set<std::string, std::less<>> drop_names;
};

// The least that a result must save to replace the original.
struct Savings {
  double fraction = 0;
  std::uint64_t bytes = 0;

  // The largest size that still saves enough; an image of that size or less is taken. Never `original`
  // itself.
  [[nodiscard]] std::uint64_t largest_allowed(std::uint64_t original) const;
};

// Bounds on what hostile input can cost, and on what is taken for an image.
struct Limits {
  std::uint64_t max_pixels = 500'000'000;
  std::uint64_t png_chunk_bytes = std::uint64_t{16} << 20U;  // of any chunk but IDAT
  unsigned jpeg_scans = 100;
  std::uint64_t memory = std::uint64_t{4} << 30U;  // what a codec may allocate for one image
  unsigned max_frames = 0;                         // of an animation; 0 for any number
  // What a job may take, looked at between candidates; 0 for any time. The engine makes of it the moment when
  // the time is up.
  std::chrono::seconds time{0};
  std::optional<std::chrono::steady_clock::time_point> deadline = std::nullopt;
  bool accept_damage = false;  // decode what else would fail with ErrorCode::damaged
};

// What becomes of a damaged image that decoders still show in part.
enum class OnCorrupt : std::uint8_t {
  keep,    // it stays as it is, byte for byte
  repair,  // what is shown is written as a sound file
  fail,
};

enum class Overwrite : std::uint8_t {
  always,
  never,    // an output that exists is left alone
  changed,  // an output that is not older than its input is left alone
};

struct Preserve {
  bool mode = false;
  bool owner = false;
  bool times = false;
};

struct Options {
  Fidelity fidelity = Fidelity::exact;
  Quality quality;
  bool quality_given = false;  // by the user, who will want to know if it has no effect
  // What a lossy result is to reach instead of a quality; at most one of the two.
  std::optional<double> target;           // a score by SSIMULACRA 2: the smallest that has it
  std::optional<std::uint64_t> max_size;  // bytes: the best that fits
  bool score = false;  // lossy outputs are scored for the report; with those two they always are
  Effort effort = Effort::normal;
  std::optional<std::string> convert_to;  // a Format::name; nothing keeps each image's format
  // The format in which each image is smallest, or best for its size; for exact results and for target and
  // max_size, since qualities of different formats can't be compared.
  bool any_format = false;
  ChromaSampling chroma = ChromaSampling::automatic;
  JpegCoding jpeg_coding = JpegCoding::smallest;
  OnCorrupt on_corrupt = OnCorrupt::keep;
  bool auto_orient = false;       // turn pixels as their orientation tag says, and clear it
  unsigned rotate = 0;            // then clockwise by so many degrees: 0, 90, 180 or 270
  std::optional<Rgb> background;  // what transparent pixels are laid on when the target has no alpha
  MetadataPolicy metadata;
  Savings min_savings;
  Overwrite overwrite = Overwrite::always;
  Preserve preserve;
  bool in_place = false;
  std::string backup_suffix;  // in place: keep the original under its name and this; empty keeps none
  bool break_hard_links = false;
  bool copy_others = false;  // copy files that are not images, so that the output tree is complete
  Limits limits;
};

}  // namespace imgc
