#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>

#include "imgc/digest.h"
#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"
#include "imgc/store.h"

namespace imgc {

struct Job {
  std::uint64_t id = 0;  // 0, 1, 2, … in the order of discovery
  Key input;
  Key output;
  bool named = false;  // the user named this very file, so that "not an image" is an error
  std::shared_ptr<const Options> options;
  // With Options::any_format: the output gets the extension of the format that it will have.
  bool output_follows_format = false;
  std::uint64_t made_with = 0;  // stands for the options and the encoders; 0 where nobody asks
  // Of an input whose output is up to date already if the contents are still these.
  std::optional<Digest> up_to_date = std::nullopt;
};

// An input that could not become a job, for example a directory that can't be listed.
struct Rejected {
  std::uint64_t id = 0;
  Key input;
  Error error;
};

// An input that nothing has to be done for.
struct Untouched {
  std::uint64_t id = 0;
  Key input;
  Key output;
  Reason reason;
};

// Pulled only when there is room for more, so ten million files need no more memory than ten.
class JobSource {
 public:
  JobSource() = default;
  JobSource(const JobSource&) = delete;
  JobSource& operator=(const JobSource&) = delete;
  virtual ~JobSource() = default;

  using Item = std::variant<Job, Rejected, Untouched>;
  // The next input, or nothing at the end.
  [[nodiscard]] virtual std::optional<Item> next() = 0;
};

// A job that would take more than the run's memory limit, whose format has a way that takes less.
struct Shortage {
  std::uint64_t full_bytes = 0;    // what the usual way would take
  std::uint64_t memory_limit = 0;  // the run's
  std::optional<Error> refusal;    // why not even that way is open; then the job fails so
};

// What admission needs to know of a job before it starts.
struct Plan {
  Job job;
  std::optional<Probe> probe;        // absent when the header could not be read; the job will say why
  std::uint64_t file_bytes = 0;      // 0 when it could not be opened
  std::uint64_t cost_bytes = 0;      // estimated peak memory
  bool parallel = false;             // whether the image's contest may take several threads
  std::optional<Shortage> shortage;  // then the image is done in its format's lean way
};

}  // namespace imgc
