// What becomes of a job's output: whether it may be written, and writing it.
#pragma once

#include <optional>
#include <vector>

#include "imgc/job.h"
#include "imgc/report.h"
#include "imgc/store.h"

#include "formats/format.h"

namespace imgc {

class Publication {
 public:
  // All must outlive this; `original` may be read later than this is made. The sizes, formats, times and
  // place of what is written go into `outcome`.
  Publication(const Job& job, const Blob& original, Store& output, Outcome& outcome)
      : job_(job), options_(*job.options), original_(original), output_(output), outcome_(outcome) {}

  // Whether the output is to be left alone, and that writing it would not harm the input.
  [[nodiscard]] Result<std::optional<Verdict>> check(Store& input) const;
  [[nodiscard]] Result<Verdict> put(ByteView bytes, const Format* target, Compressed compressed);
  // The original's bytes, of that format or of none.
  [[nodiscard]] Result<Verdict> keep(Reason reason, const Format* format);

 private:
  [[nodiscard]] std::vector<Key> possible_outputs() const;
  [[nodiscard]] Result<std::optional<Verdict>> check_existing(Store& input, const Attributes& existing) const;
  [[nodiscard]] Result<std::optional<Verdict>> check_links(const Attributes& source) const;
  Result<void> back_up();
  Result<void> write_output(ByteView bytes, const Format* format);
  Result<void> write(const Key& key, ByteView bytes);

  const Job& job_;
  const Options& options_;
  const Blob& original_;
  Store& output_;
  Outcome& outcome_;
};

}  // namespace imgc
