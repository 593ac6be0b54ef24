#include "formats/jpeg/requantise.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

namespace imgc::jpeg {
namespace {

// Levels are computed with 5 bits of fraction, so that 16-bit arithmetic suffices.
constexpr unsigned fraction_bits = 5;
constexpr std::uint16_t largest_level = 2047;
// An AC level below 21/32 of a step becomes 0, and above that n + 18/32 is where n ends: a zero saves more
// bits than its error costs. Against rounding to the nearest (16/32 for both) this gave 7 % fewer bytes at
// equal PSNR over real images of quality 85 and more.
constexpr std::uint16_t zero_below = 21;
constexpr std::uint16_t rounding = 14;

struct Rescale {
  std::array<std::uint16_t, 64> ratio{};  // old step / new step, times 65536; 65535 stands for 1
  std::uint32_t dc_ratio = 0;             // the same, exactly
};

Rescale rescale(const QuantTable& from, const QuantTable& to) {
  Rescale made;
  for (std::size_t i = 0; i < from.size(); ++i)
    made.ratio[i] = static_cast<std::uint16_t>(std::min(65535U, (from[i] * 65536U + to[i] / 2U) / to[i]));
  made.dc_ratio = (from[0] * 65536U + to[0] / 2U) / to[0];
  return made;
}

JCOEF rescale_dc(JCOEF level, std::uint32_t ratio) {
  const auto size = static_cast<std::uint32_t>(std::abs(int{level}));
  const auto nearest = static_cast<int>((size * ratio + 32768U) >> 16U);
  return static_cast<JCOEF>(level < 0 ? -nearest : nearest);
}

void rescale_block(JCOEF* block, const Rescale& by) {
  const JCOEF dc = rescale_dc(block[0], by.dc_ratio);
  for (std::size_t i = 0; i < by.ratio.size(); ++i) {
    const auto sign = static_cast<std::int16_t>(block[i] >> 15);
    const auto magnitude = static_cast<std::uint16_t>((block[i] ^ sign) - sign);
    const auto wide = static_cast<std::uint16_t>(std::min(magnitude, largest_level) << fraction_bits);
    const auto exact = static_cast<std::uint16_t>((std::uint32_t{wide} * by.ratio[i]) >> 16U);
    const auto rounded = static_cast<std::uint16_t>((exact + rounding) >> fraction_bits);
    const auto level = static_cast<std::int16_t>(exact < zero_below ? 0 : rounded);
    block[i] = static_cast<JCOEF>((level ^ sign) - sign);
  }
  block[0] = dc;
}

}  // namespace

void requantise(Coefficients& coefficients, int quality) {
  for (Component& component : coefficients.components()) {
    QuantTable coarser = libjpeg_table(component.kind, quality);
    for (std::size_t i = 0; i < coarser.size(); ++i) coarser[i] = std::max(coarser[i], component.quant[i]);
    if (coarser == component.quant) continue;
    const Rescale by = rescale(component.quant, coarser);
    for (JBLOCKROW row : component.rows)
      for (std::uint32_t x = 0; x < component.blocks_wide; ++x) rescale_block(row[x], by);
    component.quant = coarser;
  }
}

}  // namespace imgc::jpeg
