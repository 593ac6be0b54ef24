#include "engine/judge.h"

#include <doctest/doctest.h>

#include "formats/png/make.h"
#include "image/ssimulacra2.h"
#include "support/images.h"

namespace imgc {

TEST_CASE("judge: a score is that of the pixels, whether they were seen before or not") {
  const Format& png = *format_named("png");
  const Image original = test::gradient(90, 70, ColorModel::rgb);
  Image worse = original;
  Image worst = original;
  for (std::size_t i = 0; i < original.pixels.size(); i += 11) worse.pixels[i] ^= 0x0FU;
  for (std::size_t i = 0; i < original.pixels.size(); i += 5) worst.pixels[i] ^= 0x1FU;
  const Bytes file = test::png_of(original);
  const Subject subject(file, *png.probe(file, {}), {}, {});
  Judge judge(subject, png, std::nullopt);
  const auto expected = [&](const Image& image) {
    const Metadata none;
    return score({original, none}, {image, none}).value();
  };
  CHECK(expected(worst) < expected(worse));
  for (int round = 0; round < 2; ++round) {
    CHECK(judge.score(test::png_of(worse)).value() == expected(worse));
    CHECK(judge.score(test::png_of(worst)).value() == expected(worst));
    CHECK(judge.score(file).value() == 100);
    CHECK_FALSE(judge.score(Bytes{1, 2, 3}));
  }
}

}  // namespace imgc
