#include "formats/png/nearest_color.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "formats/png/make.h"

namespace imgc::png {

TEST_CASE("the nearest colour is the one that a search of all finds, whatever the guess") {
  for (const bool translucent : {false, true})
    for (const std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{37}, std::size_t{256}}) {
      CAPTURE(translucent);
      CAPTURE(count);
      std::vector<Color> palette = test::some_colors(count, translucent);
      if (translucent && count > 2) palette[1][3] = palette[2][3] = 255;
      NearestColor nearest(palette);
      std::uint32_t guess = 0;
      bool exact = true;
      for (Color color : test::some_colors(3000, translucent, 99)) {
        if (guess % 3 == 0) color[3] = 255;
        PerceptualColor look = perceptual_of(color);
        // Beyond what a colour can be, as an error that was passed on makes it.
        look[0] += static_cast<float>(guess % 40) - 20;
        guess = (guess * 31 + 17) % static_cast<std::uint32_t>(count);
        const bool to_opaque = is_opaque(color) && std::ranges::any_of(palette, is_opaque);
        float least = std::numeric_limits<float>::max();
        for (const Color& entry : palette)
          if (!to_opaque || is_opaque(entry)) least = std::min(least, unlikeness(look, perceptual_of(entry)));
        const NearestColor::Found found = nearest.find(look, static_cast<std::uint8_t>(guess));
        exact = exact && found.unlikeness == least && (!to_opaque || is_opaque(palette[found.index])) &&
                unlikeness(look, perceptual_of(palette[found.index])) == found.unlikeness;
      }
      CHECK(exact);
    }
}

}  // namespace imgc::png
