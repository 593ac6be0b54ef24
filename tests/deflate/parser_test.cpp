#include "deflate/parser.h"

#include <random>

#include <doctest/doctest.h>

#include "deflate/cost_model.h"
#include "deflate/match_finder.h"

using namespace imgc;

namespace {

// Bytes of few values with repeats of every length, and long runs.
Bytes repetitive(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  Bytes bytes;
  while (bytes.size() < size) {
    const std::size_t count = 1 + random() % 400;
    switch (bytes.empty() ? 0 : random() % 3) {
      case 0:
        for (std::size_t i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>(random() % 12));
        break;
      case 1:
        bytes.insert(bytes.end(), count, bytes.back());
        break;
      default:
        for (std::size_t i = 0, back = 1 + random() % bytes.size(); i < count; ++i)
          bytes.push_back(bytes[bytes.size() - back]);
    }
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

TEST_CASE("every processor parses to the same tokens, and they make the data again") {
  const bool two = deflate::best_instructions() != deflate::Instructions::baseline;
  if (!two) MESSAGE("this processor has the baseline alone: nothing to compare it with");
  deflate::Parser best;
  deflate::Parser baseline(deflate::Instructions::baseline);
  for (unsigned seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    const Bytes data = repetitive(1 + seed * 700, seed);
    deflate::MatchFinder finder(data, {32, 258});
    deflate::Matches matches;
    matches.clear(0, data.size(), 8 * data.size());
    REQUIRE(finder.find(data.size(), 8 * data.size(), matches) == data.size());
    // Two stretches at different prices.
    const std::vector<deflate::Pricing> pricing = {{data.size() / 3, deflate::guess_costs(data, 0)},
                                                   {data.size(), deflate::guess_costs(data, 2)}};
    std::vector<deflate::Token> tokens;
    std::vector<deflate::Token> others;
    best.parse(data, matches, 0, data.size(), pricing, tokens);
    baseline.parse(data, matches, 0, data.size(), pricing, others);
    CHECK(tokens == others);

    Bytes again;
    for (const deflate::Token token : others) {
      if (token == deflate::literal_token) {
        again.push_back(data[again.size()]);
        continue;
      }
      const std::size_t distance = deflate::distance_of(token);
      REQUIRE(distance <= again.size());
      for (std::size_t i = deflate::length_of(token); i > 0; --i)
        again.push_back(again[again.size() - distance]);
    }
    CHECK(again == data);
  }
}
