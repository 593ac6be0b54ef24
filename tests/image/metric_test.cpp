#include "image/metric.h"

#include <doctest/doctest.h>

#include "image/convert.h"
#include "support/images.h"

namespace imgc {

TEST_CASE("psnr: 100 for equal images, in whatever layout") {
  const Image image = test::gradient(40, 30, ColorModel::rgb);
  CHECK(psnr(image, image) == 100);
  CHECK(psnr(image, to_rgba8(image)) == 100);
}

TEST_CASE("psnr: follows its definition") {
  Image white{2, 1, ColorModel::gray, 8, {255, 255}};
  Image half{2, 1, ColorModel::gray, 8, {255, 245}};
  CHECK(psnr(white, half) == doctest::Approx(31.1411).epsilon(0.0001));  // mean square error 50
}

TEST_CASE("psnr: colour under zero alpha does not count, lost alpha does") {
  const Image clear{1, 1, ColorModel::rgba, 8, {255, 0, 0, 0}};
  const Image other{1, 1, ColorModel::rgba, 8, {0, 255, 0, 0}};
  const Image opaque{1, 1, ColorModel::rgba, 8, {255, 0, 0, 255}};
  CHECK(psnr(clear, other) == 100);
  CHECK(psnr(clear, opaque) < 10);
}

}  // namespace imgc
