// What the headers of one image say, found and written down. No pixel is decoded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgc/bytes.h"
#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/format.h"
#include "image/exif.h"
#include "journal/report_json.h"

namespace imgc {

struct Profile {
  std::string name;  // its description; empty when lcms2 can't read the profile
  std::uint64_t bytes = 0;
};

struct Inspection {
  Probe probe;
  std::uint64_t bytes = 0;
  const Format* named = nullptr;  // the format that the file's extension belongs to
  std::optional<Profile> profile;
  std::optional<ExifSummary> exif;
  std::vector<Segment> segments;
};

// `file` is only asked for its extension.
Result<Inspection> inspect_image(std::string_view file, ByteView bytes, const Limits& limits);

// Aligned lines for people, the file's name first. Segments of one name that follow each other share a line.
std::string inspection_text(std::string_view file, const Inspection& inspection);
// The members are those that man imgc.1 describes under `inspect --json`.
Json inspection_json(std::string_view file, const Inspection& inspection);

}  // namespace imgc
