#include "formats/jpeg/quality.h"

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "formats/jpeg/jpeg.h"
#include "formats/jpeg/reference_steps.h"
#include "formats/jpeg/samples.h"

namespace imgc::jpeg {
namespace {

std::optional<int> estimate(const QuantTable& luma, const QuantTable& chroma) {
  const Channel cb{.kind = TableKind::chroma, .subsampling = 4};
  const Channel cr{.kind = TableKind::chroma, .is_cr = true, .subsampling = 4};
  const std::array<UsedTable, 3> used = {{{{}, &luma}, {cb, &chroma}, {cr, &chroma}}};
  return estimate_quality(used);
}

}  // namespace

TEST_CASE("the quality of libjpeg's files is found exactly, from 1 to 100") {
  for (int quality = 1; quality <= 100; ++quality) {
    for (const auto colors : {test::JpegColors::ycc, test::JpegColors::gray, test::JpegColors::cmyk}) {
      test::JpegSample sample{.width = 16, .height = 16, .colors = colors, .quality = quality};
      if (colors != test::JpegColors::ycc) sample.h = sample.v = 1;
      const auto probe = jpeg_format.probe(test::make_jpeg(sample), Limits{});
      REQUIRE(probe);
      CHECK(probe->quality == quality);
    }
  }
}

TEST_CASE("libjpeg's 16-bit tables of low quality are found exactly too") {
  for (int quality = 1; quality < 25; ++quality) {
    const int scale = 5000 / quality;
    QuantTable luma{};
    QuantTable chroma{};
    for (std::size_t i = 0; i < luma.size(); ++i) {
      // Quality 50 gives the unscaled tables of the standard.
      luma[i] = static_cast<std::uint16_t>((libjpeg_table(TableKind::luma, 50)[i] * scale + 50) / 100);
      chroma[i] = static_cast<std::uint16_t>((libjpeg_table(TableKind::chroma, 50)[i] * scale + 50) / 100);
    }
    CHECK(estimate(luma, chroma) == quality);
  }
}

TEST_CASE("coarser steps never raise the estimate, so that a requantised file is at the quality asked for") {
  // NOLINTNEXTLINE(cert-msc32-c,cert-msc51-cpp): the same on every run
  std::mt19937 random(1);
  for (int quality = 1; quality <= 100; ++quality) {
    QuantTable luma = libjpeg_table(TableKind::luma, quality);
    QuantTable chroma = libjpeg_table(TableKind::chroma, quality);
    for (int round = 0; round < 20; ++round) {
      auto& step = (round % 2 == 0 ? luma : chroma)[random() % 64];
      step = static_cast<std::uint16_t>(step + random() % 40);
      const auto estimated = estimate(luma, chroma);
      REQUIRE(estimated);
      CHECK(*estimated <= quality);
    }
  }
}

TEST_CASE("tables that are not libjpeg's get the nearest quality") {
  QuantTable table = libjpeg_table(TableKind::luma, 80);
  ++table[5];
  CHECK(estimate(table, libjpeg_table(TableKind::chroma, 80)) == 80);
  CHECK_FALSE(estimate_quality({}));
}

TEST_CASE("the quality of imgc's own tables is found too, whatever the subsampling") {
  for (const unsigned subsampling : {1U, 2U, 4U}) {
    for (int quality = 5; quality <= 95; ++quality) {
      const Channel cb{.kind = TableKind::chroma, .subsampling = subsampling};
      const Channel cr{.kind = TableKind::chroma, .is_cr = true, .subsampling = subsampling};
      std::array<QuantTable, 3> tables{};
      std::array<UsedTable, 3> used{};
      const std::array<Channel, 3> channels = {{{}, cb, cr}};
      for (std::size_t i = 0; i < used.size(); ++i) {
        tables.at(i) = reference_table(channels.at(i), scale_of_quality(quality));
        used.at(i) = {channels.at(i), &tables.at(i)};
      }
      const auto estimated = estimate_quality(used);
      REQUIRE(estimated);
      CHECK(*estimated == quality);
    }
  }
}

TEST_CASE("tables of other encoders get the quality that they look like") {
  // mozjpeg's for its quality 50, after N. Robidoux; at that they score as libjpeg-turbo's of about 44 do.
  const QuantTable robidoux = {16, 16, 16,  18,  25,  37,  56,  85,   //
                               16, 17, 20,  27,  34,  40,  53,  75,   //
                               16, 20, 24,  31,  43,  62,  91,  135,  //
                               18, 27, 31,  40,  53,  74,  106, 156,  //
                               25, 34, 43,  53,  69,  94,  131, 189,  //
                               37, 40, 62,  74,  94,  124, 169, 238,  //
                               56, 53, 91,  106, 131, 169, 226, 311,  //
                               85, 75, 135, 156, 189, 238, 311, 418};
  QuantTable eight_bits = robidoux;
  for (auto& step : eight_bits) step = std::min<std::uint16_t>(step, 255);
  const auto estimated = estimate(eight_bits, eight_bits);
  REQUIRE(estimated);
  CHECK(*estimated >= 38);
  CHECK(*estimated <= 50);
}

TEST_CASE("zigzag order visits every position once") {
  std::array<int, 64> seen{};
  for (const auto position : zigzag) ++seen.at(position);
  CHECK(std::ranges::all_of(seen, [](int count) { return count == 1; }));
  // The corners of T.81, figure A.6.
  CHECK(zigzag[1] == 1);
  CHECK(zigzag[2] == 8);
  CHECK(zigzag[28] == 7);
  CHECK(zigzag[35] == 56);
  CHECK(zigzag[62] == 62);
  CHECK(zigzag[63] == 63);
}

}  // namespace imgc::jpeg
