// What every recipe of every format must keep to.
#include <thread>

#include <doctest/doctest.h>

#include "conformance/format/raw_format.h"
#include "conformance/format/samples.h"
#include "engine/contest.h"
#include "engine/verify.h"
#include "image/convert.h"

namespace imgc::test {
namespace {

// Runs `test(recipe)` for each recipe that `format` has for the subject.
template <class Test>
void for_each_recipe(const Subject& subject, const Format& format, const Options& options, const Test& test) {
  const auto lineup = format.lineup(subject.probe(), options);
  if (!lineup) {
    CHECK((lineup.error().code == ErrorCode::refused || lineup.error().code == ErrorCode::unsupported));
    CHECK_FALSE(lineup.error().message.empty());
    return;
  }
  for (const Recipe& recipe : lineup->recipes) {
    INFO("recipe: ", recipe.name);
    test(recipe);
  }
}

// What a recipe makes, held against the subject.
void check_result(const Subject& subject, const Format& format, const Recipe& recipe,
                  const Options& options) {
  const Attempt attempt = recipe.run(subject, unbounded);
  if (!attempt) {
    CHECK((attempt.error().code == ErrorCode::refused || attempt.error().code == ErrorCode::unsupported));
    CHECK_FALSE(attempt.error().message.empty());
    return;
  }
  const auto* candidate = std::get_if<Candidate>(&*attempt);
  if (candidate == nullptr) return;
  CHECK(sniff(candidate->bytes) == &format);
  const auto verdict =
      verify({*candidate, recipe.name, recipe.fidelity}, subject, format, options.background);
  if (!verdict) FAIL_CHECK(verdict.error().message);
  CHECK(candidate->quality.has_value() == (recipe.fidelity == Fidelity::perceptual));
}

void check_bound(const Subject& subject, const Recipe& recipe) {
  const auto bytes = made(recipe.run(subject, unbounded));
  if (!bytes) return;
  CHECK(made(recipe.run(subject, bytes->size())) == bytes);
  const Attempt below = recipe.run(subject, bytes->size() - 1);
  REQUIRE(below.has_value());
  CHECK(std::holds_alternative<Declined>(*below));
  CHECK(std::holds_alternative<Declined>(*recipe.run(subject, 0)));
}

void check_same_on_threads(const Subject& subject, const Recipe& recipe) {
  const auto once = made(recipe.run(subject, unbounded));
  std::optional<Bytes> results[2];
  {
    std::jthread first([&] { results[0] = made(recipe.run(subject, unbounded)); });
    std::jthread second([&] { results[1] = made(recipe.run(subject, unbounded)); });
  }
  CHECK(results[0] == once);
  CHECK(results[1] == once);
  if (!recipe.estimate) return;
  const Estimate estimate = recipe.estimate(subject);
  const Estimate again = recipe.estimate(subject);
  REQUIRE(estimate.has_value() == again.has_value());
  if (estimate) CHECK(estimate->index() == again->index());
}

constexpr Fidelity fidelities[] = {Fidelity::exact, Fidelity::perceptual};

}  // namespace

TEST_CASE("recipes: from any pixels, exact ones are equal and perceptual ones alike") {
  for_each_format([](const Format& format) {
    for (const NamedImage& each : images()) {
      for (const Fidelity fidelity : fidelities) {
        INFO(std::string(format.name), " from ", each.name);
        const RawSubject subject(each.image);
        const Options asked = options(fidelity);
        for_each_recipe(*subject, format, asked,
                        [&](const Recipe& recipe) { check_result(*subject, format, recipe, asked); });
      }
    }
  });
}

TEST_CASE("recipes: from any format's files, exact ones are equal and perceptual ones alike") {
  for_each_format([](const Format& source) {
    for (const Sample& sample : samples(source)) {
      const FileSubject subject(source, sample.bytes);
      for_each_format([&](const Format& format) {
        for (const Fidelity fidelity : fidelities) {
          INFO(std::string(format.name), " from ", std::string(source.name), ": ", sample.name);
          const Options asked = options(fidelity);
          for_each_recipe(*subject, format, asked,
                          [&](const Recipe& recipe) { check_result(*subject, format, recipe, asked); });
        }
      });
    }
  });
}

TEST_CASE("recipes: every effort gives a good result") {
  for_each_format([](const Format& source) {
    const Sample sample = typical_sample(source);
    const FileSubject subject(source, sample.bytes);
    for_each_format([&](const Format& format) {
      for (const Effort effort : {Effort::normal, Effort::high, Effort::max}) {
        for (const Fidelity fidelity : fidelities) {
          INFO(std::string(format.name), " from ", std::string(source.name));
          const Options asked = options(fidelity, effort);
          for_each_recipe(*subject, format, asked,
                          [&](const Recipe& recipe) { check_result(*subject, format, recipe, asked); });
        }
      }
    });
  });
}

TEST_CASE("recipes: each format can be made from its own file without loss") {
  for_each_format([](const Format& format) {
    INFO(std::string(format.name));
    const FileSubject subject(format, typical_sample(format).bytes);
    CHECK(converted(*subject, format, options(Fidelity::exact)).has_value());
  });
}

TEST_CASE("recipes: a result of exactly the bound is returned, and a larger one declined") {
  for_each_format([](const Format& source) {
    const FileSubject subject(source, typical_sample(source).bytes);
    for_each_format([&](const Format& format) {
      for (const Effort effort : {Effort::fast, Effort::high}) {
        for (const Fidelity fidelity : fidelities) {
          INFO(std::string(format.name), " from ", std::string(source.name));
          for_each_recipe(*subject, format, options(fidelity, effort),
                          [&](const Recipe& recipe) { check_bound(*subject, recipe); });
        }
      }
    });
  });
}

TEST_CASE("recipes: the same bytes every time and on every thread") {
  for_each_format([](const Format& source) {
    const FileSubject subject(source, typical_sample(source).bytes);
    for_each_format([&](const Format& format) {
      for (const Effort effort : {Effort::fast, Effort::normal}) {
        for (const Fidelity fidelity : fidelities) {
          INFO(std::string(format.name), " from ", std::string(source.name));
          for_each_recipe(*subject, format, options(fidelity, effort),
                          [&](const Recipe& recipe) { check_same_on_threads(*subject, recipe); });
        }
      }
    });
  });
}

TEST_CASE("recipes: lossy is idempotent: a second run finds nothing to lose") {
  for_each_format([](const Format& format) {
    for (const NamedImage& each : images()) {
      for (const int quality : {40, 75, 92}) {
        INFO(std::string(format.name), " from ", each.name, " at ", quality);
        const Options asked = options(Fidelity::perceptual, Effort::fast, quality);
        const RawSubject original(each.image);
        const auto first = converted(*original, format, asked);
        if (!first) continue;
        const FileSubject again(format, *first);
        const auto lineup = format.lineup(again->probe(), asked);
        REQUIRE(lineup.has_value());
        const ContestResult second = contest(*lineup, *again, first->size() - 1);
        if (second.winner) CHECK(second.winner->fidelity == Fidelity::exact);
      }
    }
  });
}

TEST_CASE("recipes: transparency is never lost without a background to lie on") {
  for_each_format([](const Format& format) {
    for (const NamedImage& each : images()) {
      if (!has_transparency(each.image)) continue;
      for (const Fidelity fidelity : fidelities) {
        INFO(std::string(format.name), " from ", each.name);
        Options asked = options(fidelity);
        asked.background.reset();
        const RawSubject subject(each.image);
        const auto bytes = converted(*subject, format, asked);
        if (format.holds_alpha) {
          if (bytes) CHECK(has_transparency(*format.decode(*bytes, Limits{})));
        } else {
          CHECK_FALSE(bytes.has_value());
        }
      }
    }
  });
}

}  // namespace imgc::test
