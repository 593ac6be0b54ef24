#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "formats/jpeg/coefficients.h"
#include "formats/jpeg/jpeg.h"
#include "formats/jpeg/quality.h"
#include "formats/jpeg/samples.h"
#include "image/convert.h"
#include "image/metric.h"
#include "image/ssimulacra2.h"
#include "support/images.h"

namespace imgc {
namespace {

using test::decoded;
using test::probed;

Bytes candidate(const Attempt& attempt) {
  REQUIRE_MESSAGE(attempt, attempt.error().message);
  return std::get<Candidate>(*attempt).bytes;
}

ErrorCode error_of(const Attempt& attempt) {
  REQUIRE_FALSE(attempt);
  return attempt.error().code;
}

Image opaque(Image image) {
  const std::size_t step = image.pixel_bytes();
  const std::size_t sample = image.depth / 8;
  for (std::size_t i = step - sample; i < image.pixels.size(); i += step)
    std::fill_n(image.pixels.begin() + static_cast<std::ptrdiff_t>(i), sample, std::uint8_t{255});
  return image;
}

}  // namespace

TEST_CASE("requantising is smaller, at the quality asked for, with the subsampling and size of the source") {
  for (const auto& sample : std::vector<test::JpegSample>{
           {.width = 300, .height = 200, .quality = 95},
           {.width = 300, .height = 200, .h = 1, .v = 1, .quality = 95, .progressive = true},
           {.width = 300, .height = 200, .colors = test::JpegColors::gray, .h = 1, .v = 1, .quality = 95},
           {.width = 300, .height = 200, .colors = test::JpegColors::rgb, .h = 1, .v = 1, .quality = 95},
           {.width = 300, .height = 200, .colors = test::JpegColors::cmyk, .h = 1, .v = 1, .quality = 95},
           {.width = 300, .height = 200, .colors = test::JpegColors::ycck, .quality = 95}}) {
    const Bytes original = test::make_jpeg(sample);
    for (const int quality : {20, 50, 75, 90}) {
      const Bytes made = test::compress(original, test::lossy(quality));
      CHECK(made.size() < original.size());
      const Probe before = probed(original);
      const Probe after = probed(made);
      REQUIRE(after.quality);
      CHECK(*after.quality <= quality);
      CHECK(*after.quality > quality - 10);
      CHECK(after.model == before.model);
      CHECK(after.encoding.substr(after.encoding.find(',')) ==
            before.encoding.substr(before.encoding.find(',')));
      const double loss = psnr(decoded(original), decoded(made));
      CHECK(loss > (quality < 50 ? 24 : 30));
      CHECK(loss < 60);
    }
  }
}

TEST_CASE("requantising loses little against the pixels encoded anew at the same quality") {
  const Image pixels = test::gradient(400, 300, ColorModel::rgb);
  const Bytes source = candidate(test::from_pixels(pixels, test::lossy(96)));
  const Bytes requantised = test::compress(source, test::lossy(75));
  const Bytes anew = candidate(test::from_pixels(decoded(source), test::lossy(75)));
  CHECK(psnr(decoded(source), decoded(requantised)) > psnr(decoded(source), decoded(anew)) - 2);
}

TEST_CASE("requantising is smaller than libjpeg's own at no worse a score") {
  const Bytes source = test::make_jpeg({.width = 600, .height = 400, .quality = 95});
  const Image pixels = decoded(source);
  for (const int quality : {50, 70, 85}) {
    const Bytes theirs =
        test::make_jpeg({.width = 600, .height = 400, .quality = quality, .progressive = true});
    const Bytes ours = test::compress(source, test::lossy(quality));
    CHECK(ours.size() < theirs.size() * 9 / 10);
    const Metadata none;
    const auto our_score = score({pixels, none}, {decoded(ours), none});
    const auto their_score = score({pixels, none}, {decoded(theirs), none});
    REQUIRE(our_score);
    REQUIRE(their_score);
    CHECK(*our_score > *their_score - 3);
  }
}

TEST_CASE("no step gets finer than the source's") {
  // Tables that are coarser than quality 75 in some places and finer in others.
  Bytes source = test::make_jpeg({.width = 200, .height = 200, .quality = 90});
  const std::size_t tables = test::payload_of(source, 0xDB);
  source[tables + 1 + 10] = 200;
  const auto before = jpeg::Coefficients::read(source, Limits{});
  const auto after = jpeg::Coefficients::read(test::compress(source, test::lossy(75)), Limits{});
  REQUIRE(before);
  REQUIRE(after);
  for (std::size_t i = 0; i < before->components().size(); ++i) {
    const auto& old_table = before->components()[i].quant;
    const auto& new_table = after->components()[i].quant;
    for (std::size_t k = 0; k < old_table.size(); ++k) CHECK(new_table[k] >= old_table[k]);
  }
}

TEST_CASE("a second lossy run over its own output changes no pixel and says why") {
  std::vector<Bytes> originals = {test::make_jpeg({.width = 300, .height = 200, .quality = 95}),
                                  test::make_jpeg({.width = 300, .height = 200, .quality = 76})};
  Bytes odd = originals[0];
  odd[test::payload_of(odd, 0xDB) + 3] = 90;
  originals.push_back(odd);
  for (const Bytes& original : originals) {
    for (const int quality : {1, 10, 50, 70, 75, 90}) {
      CAPTURE(quality);
      const Bytes first = test::compress(original, test::lossy(quality));
      const auto lineup = jpeg_format.lineup(probed(first), test::lossy(quality));
      CAPTURE(probed(first).quality.value_or(0));
      CAPTURE(probed(original).quality.value_or(0));
      REQUIRE(lineup);
      CHECK(test::compress(first, test::lossy(quality)) == first);
      // From 76 to 75 the exact transcode can win; then the quality is still 76, and nothing is gained again.
      if (quality == 75 && probed(first).quality == 76) continue;
      REQUIRE(lineup->note);
      CHECK(lineup->note->code == "already_at_quality");
      for (const Recipe& recipe : lineup->recipes) CHECK(recipe.fidelity == Fidelity::exact);
    }
  }
}

TEST_CASE("a second lossy run finds nothing at any effort, also in large images") {
  const Bytes original = test::make_jpeg({.width = 1000, .height = 800, .quality = 95});
  for (const Effort effort : {Effort::fast, Effort::normal, Effort::high, Effort::max}) {
    const Bytes first = test::compress(original, test::lossy(70, effort));
    CHECK(first.size() < original.size());
    CHECK(test::compress(first, test::lossy(70, effort)) == first);
  }
}

TEST_CASE("the quality for JPEG overrules that for all formats") {
  Options options = test::lossy(90);
  options.quality.by_format["jpeg"] = {0, 40};
  CHECK(probed(test::compress(test::make_jpeg({.quality = 95}), options)).quality <= 40);
}

TEST_CASE("pixels become a progressive JPEG at the quality asked for") {
  const Image rgb = test::gradient(301, 203, ColorModel::rgb);
  const Bytes made = candidate(test::from_pixels(rgb, test::lossy(80)));
  CHECK(probed(made).encoding == "progressive, 4:2:0");
  CHECK(probed(made).quality <= 80);
  CHECK(probed(made).quality >= 72);
  CHECK(psnr(rgb, decoded(made)) > 28);
  const Bytes fine = candidate(test::from_pixels(rgb, test::lossy(90)));
  CHECK(probed(fine).encoding == "progressive, 4:4:4");
  const Bytes gray =
      candidate(test::from_pixels(test::gradient(301, 203, ColorModel::gray), test::lossy(80)));
  CHECK(probed(gray).encoding == "progressive, grey");
}

TEST_CASE("a JPEG is progressive or not, as asked") {
  const Bytes source = test::make_jpeg({.width = 200, .height = 150, .quality = 95});
  const Image pixels = test::gradient(120, 90, ColorModel::rgb);
  for (Options options : {test::exact(), test::lossy(70)}) {
    for (const auto& [coding, expected] :
         {std::pair{JpegCoding::progressive, "progressive"}, std::pair{JpegCoding::sequential, "baseline"}}) {
      options.jpeg_coding = coding;
      CHECK(probed(test::compress(source, options)).encoding.starts_with(expected));
      if (options.fidelity == Fidelity::exact) continue;
      CHECK(probed(candidate(test::from_pixels(pixels, options))).encoding.starts_with(expected));
    }
  }
}

TEST_CASE("chroma is shared as asked, and where nothing is asked only when little is lost") {
  Options options = test::lossy(95);
  const Image smooth = test::gradient(64, 64, ColorModel::rgb);
  const Image noise = test::noise(64, 64, ColorModel::rgb);
  const auto encoding = [&](const Image& image) {
    return probed(candidate(test::from_pixels(image, options))).encoding;
  };
  options.chroma = ChromaSampling::yuv420;
  CHECK(encoding(noise) == "progressive, 4:2:0");
  options.chroma = ChromaSampling::yuv422;
  CHECK(encoding(noise) == "progressive, 4:2:2");
  options = test::lossy(50);
  options.chroma = ChromaSampling::yuv444;
  CHECK(encoding(smooth) == "progressive, 4:4:4");
  options.chroma = ChromaSampling::automatic;
  CHECK(encoding(smooth) == "progressive, 4:2:0");
  CHECK(encoding(noise) == "progressive, 4:4:4");
}

TEST_CASE("16 bits and opaque alpha are no obstacle") {
  const Image rgb = test::gradient(120, 90, ColorModel::rgb);
  const Image deep = test::gradient(120, 90, ColorModel::rgb, 16);
  CHECK(psnr(to_8bit(deep), decoded(candidate(test::from_pixels(deep, test::lossy(90))))) > 28);
  const Image rgba = opaque(test::gradient(120, 90, ColorModel::rgba));
  CHECK(psnr(rgb, decoded(candidate(test::from_pixels(rgba, test::lossy(90))))) > 28);
  const Image gray_alpha = opaque(test::gradient(120, 90, ColorModel::gray_alpha));
  CHECK(probed(candidate(test::from_pixels(gray_alpha, test::lossy(90)))).model == ColorModel::gray);
  const Image deep_alpha = opaque(test::gradient(120, 90, ColorModel::rgba, 16));
  CHECK(test::from_pixels(deep_alpha, test::lossy(90)));
}

TEST_CASE("transparency is refused without a background and laid on it with one") {
  for (const ColorModel model : {ColorModel::rgba, ColorModel::gray_alpha}) {
    for (const unsigned depth : {8U, 16U}) {
      const Image image = test::gradient(120, 90, model, depth);
      const Attempt refused = test::from_pixels(image, test::lossy(80));
      CHECK(error_of(refused) == ErrorCode::refused);
      CHECK(refused.error().message.find("--background") != std::string::npos);
      Options options = test::lossy(90);
      options.background = Rgb{255, 0, 0};
      const Bytes made = candidate(test::from_pixels(image, options));
      CHECK(psnr(flatten(image, {255, 0, 0}), decoded(made)) > 28);
    }
  }
}

TEST_CASE("conversions that would lose something are refused") {
  const Image rgb = test::gradient(20, 20, ColorModel::rgb);
  CHECK(error_of(test::from_pixels(rgb, test::exact())) == ErrorCode::refused);
  Metadata linear;
  linear.items = {{MetadataKind::color, "gAMA", {0, 1, 0x86, 0xA0}}};
  CHECK(error_of(test::from_pixels(rgb, test::lossy(80), linear)) == ErrorCode::refused);
  Probe probe;
  probe.width = probe.height = 100;
  probe.frames = 2;
  CHECK_FALSE(jpeg_format.lineup(probe, test::lossy(80)));
  probe.frames = 1;
  CHECK(jpeg_format.lineup(probe, test::lossy(80)));
  probe.width = 65501;
  CHECK_FALSE(jpeg_format.lineup(probe, test::lossy(80)));
}

TEST_CASE("metadata goes into converted files") {
  Metadata metadata;
  metadata.items = {{MetadataKind::icc, "iCCP", {1, 2, 3}}, {MetadataKind::exif, "eXIf", Bytes(40, 7)}};
  const Bytes made =
      candidate(test::from_pixels(test::gradient(20, 20, ColorModel::rgb), test::lossy(80), metadata));
  const auto read = jpeg_format.metadata(made, Limits{});
  REQUIRE(read);
  REQUIRE(read->items.size() == 2);
  CHECK(read->items[0].data == metadata.items[0].data);
  CHECK(read->items[1].data == metadata.items[1].data);
}

}  // namespace imgc
