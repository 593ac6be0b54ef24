#include "formats/jpeg/level_costs.h"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "formats/jpeg/samples.h"
#include "support/images.h"

namespace imgc::jpeg {
namespace {

std::array<LevelCosts, 2> costs_of(const Bytes& jpeg) {
  const Coefficients coefficients = test::read_coefficients(jpeg);
  std::vector<Plane> planes;
  std::vector<QuantTable> tables;
  for (const Component& component : coefficients.components()) {
    planes.push_back(make_plane(component));
    tables.push_back(component.quant);
  }
  return level_costs(coefficients, planes, tables);
}

}  // namespace

TEST_CASE("the costs are those of a code: together their symbols fill it") {
  const auto costs = costs_of(test::make_jpeg({.width = 300, .height = 200}));
  for (const LevelCosts& each : costs) {
    double ac = 0;
    for (std::size_t symbol = 0; symbol < each.ac.size(); ++symbol)
      ac += std::exp2(-double{each.ac[symbol]} + static_cast<double>(symbol & 15U));
    CHECK(ac == doctest::Approx(1).epsilon(0.03));
    double dc = 0;
    for (std::size_t size = 0; size < each.dc.size(); ++size)
      dc += std::exp2(-double{each.dc[size]} + static_cast<double>(size));
    CHECK(dc == doctest::Approx(1).epsilon(0.03));
    CHECK(each.end_of_block == each.ac[0]);
  }
}

TEST_CASE("empty blocks are cheap where most are") {
  const auto smooth = costs_of(test::make_jpeg({.width = 400, .height = 400, .quality = 5}));
  const auto fine = costs_of(test::make_jpeg({.width = 400, .height = 400, .quality = 98}));
  CHECK(smooth[1].empty < 0.5);
  CHECK(smooth[1].not_empty > 1);
  CHECK(fine[0].empty > smooth[1].empty);
}

}  // namespace imgc::jpeg
