#include "formats/jpeg/band_costs.h"

#include <algorithm>
#include <array>
#include <vector>

#include <doctest/doctest.h>

#include "formats/jpeg/huffman.h"
#include "formats/jpeg/samples.h"
#include "support/images.h"

namespace imgc::jpeg {
namespace {

constexpr std::array<std::uint8_t, 6> starts = {1, 2, 4, 9, 20, 40};

// What coding the scan takes, by the coder itself.
std::size_t coded_bytes(const Plane& plane, const Scan& scan) {
  TokenCounter counter;
  REQUIRE(code_ac(plane, scan, counter));
  const Histogram& symbols = counter.histograms()[ac_table(plane.component->kind)];
  const HuffmanTable table = optimal_table(symbols);
  const auto bits = coded_bits(table, symbols);
  REQUIRE(bits);
  return 15 + table.segment_bytes() + (*bits + counter.extra_bits() + 7) / 8;
}

void check_all(const Plane& plane) {
  const BandCosts costs(plane, starts, 1);
  REQUIRE(costs.segments() == starts.size());
  for (std::size_t first = 0; first < starts.size(); ++first) {
    for (std::size_t last = first; last < starts.size(); ++last) {
      for (std::uint8_t low = 0; low <= most_low; ++low) {
        CAPTURE(first);
        CAPTURE(last);
        CAPTURE(low);
        Scan scan{{0}, costs.from(first), costs.to(last), 0, low};
        CHECK(costs.bytes(first, last, low, false) == coded_bytes(plane, scan));
        if (low == most_low) continue;
        scan.high = static_cast<std::uint8_t>(low + 1);
        const std::size_t exact = coded_bytes(plane, scan);
        const std::size_t priced = costs.bytes(first, last, low, true);
        CHECK(priced == exact);
      }
    }
  }
}

}  // namespace

TEST_CASE("a band's price is what coding it takes, first scans and later ones") {
  for (const int quality : {10, 75, 95}) {
    const Coefficients coefficients =
        test::read_coefficients(test::make_jpeg({.width = 300, .height = 200, .quality = quality}));
    for (const Component& component : coefficients.components()) check_all(make_plane(component));
  }
  const auto noisy = test::from_pixels(test::noise(120, 90, ColorModel::gray), test::lossy(97));
  REQUIRE(noisy);
  const Coefficients noise = test::read_coefficients(std::get<Candidate>(*noisy).bytes);
  check_all(make_plane(noise.components()[0]));
}

TEST_CASE("runs of empty blocks longer than a symbol holds are priced as they are coded") {
  Image flat = test::noise(1600, 1400, ColorModel::gray);
  std::fill(flat.pixels.begin(), flat.pixels.end(), std::uint8_t{90});
  for (std::uint32_t x = 0; x < 16; ++x) flat.row(700)[x] = static_cast<std::uint8_t>(x * 16);
  const auto attempt = test::from_pixels(flat, test::lossy(90));
  REQUIRE(attempt);
  const Coefficients coefficients = test::read_coefficients(std::get<Candidate>(*attempt).bytes);
  const Plane plane = make_plane(coefficients.components()[0]);
  CHECK(plane.nonzero.size() > 0x7FFF);
  check_all(plane);
}

TEST_CASE("a sample of the rows gives about the price of the whole") {
  const auto attempt = test::from_pixels(test::noise(320, 1024, ColorModel::gray), test::lossy(80));
  REQUIRE(attempt);
  const Coefficients coefficients = test::read_coefficients(std::get<Candidate>(*attempt).bytes);
  const Plane plane = make_plane(coefficients.components()[0]);
  const BandCosts whole(plane, starts, 1);
  const BandCosts sample(plane, starts, 4);
  for (std::size_t last = 0; last < starts.size(); ++last)
    CHECK(static_cast<double>(sample.bytes(0, last, 0, false)) ==
          doctest::Approx(static_cast<double>(whole.bytes(0, last, 0, false))).epsilon(0.03));
}

}  // namespace imgc::jpeg
