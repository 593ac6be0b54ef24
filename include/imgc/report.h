// What became of each input, and of the whole run. Exit codes and reports derive from these alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "imgc/image.h"
#include "imgc/job.h"
#include "imgc/result.h"

namespace imgc {

struct Compressed {
  std::string recipe;           // the winner, for example "png-paeth"
  std::optional<int> quality;   // used, for a lossy recipe
  std::optional<double> score;  // by SSIMULACRA 2 against the original, for a lossy recipe when asked for
};
// The original's bytes are the result.
struct Kept {
  Reason reason;
};
// Nothing was written.
struct Skipped {
  Reason reason;
};
struct Failed {
  Error error;
};

using Verdict = std::variant<Compressed, Kept, Skipped, Failed>;

// "compressed", "kept", "skipped" or "failed", as in the report.
std::string_view name(const Verdict& verdict);

using Milliseconds = std::chrono::duration<double, std::milli>;

struct Timings {
  Milliseconds read{};
  Milliseconds decode{};
  Milliseconds encode{};  // every candidate
  Milliseconds verify{};
  Milliseconds write{};
  Milliseconds total{};
};

struct Outcome {
  Verdict verdict = Failed{};
  std::string format_in;  // Format::name, empty when unknown
  std::string format_out;
  std::optional<Key> output;  // where it was written, when not at the job's own output
  // An input of the same run with the same content and options, whose result this one got.
  std::optional<Key> duplicate_of;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;          // 0 when nothing was (or in a dry run would be) written
  std::optional<Attributes> source;     // of the input, when it was read whole
  std::optional<Digest> source_digest;  // of its bytes
  std::optional<Digest> output_digest;  // of what was written
  std::vector<Reason> notes;  // what else the user should know: a wrong extension, a fall-back taken
  Timings timings;
};

struct Record {
  std::uint64_t id = 0;
  Key input;
  Key output;
  Outcome outcome;
};

struct Totals {
  std::uint64_t compressed = 0;
  std::uint64_t kept = 0;
  std::uint64_t skipped = 0;
  std::uint64_t failed = 0;
  // Over compressed and kept files only, so that their difference is what was saved.
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;

  [[nodiscard]] std::uint64_t files() const { return compressed + kept + skipped + failed; }
  void add(const Outcome& outcome);
};

enum class Status : std::uint8_t {
  completed,
  completed_with_errors,
  failed,
  interrupted,
  deadline,  // the time was up; what had begun was brought to its end
};
std::string_view name(Status status);

// Why an input is skipped whose output is up to date since an earlier run.
Reason unchanged_reason();
bool is_unchanged(const Outcome& outcome);

struct Summary {
  Status status = Status::completed;
  std::optional<Error> stopped_by;  // what ended the run early: a full disk, too many errors
  Totals totals;
  std::map<std::string, Totals> by_format;  // by Outcome::format_in
  Milliseconds wall{};
  Milliseconds cpu{};
  std::uint64_t peak_rss_bytes = 0;
  std::uint64_t unchanged = 0;  // of those skipped: up to date since an earlier run
};

// Called by the coordinator's thread alone, so it needs no lock. A slow observer slows the run.
class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;

  virtual void started(const Plan& plan) = 0;
  virtual void finished(const Record& record) = 0;
  // About ten times a second.
  virtual void tick() = 0;
};

}  // namespace imgc
