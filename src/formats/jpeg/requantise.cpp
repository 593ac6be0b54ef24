#include "formats/jpeg/requantise.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "formats/jpeg/ac_trellis.h"
#include "formats/jpeg/dc_trellis.h"
#include "formats/jpeg/level_costs.h"
#include "formats/jpeg/masking.h"
#include "formats/jpeg/quality.h"
#include "formats/jpeg/reference_steps.h"
#include "formats/jpeg/scan.h"
#include "formats/jpeg/table_adaptation.h"

namespace imgc::jpeg {
namespace {

// The distortion that a bit is worth, in reference steps, squared.
struct Lambda {
  float ac = 0;
  float dc = 0;
};
constexpr Lambda luma_lambda{0.1F, 0.26F};
constexpr Lambda chroma_lambda{0.15F, 0.288F};
constexpr double ac_exponent = -0.25;  // of the scale: fine steps are a fine unit, and bits are many
constexpr float adaptation = 1.15F;    // tables are adapted with more of AC's

Lambda lambda_of(const Component& component, double scale) {
  const Lambda& at_unit = component.kind == TableKind::chroma ? chroma_lambda : luma_lambda;
  return {at_unit.ac * static_cast<float>(std::pow(scale / unit_scale, ac_exponent)), at_unit.dc};
}

void choose_ac(Component& component, const Plane& plane, const AcTrellis& trellis, const Masking& masking,
               float lambda) {
  const std::uint64_t* nonzero = plane.nonzero.data();
  for (std::uint32_t y = 0; y < component.blocks_high; ++y)
    for (std::uint32_t x = 0; x < component.blocks_wide; ++x)
      trellis.run(component.rows[y][x], *nonzero++, lambda * masking.row(y)[x]);
}

// The estimate that a probe of the result will give.
std::optional<int> estimate(const Coefficients& coefficients, const std::vector<QuantTable>& tables) {
  std::vector<UsedTable> used;
  for (std::size_t i = 0; i < tables.size(); ++i) used.push_back({coefficients.channel(i), &tables[i]});
  return estimate_quality(used);
}

// Tables that pass for `quality` or less, so that a second run finds nothing left to do: the given ones, or a
// little coarser. At the latest where all steps are 255, which is quality 1.
std::vector<QuantTable> recognisable(const Coefficients& coefficients, const std::vector<QuantTable>& tables,
                                     int quality) {
  constexpr int most_percent = 25600;
  std::vector<QuantTable> coarser = tables;
  for (int percent = 101; estimate(coefficients, coarser) > quality && percent < most_percent;
       percent += 1 + percent / 200)
    for (std::size_t i = 0; i < tables.size(); ++i)
      for (std::size_t k = 0; k < 64; ++k)
        coarser[i][k] = static_cast<std::uint16_t>(
            std::max<int>(tables[i][k], std::min(255, (tables[i][k] * percent + 50) / 100)));
  return coarser;
}

}  // namespace

void requantise(Coefficients& coefficients, int quality) {
  std::vector<Component>& components = coefficients.components();
  const double scale = scale_of_quality(quality);
  const std::vector<Masking> masking = masking_of(coefficients);
  std::vector<Plane> planes;
  std::vector<Steps> references;
  std::vector<QuantTable> tables;
  for (std::size_t i = 0; i < components.size(); ++i) {
    planes.push_back(make_plane(components[i]));
    references.push_back(reference_steps(coefficients.channel(i), scale));
    QuantTable table = reference_table(coefficients.channel(i), scale);
    for (std::size_t k = 0; k < table.size(); ++k) table[k] = std::max(table[k], components[i].quant[k]);
    tables.push_back(adapted_table(components[i], planes[i], table, references[i], masking[i],
                                   adaptation * lambda_of(components[i], scale).ac));
  }
  tables = recognisable(coefficients, tables, quality);
  const auto costs = level_costs(coefficients, planes, tables);
  const bool interleaved = can_interleave(coefficients);
  for (std::size_t i = 0; i < components.size(); ++i) {
    const LevelCosts& cost = costs[components[i].kind == TableKind::chroma ? 1 : 0];
    const Lambda lambda = lambda_of(components[i], scale);
    const AcTrellis trellis(components[i].quant, tables[i], references[i], cost);
    choose_ac(components[i], planes[i], trellis, masking[i], lambda.ac);
    choose_dc(components[i], tables[i][0], references[i][0], cost, masking[i], lambda.dc, interleaved);
    components[i].quant = tables[i];
  }
}

}  // namespace imgc::jpeg
