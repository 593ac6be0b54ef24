#include "formats/jpeg/reference_steps.h"

#include <algorithm>
#include <cmath>

namespace imgc::jpeg {
namespace {

// A coefficient's distance from DC, in cosines of half a period a block.
double frequency(std::size_t position) {
  const std::size_t across = position % 8;
  const std::size_t down = position / 8;
  return std::sqrt(static_cast<double>(across * across + down * down));
}

std::array<double, 64> powers_of_frequency(double exponent) {
  std::array<double, 64> powers{};
  for (std::size_t i = 0; i < powers.size(); ++i) powers[i] = std::pow(frequency(i), exponent);
  return powers;
}

Steps luma_steps(double scale) {
  static const std::array<double, 64> growth = powers_of_frequency(1.304);
  const double relative = scale / unit_scale;
  const double slope = 3.0 * std::pow(relative, 0.2);
  Steps steps{};
  steps[0] = static_cast<float>(9.6 * scale * std::pow(relative, -0.3));
  for (std::size_t i = 1; i < steps.size(); ++i)
    steps[i] = static_cast<float>(scale * (14 + slope * growth[i]));
  return steps;
}

// Subsampled, each step stands for more samples.
Steps chroma_steps(Channel channel, double scale) {
  static const std::array<double, 64> growth = powers_of_frequency(1.38);
  const double relative = scale / unit_scale;
  const double tint = channel.is_cr ? 1.28 * std::pow(relative, 0.3) : 1.34;
  const double factor = scale * tint / std::sqrt(static_cast<double>(channel.subsampling));
  Steps steps{};
  steps[0] = static_cast<float>(11 * factor);
  for (std::size_t i = 1; i < steps.size(); ++i)
    steps[i] = static_cast<float>(factor * (14 + 5.6 * growth[i]));
  return steps;
}

}  // namespace

Steps reference_steps(Channel channel, double scale) {
  return channel.kind == TableKind::luma ? luma_steps(scale) : chroma_steps(channel, scale);
}

QuantTable reference_table(Channel channel, double scale) {
  constexpr float coarser_chroma = 1.12F;
  const Steps steps = reference_steps(channel, scale);
  QuantTable table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const bool coarser = channel.kind == TableKind::chroma && i > 0;
    const long rounded = std::lround(coarser ? steps[i] * coarser_chroma : steps[i]);
    table[i] = static_cast<std::uint16_t>(std::clamp(rounded, 1L, 255L));
  }
  return table;
}

double scale_of_quality(int quality) {
  // Measured over photographs and drawings at 40 to 95, by libjpeg's own factor to the tables of annex K.
  const double factor = quality < 50 ? 50.0 / quality : (100 - quality) / 50.0;
  constexpr double fine = 0.2;  // from quality 90 on in proportion
  constexpr double finest = 0.01;
  const double logarithm = std::log(std::max(factor, fine));
  const double exponent = logarithm < 0 ? 0.882 + 0.107 * logarithm : 0.71;
  const double scale = 0.752 * std::exp(exponent * logarithm);
  return std::max(finest, scale * std::min(1.0, factor / fine));
}

}  // namespace imgc::jpeg
