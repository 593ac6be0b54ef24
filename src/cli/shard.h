// One part of several of a run, each on a machine of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "imgc/result.h"

namespace imgc {

struct Shard {
  std::uint32_t index = 0;  // from 0
  std::uint32_t count = 1;

  // By the name from the root of the inputs, so that every machine comes to the same, whatever it calls that.
  [[nodiscard]] bool has(std::string_view relative) const;
  // "2-of-4"; empty for a run in one piece.
  [[nodiscard]] std::string label() const;
};

// Empty for a variable that is not set.
using Environment = std::function<std::string(const char*)>;

// "2/4" is the second of four. "auto" takes both from a Slurm array, a Kubernetes indexed Job (which must
// give its number of completions as JOB_COMPLETIONS) or an AWS Batch array.
Result<Shard> parse_shard(std::string_view text, const Environment& environment);

}  // namespace imgc
