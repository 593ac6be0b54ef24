// What is known of a tree of outputs from run to run: a file of JSON lines that grows by one for each output
// that is published.
//
// A line begins with fields of fixed width, which is all that loading reads of it:
//   {"crc":"8 hex","id":"32 hex","source":"16 hex","target":"16 hex","outcome":"compressed",…}
// crc is the CRC-32 of what stands behind its own comma; id names the output; source and target stand for the
// input and the output as they were then. The last line of an output holds; a line whose CRC is wrong does
// not count, so that damage can only make an output be made again. Lines of runs have "run" in place of "id".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgc/digest.h"
#include "imgc/result.h"

#include "base/fd.h"

namespace imgc {

// Where it is by default, in the directory of outputs. What lies there is no input.
inline constexpr std::string_view state_name = ".imgc";

// What a file looked like. Times in nanoseconds since 1970.
struct Look {
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;  // of inputs only: publishing changes it
  std::uint64_t inode = 0;      // likewise
};

struct JournalEntry {
  std::string output;  // from the directory of outputs, or absolute
  std::string input;   // absolute
  Look source;
  // Whether a later change of the input would show in `source`: it was not changed too shortly before.
  bool source_is_sure = true;
  std::optional<Digest> digest;  // of the input
  std::uint64_t made_with = 0;   // stands for the options and the encoders
  // "compressed", "kept" or "failed", or "deleted" when the output is not there any more.
  std::string outcome;
  std::optional<Look> target;  // absent when there is no output
  std::string written;         // where that is, when not at `output`: its extension follows its format
  std::optional<Error> error;

  [[nodiscard]] const std::string& place() const { return written.empty() ? output : written; }
};

// Whether nothing has changed is told by these: equal numbers stand for equal looks.
std::uint64_t source_mark(const Look& look, std::uint64_t made_with);
std::uint64_t target_mark(const Look& look);

// The journal in memory: 48 bytes an output.
struct JournalSlot {
  Digest id;
  std::uint64_t source = 0;  // source_mark, or 0 when it is not sure
  std::uint64_t target = 0;  // target_mark, or 0 without an output
  std::uint64_t offset = 0;  // of the line
  char outcome = 0;          // its first letter
  bool seen = false;         // for the journal's user
};

struct JournalRun {
  std::uint64_t made_with = 0;
  bool completed = false;
};

class Journal {
 public:
  // Takes the journal in `directory`, which is made when there is none, and reads it. Fails when another
  // process has it. What only says again what later lines say is dropped when there is much of that.
  static Result<Journal> open(const std::string& directory);

  // The last run before this one; nothing when there was none.
  [[nodiscard]] const std::optional<JournalRun>& last_run() const { return last_run_; }
  // As it was when it was opened.
  [[nodiscard]] JournalSlot* find(std::string_view output);
  [[nodiscard]] std::vector<JournalSlot>& slots() { return slots_; }
  // The whole line of a slot.
  [[nodiscard]] Result<JournalEntry> read(const JournalSlot& slot) const;

  // Lines wait in memory until there are 64 KiB of them, or until flush().
  [[nodiscard]] Result<void> begin_run(std::uint64_t made_with);
  [[nodiscard]] Result<void> append(const JournalEntry& entry);
  [[nodiscard]] Result<void> end_run();
  [[nodiscard]] Result<void> flush();

 private:
  Journal() = default;
  Result<void> load();
  Result<void> compact();
  [[nodiscard]] JournalSlot* find_id(const Digest& id);
  Result<void> put(std::string_view line);
  void take_line(std::string_view line, std::uint64_t offset);

  std::string path_;
  Fd lock_;
  Fd file_;
  std::uint64_t lines_ = 0;  // of outputs
  std::vector<JournalSlot> slots_;
  std::optional<JournalRun> last_run_;
  std::string pending_;
};

}  // namespace imgc
