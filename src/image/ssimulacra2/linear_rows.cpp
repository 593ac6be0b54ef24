#include "image/ssimulacra2/linear_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "image/ssimulacra2/definition.h"

namespace imgc::ssimulacra2 {
namespace {

// IEC 61966-2-1.
double decode_srgb(double encoded) {
  return encoded <= 0.04045 ? encoded / 12.92 : std::pow((encoded + 0.055) / 1.055, 2.4);
}

// The linear value of each 8-bit sample.
const std::array<float, 256>& table_of_bytes() {
  static const std::array<float, 256> table = [] {
    std::array<float, 256> made{};
    for (std::size_t i = 0; i < made.size(); ++i)
      made[i] = static_cast<float>(decode_srgb(static_cast<double>(i) / 255));
    return made;
  }();
  return table;
}

// The curve in straight pieces, at most 1e-6 off, and exact at the samples of 8 bits.
class DecodingCurve {
 public:
  DecodingCurve() {
    for (std::size_t i = 0; i < points_.size(); ++i)
      points_[i] = static_cast<float>(decode_srgb(static_cast<double>(i) / pieces));
  }
  [[nodiscard]] float operator()(float encoded) const {
    const Place place = place_among(pieces, encoded);
    return points_[place.left] + place.share * (points_[place.left + 1] - points_[place.left]);
  }

 private:
  static constexpr std::size_t pieces = std::size_t{255} * 16;
  std::array<float, pieces + 1> points_{};
};

const DecodingCurve& curve() {
  static const DecodingCurve made;
  return made;
}

// From 0 to 1.
template <class Sample>
float unit(Sample sample) {
  return static_cast<float>(sample) * (1.0F / static_cast<Sample>(-1));
}

template <class Sample>
float unit(const std::uint8_t* row, std::size_t index) {
  Sample sample = 0;
  std::memcpy(&sample, row + index * sizeof sample, sizeof sample);
  return unit(sample);
}

float laid(float color, float alpha, float background) {
  return alpha * color + (1.0F - alpha) * background;
}

template <class Sample>
void encode_row(const std::uint8_t* row, ColorModel model, std::size_t width, unsigned count,
                float background, float* out) {
  const unsigned stored = channel_count(model);
  const unsigned colors = has_alpha(model) ? stored - 1 : stored;
  for (std::size_t x = 0; x < width; ++x) {
    const float alpha = has_alpha(model) ? unit<Sample>(row, x * stored + colors) : 1.0F;
    for (unsigned c = 0; c < count; ++c) {
      // A gray image whose profile is for RGB has its one sample taken three times.
      const float color = unit<Sample>(row, x * stored + std::min(c, colors - 1));
      *out++ = laid(color, alpha, background);
    }
  }
}

}  // namespace

void LinearRows::read(std::size_t y, float* const linear[3]) {
  read_shown(static_cast<std::uint32_t>(std::min<std::size_t>(y, shown_height_ - 1)), linear);
  for (unsigned c = 0; c < channels; ++c)
    std::fill(linear[c] + shown_width_, linear[c] + width(), linear[c][shown_width_ - 1]);
}

ImageRows::ImageRows(const Picture& picture, float background)
    : LinearRows(picture.image.width, picture.image.height),
      image_(picture.image),
      background_(background),
      transform_(ColorTransform::of(picture.metadata, picture.image.model)) {
  encoded_.resize(std::size_t{4} * image_.width);
}

void ImageRows::encode(const std::uint8_t* row, unsigned count) {
  if (image_.depth == 16)
    encode_row<std::uint16_t>(row, image_.model, image_.width, count, background_, encoded_.data());
  else
    encode_row<std::uint8_t>(row, image_.model, image_.width, count, background_, encoded_.data());
}

// 8 bits in sRGB: what nearly every image is. What has an alpha of its own is laid on the background as
// encode() does.
void ImageRows::read_bytes(const std::uint8_t* row, float* const linear[3]) const {
  const std::array<float, 256>& table = table_of_bytes();
  const DecodingCurve& decode = curve();
  const unsigned stored = channel_count(image_.model);
  const unsigned alpha_at = has_alpha(image_.model) ? stored - 1 : stored;
  const float bare = decode(background_);
  const bool gray = is_gray(image_.model);
  for (std::size_t x = 0; x < image_.width; ++x, row += stored) {
    const std::uint8_t alpha = alpha_at < stored ? row[alpha_at] : std::uint8_t{255};
    for (unsigned c = 0; c < 3; ++c) {
      const std::uint8_t color = row[gray ? 0 : c];
      linear[c][x] = alpha == 255 ? table[color]
                     : alpha == 0 ? bare
                                  : decode(laid(unit(color), unit(alpha), background_));
    }
  }
}

const std::uint8_t* ImageRows::color_bytes(const std::uint8_t* row) {
  if (image_.depth != 8) return nullptr;
  if (!has_alpha(image_.model)) return row;
  const unsigned stored = channel_count(image_.model);
  colors_.resize(std::size_t{stored - 1} * image_.width);
  std::uint8_t* to = colors_.data();
  for (std::size_t x = 0; x < image_.width; ++x, row += stored) to = std::copy_n(row, stored - 1, to);
  return colors_.data();
}

// Mostly few.
void ImageRows::lay_on_background(const std::uint8_t* row, float* const linear[3]) {
  const unsigned stored = channel_count(image_.model);
  const unsigned inputs = transform_->inputs();
  const auto count_of = [&] { return shown_through_.size(); };
  shown_through_.clear();
  for (std::size_t x = 0; x < image_.width; ++x, row += stored) {
    const std::uint8_t alpha = row[stored - 1];
    if (alpha == 255) continue;
    for (unsigned c = 0; c < inputs; ++c)
      encoded_[count_of() * inputs + c] = laid(unit(row[std::min(c, stored - 2)]), unit(alpha), background_);
    shown_through_.push_back(x);
  }
  if (shown_through_.empty()) return;
  laid_.resize(3 * count_of());
  float* const out[3] = {laid_.data(), laid_.data() + count_of(), laid_.data() + 2 * count_of()};
  transform_->run(encoded_.data(), count_of(), out);
  for (unsigned c = 0; c < 3; ++c)
    for (std::size_t i = 0; i < count_of(); ++i) linear[c][shown_through_[i]] = out[c][i];
}

void ImageRows::transform(const std::uint8_t* row, float* const linear[3]) {
  const std::uint8_t* bytes = color_bytes(row);
  if (bytes != nullptr && transform_->run_bytes(bytes, is_gray(image_.model), image_.width, linear)) {
    if (has_alpha(image_.model)) lay_on_background(row, linear);
    return;
  }
  const unsigned count = transform_->inputs();
  encode(row, count);
  // lcms2 counts ink in percent.
  if (count == 4)
    for (float& sample : encoded_) sample = 100.0F - 100.0F * sample;
  transform_->run(encoded_.data(), image_.width, linear);
}

void ImageRows::read_shown(std::uint32_t y, float* const linear[3]) {
  const std::uint8_t* row = image_.row(y);
  const std::size_t width = image_.width;
  if (transform_) {
    transform(row, linear);
  } else if (image_.model == ColorModel::cmyk) {
    encode(row, 4);
    for (std::size_t x = 0; x < width; ++x)
      for (unsigned c = 0; c < 3; ++c) linear[c][x] = curve()(encoded_[4 * x + c] * encoded_[4 * x + 3]);
  } else if (image_.depth == 8) {
    read_bytes(row, linear);
  } else {
    encode(row, 3);
    for (std::size_t x = 0; x < width; ++x)
      for (unsigned c = 0; c < 3; ++c) linear[c][x] = curve()(encoded_[3 * x + c]);
  }
}

PaletteRows::PaletteRows(const PalettePicture& picture, float background)
    : LinearRows(picture.width, picture.height), indexes_(picture.indexes.data()) {
  ImageRows colors({picture.colors, picture.metadata}, background);
  for (std::vector<float>& each : looks_) each.resize(colors.width());
  float* const linear[3] = {looks_[0].data(), looks_[1].data(), looks_[2].data()};
  colors.read(0, linear);
}

void PaletteRows::read_shown(std::uint32_t y, float* const linear[3]) {
  const std::uint8_t* row = indexes_ + std::size_t{y} * shown_width();
  for (unsigned c = 0; c < channels; ++c) {
    const float* looks = looks_[c].data();
    for (std::size_t x = 0; x < shown_width(); ++x) linear[c][x] = looks[row[x]];
  }
}

}  // namespace imgc::ssimulacra2
