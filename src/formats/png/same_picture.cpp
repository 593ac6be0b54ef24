#include "formats/png/same_picture.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "formats/png/animation.h"
#include "image/convert.h"

namespace imgc::png {

Result<bool> same_still(const Still& a, const Still& b, const Limits& limits) {
  const std::uint32_t height = a.header.ihdr.height;
  if (a.header.ihdr.width != b.header.ihdr.width || height != b.header.ihdr.height) return false;
  auto reader_a = RowReader::open(a, Form::samples, limits.memory);
  if (!reader_a) return tl::unexpected(std::move(reader_a.error()));
  auto reader_b = RowReader::open(b, Form::samples, limits.memory);
  if (!reader_b) return tl::unexpected(std::move(reader_b.error()));
  Image band_a = shape_of(a.header);
  Image band_b = shape_of(b.header);
  const std::uint32_t rows = std::min(band_height(band_a), band_height(band_b));
  for (std::uint32_t left = height; left > 0;) {
    const std::uint32_t count = std::min(rows, left);
    if (auto read = read_band(**reader_a, count, band_a); !read)
      return tl::unexpected(std::move(read.error()));
    if (auto read = read_band(**reader_b, count, band_b); !read)
      return tl::unexpected(std::move(read.error()));
    if (!same_pixels(band_a, band_b)) return false;
    left -= count;
  }
  return true;
}

namespace {

Result<Animation> animation_in(ByteView file, const Limits& limits) {
  auto read = read_animation(file, limits);
  if (!read) return tl::unexpected(std::move(read.error()));
  if (const auto* odd = std::get_if<Reason>(&*read)) return fail(ErrorCode::malformed, odd->text);
  return std::get<Animation>(*std::move(read));
}

// Whether frames say the same of their place, time, and how they are disposed of and blended.
bool same_control(ByteView a, ByteView b) {
  if (a.empty() || b.empty()) return a.empty() && b.empty();
  return std::ranges::equal(a.subspan(4), b.subspan(4));  // behind the sequence numbers
}

Result<bool> same_animation(ByteView file_a, ByteView file_b, const Limits& limits) {
  const Result<Animation> a = animation_in(file_a, limits);
  if (!a) return tl::unexpected(a.error());
  const Result<Animation> b = animation_in(file_b, limits);
  if (!b) return tl::unexpected(b.error());
  if (!std::ranges::equal(a->control, b->control) || a->pictures.size() != b->pictures.size()) return false;
  for (std::size_t i = 0; i < a->pictures.size(); ++i) {
    if (!same_control(a->pictures[i].control, b->pictures[i].control)) return false;
    const StandAlone alone_a(a->header, a->pictures[i]);
    const StandAlone alone_b(b->header, b->pictures[i]);
    Result<bool> same = same_still(alone_a.still(), alone_b.still(), limits);
    if (!same || !*same) return same;
  }
  return true;
}

}  // namespace

Result<bool> same_picture(ByteView a, ByteView b, const Limits& limits) {
  const Result<Still> still_a = find_still(a, limits);
  if (!still_a) return tl::unexpected(still_a.error());
  const Result<Still> still_b = find_still(b, limits);
  if (!still_b) return tl::unexpected(still_b.error());
  if (still_a->header.frames.has_value() != still_b->header.frames.has_value()) return false;
  if (still_a->header.frames) return same_animation(a, b, limits);
  return same_still(*still_a, *still_b, limits);
}

}  // namespace imgc::png
