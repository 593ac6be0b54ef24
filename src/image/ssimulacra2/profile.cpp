#include "image/ssimulacra2/profile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include <lcms2.h>

namespace imgc::ssimulacra2 {
namespace {

// Real profiles are below 4 MB; lcms2 need not see more from a hostile file.
constexpr std::size_t most_profile_bytes = std::size_t{16} << 20U;
// PNG stores gamma and chromaticities as 100000 times their value.
constexpr double png_unit = 1e-5;

// Steep curves need many straight pieces; a multiple of 255 has the 8-bit samples among its corners.
constexpr std::size_t pieces_a_byte = 8;
constexpr std::size_t table_pieces = 255 * pieces_a_byte;
// Far below a step of 8 bits, far above lcms2's own rounding.
constexpr float tolerance = 2e-5F;

using Profile = std::shared_ptr<void>;

Profile owned(cmsHPROFILE profile) {
  if (profile == nullptr) return nullptr;
  return {profile, [](void* p) { cmsCloseProfile(p); }};
}

using Curve = std::shared_ptr<cmsToneCurve>;

Curve owned(cmsToneCurve* curve) {
  return {curve, [](cmsToneCurve* c) { cmsFreeToneCurve(c); }};
}

constexpr cmsCIExyY d65 = {0.3127, 0.3290, 1};
constexpr cmsCIExyYTRIPLE rec709 = {{0.64, 0.33, 1}, {0.30, 0.60, 1}, {0.15, 0.06, 1}};

// IEC 61966-2-1.
Curve srgb_curve() {
  const std::array<double, 5> parameters = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  return owned(cmsBuildParametricToneCurve(nullptr, 4, parameters.data()));
}

Profile rgb_profile(const cmsCIExyY& white, const cmsCIExyYTRIPLE& primaries, const Curve& curve) {
  if (curve == nullptr) return nullptr;
  const std::array<cmsToneCurve*, 3> curves = {curve.get(), curve.get(), curve.get()};
  return owned(cmsCreateRGBProfile(&white, &primaries, curves.data()));
}

double png_number(ByteView data, std::size_t index) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8U | data[4 * index + i];
  return value * png_unit;
}

const MetadataItem* color_chunk(const Metadata& metadata, std::string_view name, std::size_t bytes) {
  for (const MetadataItem& item : metadata.items)
    if (item.kind == MetadataKind::color && item.name == name && item.data.size() == bytes) return &item;
  return nullptr;
}

// gAMA and cHRM; null when they are absent, overruled by sRGB, or senseless.
Profile png_profile(const Metadata& metadata) {
  const MetadataItem* gamma = color_chunk(metadata, "gAMA", 4);
  const MetadataItem* chromaticities = color_chunk(metadata, "cHRM", 32);
  if (color_chunk(metadata, "sRGB", 1) != nullptr || (gamma == nullptr && chromaticities == nullptr))
    return nullptr;
  cmsCIExyY white = d65;
  cmsCIExyYTRIPLE primaries = rec709;
  if (chromaticities != nullptr) {
    const auto xy = [&](std::size_t i) {
      return cmsCIExyY{png_number(chromaticities->data, 2 * i), png_number(chromaticities->data, 2 * i + 1),
                       1};
    };
    white = xy(0);
    primaries = {xy(1), xy(2), xy(3)};
    for (const cmsCIExyY& point : {white, primaries.Red, primaries.Green, primaries.Blue})
      if (point.y <= 0 || point.x > 1 || point.y > 1) return nullptr;
  }
  if (gamma == nullptr) return rgb_profile(white, primaries, srgb_curve());
  const double exponent = png_number(gamma->data, 0);
  if (exponent < 0.1 || exponent > 10) return nullptr;
  return rgb_profile(white, primaries, owned(cmsBuildGamma(nullptr, 1 / exponent)));
}

Profile icc_profile(const MetadataItem& item) {
  if (item.data.empty() || item.data.size() > most_profile_bytes) return nullptr;
  return owned(cmsOpenProfileFromMem(item.data.data(), static_cast<cmsUInt32Number>(item.data.size())));
}

// lcms2's layout of float samples of that space, and how many channels it has; 0 for one that can't be the
// model's.
std::pair<cmsUInt32Number, unsigned> layout(cmsColorSpaceSignature space, ColorModel model) {
  const bool gray = is_gray(model);
  if (space == cmsSigCmykData && model == ColorModel::cmyk) return {TYPE_CMYK_FLT, 4};
  if (space == cmsSigGrayData && gray) return {TYPE_GRAY_FLT, 1};
  if (space == cmsSigRgbData && model != ColorModel::cmyk) return {TYPE_RGB_FLT, 3};
  return {0, 0};
}

}  // namespace

std::optional<ColorTransform> ColorTransform::of(const Metadata& metadata, ColorModel model) {
  const MetadataItem* icc = metadata.find(MetadataKind::icc);
  const Profile source = icc != nullptr ? icc_profile(*icc) : png_profile(metadata);
  if (source == nullptr) return std::nullopt;
  const auto [type, inputs] = layout(cmsGetColorSpace(source.get()), model);
  if (inputs == 0) return std::nullopt;
  const Profile target = rgb_profile(d65, rec709, owned(cmsBuildGamma(nullptr, 1)));
  if (target == nullptr) return std::nullopt;
  // Without lcms2's one-pixel cache a transform may be shared by threads.
  cmsHTRANSFORM transform =
      cmsCreateTransform(source.get(), type, target.get(), TYPE_RGB_FLT, INTENT_RELATIVE_COLORIMETRIC,
                         cmsFLAGS_NOCACHE | cmsFLAGS_BLACKPOINTCOMPENSATION);
  if (transform == nullptr) return std::nullopt;
  ColorTransform made({transform, [](void* t) { cmsDeleteTransform(t); }}, inputs);
  made.tabulate();
  return made;
}

ColorTransform::Part ColorTransform::exact(const std::array<float, 4>& encoded) const {
  Part linear{};
  cmsDoTransform(transform_.get(), encoded.data(), linear.data(), 1);
  return linear;
}

// Black is a part of each channel's table once too often, so it goes into the first alone.
void ColorTransform::tabulate() {
  if (inputs_ == 4) return;
  const Part black = exact({});
  tables_.assign(inputs_, Table(table_pieces + 1));
  for (unsigned c = 0; c < inputs_; ++c) {
    for (std::size_t i = 0; i <= table_pieces; ++i) {
      std::array<float, 4> encoded{};
      encoded[c] = static_cast<float>(i) / table_pieces;
      tables_[c][i] = exact(encoded);
      for (std::size_t k = 0; k < 3 && c > 0; ++k) tables_[c][i][k] -= black[k];
    }
  }
  if (!adds_up()) tables_.clear();
  for (std::size_t i = 0; i < 256; ++i) {
    const float gray = static_cast<float>(i) / 255;
    const std::array<float, 4> encoded = {gray, gray, gray};
    bytes_of_gray_.push_back(tables_.empty() ? exact(encoded) : sum(encoded.data()));
  }
}

bool ColorTransform::adds_up() const {
  constexpr std::size_t steps = 6;
  const auto level = [](std::size_t step) { return static_cast<float>(step) / (steps - 1); };
  for (std::size_t i = 0; i < steps * steps * steps; ++i) {
    const std::size_t rest = i / steps;
    const std::array<float, 4> encoded = {level(i % steps), level(rest % steps), level(rest / steps)};
    const Part true_value = exact(encoded);
    const Part added = sum(encoded.data());
    for (std::size_t k = 0; k < 3; ++k)
      if (!(std::abs(true_value[k] - added[k]) < tolerance)) return false;
  }
  return true;
}

ColorTransform::Part ColorTransform::sum(const float* encoded) const {
  Part total{};
  for (std::size_t c = 0; c < tables_.size(); ++c) {
    const Place place = place_among(table_pieces, encoded[c]);
    const Part& left = tables_[c][place.left];
    const Part& right = tables_[c][place.left + 1];
    for (std::size_t k = 0; k < 3; ++k) total[k] += left[k] + place.share * (right[k] - left[k]);
  }
  return total;
}

void ColorTransform::run(const float* encoded, std::size_t width, float* const linear[3]) {
  if (tables_.empty()) {
    row_.resize(3 * width);
    cmsDoTransform(transform_.get(), encoded, row_.data(), static_cast<cmsUInt32Number>(width));
    for (std::size_t x = 0; x < width; ++x)
      for (std::size_t k = 0; k < 3; ++k) linear[k][x] = row_[3 * x + k];
    return;
  }
  for (std::size_t x = 0; x < width; ++x) {
    const Part part = sum(encoded + x * inputs_);
    for (std::size_t k = 0; k < 3; ++k) linear[k][x] = part[k];
  }
}

bool ColorTransform::run_bytes(const std::uint8_t* encoded, bool gray, std::size_t width,
                               float* const linear[3]) {
  if (inputs_ == 4 || (!gray && tables_.empty())) return false;
  if (gray) {
    for (std::size_t x = 0; x < width; ++x)
      for (std::size_t k = 0; k < 3; ++k) linear[k][x] = bytes_of_gray_[encoded[x]][k];
    return true;
  }
  const Table& red = tables_[0];
  const Table& green = tables_[1];
  const Table& blue = tables_[2];
  for (std::size_t x = 0; x < width; ++x) {
    const Part& r = red[encoded[3 * x] * pieces_a_byte];
    const Part& g = green[encoded[3 * x + 1] * pieces_a_byte];
    const Part& b = blue[encoded[3 * x + 2] * pieces_a_byte];
    for (std::size_t k = 0; k < 3; ++k) linear[k][x] = r[k] + g[k] + b[k];
  }
  return true;
}

}  // namespace imgc::ssimulacra2
