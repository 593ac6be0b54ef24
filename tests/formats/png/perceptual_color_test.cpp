#include "formats/png/perceptual_color.h"

#include <cstddef>
#include <cstdlib>

#include <doctest/doctest.h>

#include "formats/png/make.h"

namespace imgc::png {
TEST_CASE("a look tells its colour") {
  for (const bool translucent : {false, true})
    for (const Color& color : test::some_colors(2000, translucent)) {
      const Color again = color_of(perceptual_of(color));
      CHECK(again[3] == color[3]);
      // Premultiplied samples of faint colours tell less.
      const int tolerated = color[3] == 0 ? 255 : 1 + 255 / color[3] / 64;
      for (std::size_t i = 0; i < 3; ++i) CHECK(std::abs(again[i] - color[i]) <= tolerated);
    }
}

TEST_CASE("unlikeness is the worse of black and white") {
  const PerceptualColor black = perceptual_of({0, 0, 0, 255});
  const PerceptualColor white = perceptual_of({255, 255, 255, 255});
  const PerceptualColor clear = perceptual_of({0, 0, 0, 0});
  CHECK(unlikeness(black, black) == 0);
  CHECK(unlikeness(black, white) == doctest::Approx(255 * 255));
  CHECK(unlikeness(black, clear) == doctest::Approx(255 * 255));
  CHECK(unlikeness(white, clear) == doctest::Approx(255 * 255));
}

}  // namespace imgc::png
