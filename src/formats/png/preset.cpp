#include "formats/png/preset.h"

#include <vector>

namespace imgc::png {
namespace {

// {depth, nice length}, cost models to start from, parses of samples, parses of all, few tokens, thorough.
constexpr deflate::Settings fast_search = {{12, 32}, 1, 2, 1};
constexpr deflate::Settings lossy_search = {{24, 32}, 1, 1, 1, 8000};
constexpr deflate::Settings normal_search = {{64, 128}, 1, 4, 1, 256000};
constexpr deflate::Settings high_search = {{96, 128}, 2, 3, 2};
constexpr deflate::Settings max_search = {{192, 258}, 2, 4, 6, 0, true};

// Little dither among many colours for smooth images, and a gentle remap for the others.
constexpr Manner smooth = {.colors = Choice::every, .remap = {.smooth_dither = 0.5F}};
constexpr Manner gentle = {.remap = {.busy_dither = 0.3F, .busy_from = 4}};
// Drawings of few colours can lose more by that than libimagequant's dither costs. Then each pixel gets its
// nearest colour.
constexpr RemapSettings nearest_only = {.bit_worth = 0, .smooth_dither = 0};
constexpr Manner flat = {.remap = nearest_only, .spare = true};
constexpr Manner flat_unrefined = {.colors = Choice::unrefined, .remap = nearest_only, .spare = true};

std::vector<Manner> every_manner() {
  return {
      smooth,
      gentle,
      {.colors = Choice::every, .remap = {}},
      {.colors = Choice::every, .remap = {.smooth_dither = 0.25F}},
      {.remap = {}},
      {.remap = {.bit_worth = 8}},
      {.remap = {.bit_worth = 4, .busy_dither = 0.6F, .busy_from = 8}},
      flat,
      flat_unrefined,
  };
}

}  // namespace

Preset preset(Effort effort) {
  using enum Strategy;
  using enum PaletteOrder;
  const OrderChoice every_order = {{first_use, popularity},
                                   {linear, luma, first_use, source, nearest, battiato, popularity, zeng}};
  const OrderChoice without_trial = {{popularity}, {linear}};
  switch (effort) {
    case Effort::fast:
      return {
          .compression = fast_search,
          .direct = {none, sub, quick_matches},
          .indexed = {none},
          .reindexed = {sub, quick_matches},
          .quantised_indexed = {none},
          .quantised_reindexed = {sub},
          .orders = without_trial,
          .lossy_orders = without_trial,
          .challengers = {},
          .quantising = {.manners = {smooth, gentle}, .judged = false},
          // Dithered indexes gain less from a dear level than anything else here.
          .quantised = 7,
          .finals = {},
          .small_finals = {},
      };
    case Effort::normal:
      return {
          .compression = normal_search,
          .direct = {none, sub, entropy, quick_matches},
          .indexed = {none},
          .reindexed = {sub, quick_matches},
          .quantised_indexed = {none},
          .quantised_reindexed = {sub},
          .orders = {{first_use, popularity}, {linear, luma}},
          .lossy_orders = without_trial,
          .challengers = {none, sub},
          .quantising = {.manners = {smooth, gentle, flat, flat_unrefined}},
          .quantised = lossy_search,
          .finals = {2, 0.002},
          .small_finals = {4, 0.03},
      };
    case Effort::high:
      return {
          .compression = high_search,
          .direct = {none, sub, entropy, bigrams, matches},
          .indexed = {none, entropy},
          .reindexed = {sub, paeth, matches},
          .quantised_indexed = {none, entropy},
          .quantised_reindexed = {sub, matches},
          .orders = every_order,
          .lossy_orders = every_order,
          .challengers = {none, sub, entropy, matches},
          .quantising = {.manners = every_manner()},
          .quantised = high_search,
          .finals = {2, 0.005},
          .small_finals = {6, 0.03},
      };
    case Effort::max:
      break;
  }
  const std::vector<Strategy> all = {none, sub, up, average, paeth, minsum, entropy, bigrams, matches};
  return {
      .compression = max_search,
      .direct = all,
      .indexed = all,
      .reindexed = all,
      .quantised_indexed = all,
      .quantised_reindexed = all,
      .orders = every_order,
      .lossy_orders = every_order,
      .challengers = all,
      .quantising = {.manners = every_manner()},
      .quantised = max_search,
      .finals = {3, 0.01},
      .small_finals = {6, 0.05},
  };
}

}  // namespace imgc::png
