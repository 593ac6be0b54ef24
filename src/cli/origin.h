// Where inputs are named: trees, single files, lists, manifests. All are read as streams, and can be read
// again.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "imgc/options.h"
#include "imgc/result.h"

#include "cli/walk.h"

namespace imgc {

// One input, as its origin names it.
struct Found {
  std::string path;
  std::string relative;               // what is put behind OUTPUT
  bool named = false;                 // itself, not by a tree around it
  std::optional<std::string> output;  // a manifest's own
  std::shared_ptr<const Options> options;
};
using Problem = WalkProblem;

class Origin {
 public:
  Origin() = default;
  Origin(const Origin&) = delete;
  Origin& operator=(const Origin&) = delete;
  virtual ~Origin() = default;

  virtual std::optional<std::variant<Found, Problem>> next() = 0;
  // Back to the first input.
  virtual void rewind() = 0;
};

std::unique_ptr<Origin> tree_origin(std::string root, WalkOptions options,
                                    std::shared_ptr<const Options> job_options);
std::unique_ptr<Origin> file_origin(std::string path, std::shared_ptr<const Options> job_options);
// A path a line, or with `delimiter` NUL a path before each NUL; "-" is standard input. Globs apply as in a
// tree.
Result<std::unique_ptr<Origin>> list_origin(const std::string& list, char delimiter, WalkOptions options,
                                            std::shared_ptr<const Options> job_options);
// A JSON object a line: {"input": …, "output": …?, "options": {…}?}; "-" is standard input.
Result<std::unique_ptr<Origin>> manifest_origin(const std::string& manifest,
                                                std::shared_ptr<const Options> job_options);

}  // namespace imgc
