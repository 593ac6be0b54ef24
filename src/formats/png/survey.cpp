#include "formats/png/survey.h"

#include <algorithm>
#include <cstring>

#include "image/convert.h"

namespace imgc::png {
namespace {

using Key = std::array<std::uint16_t, 3>;

// Whether a pixel that is not fully transparent has the key's colour.
bool shows(const Image& band, const Key& key) {
  const std::size_t sample = band.depth / 8;
  std::array<std::uint8_t, 6> color = {};
  for (std::size_t c = 0; c < 3; ++c) {
    const auto narrow = static_cast<std::uint8_t>(key[c]);
    std::memcpy(&color[c * sample], sample == 1 ? static_cast<const void*>(&narrow) : &key[c], sample);
  }
  Bytes row(4 * sample * band.width);
  for (std::uint32_t y = 0; y < band.height; ++y) {
    rgba_row(band, y, row.data());
    for (const std::uint8_t* at = row.data(); at != row.data() + row.size(); at += 4 * sample) {
      const bool same = std::memcmp(at, color.data(), 3 * sample) == 0;
      if (same && (at[3 * sample] | at[4 * sample - 1]) != 0) return true;
    }
  }
  return false;
}

bool shows(const std::vector<Color>& colors, const Key& key) {
  return std::ranges::any_of(colors, [&](const Color& color) {
    return color[3] != 0 && color[0] == key[0] && color[1] == key[1] && color[2] == key[2];
  });
}

}  // namespace

void CensusSum::add(const Census& band) {
  gray_ = gray_ && band.gray;
  opaque_ = opaque_ && band.opaque;
  if (!band.opaque) {
    key_possible_ = key_possible_ && band.key && (!key_ || key_ == band.key);
    key_ = band.key;
  }
  few_colors_ = few_colors_ && !band.colors.empty() && palette_.add_all(band.colors);
}

Census CensusSum::total() const {
  Census census;
  census.gray = gray_;
  census.opaque = opaque_;
  if (key_possible_) census.key = key_;
  if (few_colors_) census.colors = palette_.colors();
  return census;
}

Result<Survey> Survey::of(const Still& still, const Limits& limits) {
  CensusSum as_stored;
  CensusSum narrowed;
  Survey survey;
  survey.shape_ = shape_of(still.header);
  survey.narrows_ = survey.shape_.depth == 16;
  const auto look = [&](const Image& band) {
    as_stored.add(take_census(band));
    if (!survey.narrows_) return true;
    const std::optional<Image> narrow = narrow_exactly(band);
    survey.narrows_ = narrow.has_value();
    if (narrow) narrowed.add(take_census(*narrow));
    return true;
  };
  if (auto read = for_each_band(still, limits, look); !read) return tl::unexpected(std::move(read.error()));
  survey.census_ = survey.narrows_ ? narrowed.total() : as_stored.total();
  if (survey.narrows_) survey.shape_.depth = 8;

  Census& census = survey.census_;
  if (!census.key) return survey;
  if (!census.colors.empty()) {
    if (shows(census.colors, *census.key)) census.key.reset();
    return survey;
  }
  const auto search = [&](const Image& band) {
    const std::optional<Image> narrow = survey.narrows_ ? narrow_exactly(band) : std::nullopt;
    if (shows(narrow ? *narrow : band, *census.key)) census.key.reset();
    return census.key.has_value();
  };
  if (auto read = for_each_band(still, limits, search); !read) return tl::unexpected(std::move(read.error()));
  return survey;
}

}  // namespace imgc::png
