#include "cli/shard.h"

#include <map>

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace imgc {
namespace {

Environment holding(const std::map<std::string, std::string>& variables) {
  return [variables](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
}

std::string label(std::string_view text, const std::map<std::string, std::string>& variables = {}) {
  const auto shard = parse_shard(text, holding(variables));
  return shard ? shard->label() : "refused";
}

}  // namespace

TEST_CASE("shard: K/N is the K-th of N") {
  CHECK(label("1/4") == "1-of-4");
  CHECK(label("4/4") == "4-of-4");
  CHECK(label("1/1").empty());
  for (const char* bad : {"0/4", "5/4", "4", "/4", "1/", "a/b", "-1/4", "1/0", "1/4x", ""}) {
    CAPTURE(bad);
    CHECK(label(bad) == "refused");
  }
}

TEST_CASE("shard: auto reads what schedulers say") {
  CHECK(label("auto", {{"SLURM_ARRAY_TASK_ID", "7"},
                       {"SLURM_ARRAY_TASK_COUNT", "4"},
                       {"SLURM_ARRAY_TASK_MIN", "1"},
                       {"SLURM_ARRAY_TASK_STEP", "2"}}) == "4-of-4");
  CHECK(label("auto", {{"SLURM_ARRAY_TASK_ID", "0"}, {"SLURM_ARRAY_TASK_COUNT", "3"}}) == "1-of-3");
  CHECK(label("auto", {{"JOB_COMPLETION_INDEX", "1"}, {"JOB_COMPLETIONS", "8"}}) == "2-of-8");
  CHECK(label("auto", {{"AWS_BATCH_JOB_ARRAY_INDEX", "2"}, {"AWS_BATCH_JOB_ARRAY_SIZE", "3"}}) == "3-of-3");
  CHECK(label("auto", {{"JOB_COMPLETION_INDEX", "1"}}) == "refused");
  CHECK(label("auto", {{"JOB_COMPLETION_INDEX", "8"}, {"JOB_COMPLETIONS", "8"}}) == "refused");
  CHECK(label("auto") == "refused");
}

TEST_CASE("shard: every name is in one part, and the parts are about as large") {
  constexpr std::uint32_t parts = 4;
  std::map<std::uint32_t, int> sizes;
  for (int i = 0; i < 4000; ++i) {
    int in = 0;
    for (std::uint32_t part = 0; part < parts; ++part) {
      if (!Shard{part, parts}.has(fmt::format("dir/{}.png", i))) continue;
      ++in;
      ++sizes[part];
    }
    REQUIRE(in == 1);
  }
  for (const auto& [part, size] : sizes) CHECK((size > 900 && size < 1100));
}

}  // namespace imgc
