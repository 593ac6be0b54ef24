#include "engine/contest.h"

#include <limits>

#include <doctest/doctest.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include "engine/parallel.h"

namespace imgc {
namespace {

constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

Recipe makes(std::string name, std::size_t size, std::optional<std::size_t> estimate = std::nullopt) {
  Recipe recipe;
  recipe.name = std::move(name);
  recipe.run = [size, tag = recipe.name](const Subject&, std::size_t bound) -> Attempt {
    if (size > bound) return Declined{};
    return Candidate{Bytes(size, static_cast<std::uint8_t>(tag[0])), std::nullopt};
  };
  if (estimate) recipe.estimate = [estimate = *estimate](const Subject&) -> Estimate { return estimate; };
  return recipe;
}

ContestResult hold(const Lineup& lineup, std::size_t bound = unbounded, bool parallel = false) {
  Subject subject({}, Probe{}, Metadata{}, Limits{});
  if (!parallel) return contest(lineup, subject, bound);
  subject.set_for_each(in_parallel());
  // More than the machine may have; else oneTBB would say on the standard error that it has fewer.
  const tbb::global_control threads(tbb::global_control::max_allowed_parallelism, 4);
  tbb::task_arena arena(4);
  return arena.execute([&] { return contest(lineup, subject, bound); });
}

}  // namespace

TEST_CASE("contest: the smallest wins, and among equals the first in line, on one thread and on four") {
  const Lineup lineup{{makes("a", 30), makes("b", 10), makes("c", 10), makes("d", 20)}, {}, std::nullopt};
  for (int round = 0; round < 50; ++round) {
    for (const bool parallel : {false, true}) {
      const ContestResult result = hold(lineup, unbounded, parallel);
      REQUIRE(result.winner);
      CHECK(result.winner->recipe == "b");
    }
  }
}

TEST_CASE("contest: a result as large as the bound wins, one above it does not") {
  CHECK(hold({{makes("a", 10)}, {}, std::nullopt}, 10).winner);
  CHECK_FALSE(hold({{makes("a", 11)}, {}, std::nullopt}, 10).winner);
}

TEST_CASE("contest: a recipe that ignores the bound is left out all the same") {
  Recipe careless = makes("a", 11);
  careless.run = [](const Subject&, std::size_t) -> Attempt { return Candidate{Bytes(11), std::nullopt}; };
  CHECK_FALSE(hold({{careless}, {}, std::nullopt}, 10).winner);
}

TEST_CASE(
    "contest: only the finalists with the smallest estimates run; those without an estimate always do") {
  const std::vector<Recipe> recipes = {makes("a", 1, 300), makes("b", 50, 100), makes("c", 40, 200),
                                       makes("d", 45)};
  const auto winner = [&](Finals finals) { return hold({recipes, finals, std::nullopt}).winner->recipe; };
  CHECK(winner({3, 2}) == "a");
  CHECK(winner({2, 2}) == "c");    // "a" would be smaller, but its estimate put it third
  CHECK(winner({3, 1}) == "c");    // "a" is more than once again above the smallest
  CHECK(winner({3, 0.9}) == "d");  // so is "c" then, and "b" is larger than the one without an estimate
}

TEST_CASE("contest: reasons for declining are told, in the order of the line") {
  Recipe picky = makes("p", 1);
  picky.run = [](const Subject&, std::size_t) -> Attempt {
    return Declined{Reason{"below_min_quality", "too bad"}};
  };
  Recipe early = makes("e", 1, 1);
  early.estimate = [](const Subject&) -> Estimate { return Declined{Reason{"too_small", "no"}}; };
  const ContestResult result = hold({{early, picky, makes("x", 5)}, {}, std::nullopt});
  REQUIRE(result.winner);
  CHECK(result.notes == std::vector<Reason>{{"too_small", "no"}, {"below_min_quality", "too bad"}});
}

TEST_CASE("contest: a failing candidate is a note when another wins, and the error when none does") {
  Recipe broken = makes("b", 1);
  broken.run = [](const Subject&, std::size_t) -> Attempt { return fail(ErrorCode::internal, "broke"); };
  const ContestResult with_other = hold({{broken, makes("x", 5)}, {}, std::nullopt});
  REQUIRE(with_other.winner);
  REQUIRE(with_other.notes.size() == 1);
  CHECK(with_other.notes[0].code == "candidate_failed");
  const ContestResult alone = hold({{broken}, {}, std::nullopt});
  REQUIRE(alone.error);
  CHECK(alone.error->message == "broke");
}

TEST_CASE("contest: when the time is up the best so far wins, and that is said") {
  const Lineup lineup{{makes("a", 30), makes("b", 10)}, {}, std::nullopt};
  Limits limits;
  limits.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  const ContestResult late = contest(lineup, Subject({}, Probe{}, Metadata{}, limits), unbounded);
  REQUIRE(late.winner);
  CHECK(late.winner->recipe == "a");
  REQUIRE(late.notes.size() == 1);
  CHECK(late.notes[0].code == timed_out_code);
  limits.deadline = std::chrono::steady_clock::now() + std::chrono::hours(1);
  const ContestResult early = contest(lineup, Subject({}, Probe{}, Metadata{}, limits), unbounded);
  CHECK(early.winner->recipe == "b");
  CHECK(early.notes.empty());
}

}  // namespace imgc
