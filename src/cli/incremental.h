// Runs that know of the runs before them: what is unchanged is left out, what is done is put into the
// journal.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "imgc/job.h"
#include "imgc/report.h"
#include "imgc/store.h"

#include "journal/journal.h"

namespace imgc {

struct StateOptions {
  std::string directory;  // of the journal; empty: none is kept
  bool incremental = false;
  bool resume = false;        // likewise, but only what has the options of the run before
  bool checksum = false;      // contents are compared even where size and times are the same
  bool retry_failed = false;  // inputs that failed and are unchanged
  bool remove_gone = false;   // outputs whose inputs are gone

  [[nodiscard]] bool skips() const { return incremental || resume; }
};

// Stands between discovery and the engine. Both ends are called by the coordinator's thread alone.
class Incremental final : public JobSource {
 public:
  // All must outlive this. `root` is the directory of outputs, empty when inputs are replaced.
  Incremental(JobSource& source, Store& input, Store& output, Journal& journal, StateOptions options,
              std::string root);

  // Inputs that are up to date come as Untouched, and after the last input those that are gone.
  std::optional<Item> next() override;

  // To be told of every record, once its output is published.
  [[nodiscard]] Result<void> finished(const Record& record);

 private:
  // A job in work.
  struct Pending {
    std::shared_ptr<const Options> options;
    std::uint64_t made_with = 0;
    Key output;
    std::optional<JournalEntry> before;  // when the job need only find the contents unchanged
  };

  Item consider(Job job);
  Item begin(Job job, std::optional<JournalEntry> before = std::nullopt);
  [[nodiscard]] std::optional<Item> settled(const Job& job, const JournalSlot& slot, const Look& source);
  std::optional<Item> next_gone();
  Reason remove(const JournalEntry& entry);
  [[nodiscard]] JournalEntry entry_of(const Record& record, const Pending& pending);
  [[nodiscard]] std::string absolute(const Key& path);
  [[nodiscard]] std::string name_of(const Key& output);
  [[nodiscard]] Key key_of(const std::string& name) const;
  [[nodiscard]] bool is_sure(const Look& look) const;
  [[nodiscard]] std::optional<Look> target_of(const Key& key);

  JobSource& source_;
  Store& input_;
  Store& output_;
  Journal& journal_;
  StateOptions options_;
  std::string root_;  // with a '/' at its end
  std::int64_t started_ns_;
  std::string directory_;                     // of the last file, as it was given …
  std::string absolute_directory_;            // … and in full
  std::map<std::uint64_t, Pending> pending_;  // by job id
  std::uint64_t next_id_ = 0;
  bool has_problems_ = false;  // some inputs may not have been found
  bool exhausted_ = false;
  std::size_t slot_ = 0;  // of those that were not seen
};

}  // namespace imgc
