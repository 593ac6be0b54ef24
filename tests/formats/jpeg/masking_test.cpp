#include "formats/jpeg/masking.h"

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "formats/jpeg/samples.h"
#include "support/images.h"

namespace imgc::jpeg {
namespace {

Coefficients from_pixels(const Image& image) {
  const auto attempt = test::from_pixels(image, test::lossy(95));
  REQUIRE(attempt);
  return test::read_coefficients(std::get<Candidate>(*attempt).bytes);
}

}  // namespace

TEST_CASE("a flat image masks nothing, noise a lot, and each block has its factor") {
  Image flat = test::noise(101, 67, ColorModel::rgb);
  std::fill(flat.pixels.begin(), flat.pixels.end(), std::uint8_t{90});
  const Coefficients smooth = from_pixels(flat);
  const auto of_smooth = masking_of(smooth);
  const auto of_noise = masking_of(from_pixels(test::noise(101, 67, ColorModel::rgb)));
  REQUIRE(of_smooth.size() == 3);
  for (std::size_t i = 0; i < of_smooth.size(); ++i) {
    const Component& component = smooth.components()[i];
    CHECK(of_smooth[i].factors.size() == std::size_t{component.blocks_wide} * component.blocks_high);
    const double power = i == 0 ? 0.58 : 0.2;
    for (const float factor : of_smooth[i].factors)
      CHECK(double{factor} == doctest::Approx(std::pow(0.2, power)).epsilon(1e-4));
    CHECK(*std::ranges::min_element(of_noise[i].factors) > 1);
    CHECK(*std::ranges::max_element(of_noise[i].factors) <= 8);
  }
}

TEST_CASE("texture masks where it is, and a little beside it") {
  Image image = test::noise(160, 80, ColorModel::gray);
  for (std::uint32_t y = 0; y < image.height; ++y) std::fill_n(image.row(y), 80, std::uint8_t{128});
  const auto masking = masking_of(from_pixels(image));
  const float* row = masking.at(0).row(5);
  CHECK(row[2] < row[9]);
  CHECK(row[9] < row[10]);
  CHECK(row[10] < row[15]);
}

TEST_CASE("chroma is masked by the luma where it lies, at any subsampling and size") {
  for (const auto& sample : std::vector<test::JpegSample>{{.width = 83, .height = 61},
                                                          {.width = 83, .height = 61, .h = 4, .v = 1},
                                                          {.width = 83, .height = 61, .h = 1, .v = 2},
                                                          {.width = 1, .height = 1},
                                                          {.width = 17, .height = 9, .h = 1, .v = 1}}) {
    const Coefficients coefficients = test::read_coefficients(test::make_jpeg(sample));
    const auto masking = masking_of(coefficients);
    for (std::size_t i = 0; i < masking.size(); ++i) {
      const Component& component = coefficients.components()[i];
      CHECK(masking[i].blocks_wide == component.blocks_wide);
      CHECK(masking[i].factors.size() == std::size_t{component.blocks_wide} * component.blocks_high);
    }
    CHECK(masking[1].factors == masking[2].factors);
  }
}

}  // namespace imgc::jpeg
