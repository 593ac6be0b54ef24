#include "cli/shard.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <xxhash.h>

#include "base/text.h"

namespace imgc {
namespace {

std::optional<std::uint32_t> whole_number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The names of an array's variables, and what its first index is.
struct Scheduler {
  const char* index;
  const char* count;
  const char* first;  // empty where it is 0
  const char* step;   // empty where it is 1
};
constexpr Scheduler schedulers[] = {
    {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP"},
    {"JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", "", ""},
    {"AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", "", ""},
};

Result<Shard> automatic(const Environment& environment) {
  for (const Scheduler& scheduler : schedulers) {
    const std::string index = environment(scheduler.index);
    if (index.empty()) continue;
    const auto number = [&](const char* variable, std::uint32_t otherwise) -> std::optional<std::uint32_t> {
      const std::string text = *variable == '\0' ? std::string() : environment(variable);
      return text.empty() ? otherwise : whole_number(text);
    };
    const auto place = whole_number(index);
    const auto count = number(scheduler.count, 0);
    const auto first = number(scheduler.first, 0);
    const auto step = number(scheduler.step, 1);
    if (place && count && first && step && *count > 0 && *step > 0 && *place >= *first &&
        (*place - *first) / *step < *count)
      return Shard{(*place - *first) / *step, *count};
    return fail(ErrorCode::usage,
                fmt::format("auto: {}={} and {}={} do not name a part of a whole", scheduler.index,
                            printable(index), scheduler.count, printable(environment(scheduler.count))));
  }
  return fail(
      ErrorCode::usage,
      "auto: this is no task of a Slurm array, a Kubernetes indexed Job or an AWS Batch array; give K/N");
}

}  // namespace

bool Shard::has(std::string_view relative) const {
  return count == 1 || XXH3_64bits(relative.data(), relative.size()) % count == index;
}

std::string Shard::label() const {
  return count == 1 ? std::string() : fmt::format("{}-of-{}", index + 1, count);
}

Result<Shard> parse_shard(std::string_view text, const Environment& environment) {
  if (text == "auto") return automatic(environment);
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto index = whole_number(text.substr(0, slash));
  const auto count = slash < text.size() ? whole_number(text.substr(slash + 1)) : std::nullopt;
  if (!index || !count || *index < 1 || *index > *count)
    return fail(ErrorCode::usage,
                fmt::format("\"{}\" is not a part such as 1/4 (the first of four) or auto", printable(text)));
  return Shard{*index - 1, *count};
}

}  // namespace imgc
