#include "formats/png/preset.h"

#include <vector>

namespace imgc::png {
namespace {

// {depth, nice length}, cost models to start from, parses of samples, parses of all.
constexpr deflate::Settings fast_search = {{8, 32}, 1, 2, 1};
constexpr deflate::Settings normal_search = {{48, 64}, 1, 4, 1, 64000};
constexpr deflate::Settings high_search = {{128, 258}, 2, 4, 2};
constexpr deflate::Settings max_search = {{256, 258}, 3, 4, 15, 0, true};

}  // namespace

Preset preset(Effort effort) {
  using enum Strategy;
  using enum PaletteOrder;
  const OrderChoice every_order = {{first_use, popularity},
                                   {linear, luma, first_use, source, nearest, battiato, popularity, zeng}};
  const OrderChoice without_trial = {{popularity}, {linear}};
  switch (effort) {
    case Effort::fast:
      // Dithered indexes gain less from a dear level than anything else here.
      return {fast_search,
              {none, sub, quick_matches},
              {none},
              {sub, quick_matches},
              {sub},
              without_trial,
              without_trial,
              {},
              7,
              {},
              {}};
    case Effort::normal:
      return {normal_search,
              {none, sub, entropy, bigrams, quick_matches},
              {none, bigrams},
              {sub, quick_matches},
              {sub},
              {{first_use, popularity}, {linear, luma}},
              without_trial,
              {none, matches},
              10,
              {2, 0.002},
              {4, 0.03}};
    case Effort::high:
      return {high_search,     {none, sub, entropy, bigrams, matches},
              {none, entropy}, {sub, paeth, matches},
              {sub, matches},  every_order,
              every_order,     {none, sub, entropy, matches},
              high_search,     {2, 0.005},
              {6, 0.03}};
    case Effort::max:
      break;
  }
  const std::vector<Strategy> all = {none, sub, up, average, paeth, minsum, entropy, bigrams, matches};
  return {max_search, all, all, all, all, every_order, every_order, all, max_search, {4, 0.01}, {8, 0.05}};
}

}  // namespace imgc::png
