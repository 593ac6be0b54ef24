#include "image/thumbnail.h"

#include <algorithm>
#include <cmath>

#include "image/convert.h"

namespace imgc {
namespace {

constexpr Rgb mid_gray = {128, 128, 128};
constexpr std::uint32_t most_per_side = 4;

}  // namespace

std::uint32_t Thumbnail::factor_for(std::uint32_t width, std::uint32_t height, std::uint32_t pixels,
                                    std::uint32_t least) {
  const double times = static_cast<double>(width) * static_cast<double>(height) / static_cast<double>(pixels);
  return std::max(least, static_cast<std::uint32_t>(std::ceil(std::sqrt(times))));
}

Thumbnail::Thumbnail(std::uint32_t width, std::uint32_t height, std::uint32_t factor)
    : factor_(factor), per_side_(std::min(factor, most_per_side)) {
  small_.width = width / factor;
  small_.height = height / factor;
}

bool Thumbnail::counts(std::uint32_t in_square) const {
  for (std::uint32_t i = 0; i < per_side_; ++i)
    if (i * factor_ / per_side_ == in_square) return true;
  return false;
}

Image Thumbnail::samples(const Image& strip) const {
  Image out{small_.width * per_side_, 0, strip.model, strip.depth, {}};
  const std::size_t pixel = strip.pixel_bytes();
  for (std::uint32_t y = 0; y < strip.height; ++y) {
    if (!counts((next_row_ + y) % factor_)) continue;
    ++out.height;
    const std::uint8_t* row = strip.row(y);
    for (std::size_t x = 0; x < small_.width; ++x, row += factor_ * pixel) {
      for (std::size_t i = 0; i < per_side_; ++i) {
        const std::uint8_t* from = row + i * factor_ / per_side_ * pixel;
        out.pixels.insert(out.pixels.end(), from, from + pixel);
      }
    }
  }
  return out;
}

void Thumbnail::add(const Image& strip) {
  Image rows = samples(strip);
  next_row_ += strip.height;
  if (has_alpha(rows.model)) rows = flatten(rows, mid_gray);
  if (rows.depth == 16) rows = to_8bit(rows);
  if (sums_.empty()) {
    small_.model = rows.model;
    small_.pixels.resize(small_.height * small_.row_bytes());
    sums_.resize(small_.row_bytes());
  }
  for (std::uint32_t y = 0; y < rows.height; ++y) add_row(rows.row(y));
}

void Thumbnail::add_row(const std::uint8_t* samples) {
  if (y_ == small_.height) return;
  const std::size_t channels = channel_count(small_.model);
  for (std::size_t x = 0; x < small_.width; ++x)
    for (std::size_t i = 0; i < per_side_; ++i)
      for (std::size_t c = 0; c < channels; ++c) sums_[x * channels + c] += *samples++;
  if (++rows_ < per_side_) return;
  const std::uint32_t area = std::max(1U, per_side_ * per_side_);
  std::uint8_t* out = small_.row(y_);
  for (std::uint32_t& sum : sums_) {
    *out++ = static_cast<std::uint8_t>((sum + area / 2) / area);
    sum = 0;
  }
  rows_ = 0;
  ++y_;
}

}  // namespace imgc
