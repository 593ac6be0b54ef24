#include "formats/png/survey.h"

namespace imgc::png {

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
  if (!census.has_doubtful_key()) return survey;
  const auto search = [&](const Image& band) {
    const std::optional<Image> narrow = survey.narrows_ ? narrow_exactly(band) : std::nullopt;
    if (shows_key(narrow ? *narrow : band, census)) census.key.reset();
    return census.key.has_value();
  };
  if (auto read = for_each_band(still, limits, search); !read) return tl::unexpected(std::move(read.error()));
  return survey;
}

}  // namespace imgc::png
