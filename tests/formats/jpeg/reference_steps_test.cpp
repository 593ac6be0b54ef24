#include "formats/jpeg/reference_steps.h"

#include <algorithm>

#include <doctest/doctest.h>

namespace imgc::jpeg {
namespace {

constexpr Channel luma{};
constexpr Channel cb{.kind = TableKind::chroma, .subsampling = 4};
constexpr Channel cr{.kind = TableKind::chroma, .is_cr = true, .subsampling = 4};

}  // namespace

TEST_CASE("AC steps grow with frequency, alike across and down") {
  for (const Channel channel : {luma, cb, cr}) {
    const Steps steps = reference_steps(channel, 0.6);
    for (std::size_t i = 1; i < 7; ++i) {
      CHECK(steps[i] < steps[i + 1]);
      CHECK(steps[i] == steps[8 * i]);
    }
    CHECK(*std::max_element(steps.begin(), steps.end()) == steps[63]);
  }
}

TEST_CASE("subsampled chroma has finer steps, since each stands for more pixels") {
  Channel full = cb;
  full.subsampling = 1;
  const Steps fine = reference_steps(cb, 0.5);
  const Steps coarse = reference_steps(full, 0.5);
  for (std::size_t i = 0; i < fine.size(); ++i)
    CHECK(double{coarse[i]} == doctest::Approx(2 * double{fine[i]}));
}

TEST_CASE("lower qualities never have finer tables, and every step fits a baseline table") {
  for (const Channel channel : {luma, cb, cr}) {
    QuantTable before{};
    before.fill(255);
    for (int quality = 1; quality <= 100; ++quality) {
      const QuantTable table = reference_table(channel, scale_of_quality(quality));
      for (std::size_t i = 0; i < table.size(); ++i) {
        CHECK(table[i] >= 1);
        CHECK(table[i] <= before[i]);
      }
      before = table;
    }
    CHECK(*std::max_element(before.begin(), before.end()) <= 2);
  }
}

}  // namespace imgc::jpeg
