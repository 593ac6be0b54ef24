#include "cli/incremental.h"

#include <filesystem>
#include <string_view>
#include <utility>
#include <variant>

namespace imgc {
namespace {

// File systems stamp with the time of the last tick, and some with whole seconds or two.
constexpr std::int64_t coarsest_clock_ns = 2'000'000'000;

Look source_look(const Attributes& attributes) {
  return {attributes.size, attributes.modified_ns.value_or(0), attributes.changed_ns.value_or(0),
          attributes.inode.value_or(0)};
}

// Other tools may copy an output with its time, which changes the rest.
Look target_look(const Attributes& attributes) {
  return {attributes.size, attributes.modified_ns.value_or(0), 0, 0};
}

std::string resolved(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::absolute(path, ignored).lexically_normal().string();
}

// Whether the same input would fail again whenever it is tried.
bool is_lasting(const std::optional<Error>& error) {
  if (!error) return false;
  switch (error->code) {
    case ErrorCode::malformed:
    case ErrorCode::truncated:
    case ErrorCode::damaged:
    case ErrorCode::unsupported:
    case ErrorCode::refused:
    case ErrorCode::limit:
      return true;
    default:
      return false;
  }
}

}  // namespace

Incremental::Incremental(JobSource& source, Store& input, Store& output, Journal& journal,
                         StateOptions options, std::string root)
    : source_(source),
      input_(input),
      output_(output),
      journal_(journal),
      options_(std::move(options)),
      root_(std::move(root)),
      started_ns_(std::chrono::duration_cast<std::chrono::nanoseconds>(
                      std::chrono::system_clock::now().time_since_epoch())
                      .count()) {
  if (!root_.empty() && !root_.ends_with('/')) root_ += '/';
}

std::optional<JobSource::Item> Incremental::next() {
  if (!exhausted_) {
    auto item = source_.next();
    if (auto* job = item ? std::get_if<Job>(&*item) : nullptr) {
      next_id_ = job->id + 1;
      return consider(std::move(*job));
    }
    if (auto* rejected = item ? std::get_if<Rejected>(&*item) : nullptr) {
      next_id_ = rejected->id + 1;
      has_problems_ = true;
    }
    if (item) return item;
    exhausted_ = true;
  }
  return options_.incremental ? next_gone() : std::nullopt;
}

JobSource::Item Incremental::consider(Job job) {
  JournalSlot* slot = journal_.find(name_of(job.output));
  if (slot != nullptr) slot->seen = true;
  if (slot == nullptr || !options_.skips()) return begin(std::move(job));
  const auto source = input_.head(job.input);
  if (!source || !*source) return begin(std::move(job));  // reading it will say what is wrong
  if (auto item = settled(job, *slot, source_look(**source))) return *std::move(item);
  if (slot->target == 0) return begin(std::move(job));

  auto entry = journal_.read(*slot);
  if (!entry || !entry->digest || entry->source.size != (*source)->size) return begin(std::move(job));
  const auto target = target_of(key_of(entry->place()));
  if (entry->made_with != job.made_with || !target || target_mark(*target) != slot->target)
    return begin(std::move(job));
  return begin(std::move(job), *std::move(entry));
}

// What needs no look into the file.
std::optional<JobSource::Item> Incremental::settled(const Job& job, const JournalSlot& slot,
                                                    const Look& source) {
  if (options_.checksum || slot.source != source_mark(source, job.made_with)) return std::nullopt;
  constexpr char failed = 'f';
  if (slot.outcome == failed) {
    if (options_.retry_failed) return std::nullopt;
    auto entry = journal_.read(slot);
    if (!entry || !is_lasting(entry->error)) return std::nullopt;
    return Rejected{job.id, job.input, *std::move(entry->error)};
  }
  Key output = job.output;
  if (job.output_follows_format)
    if (const auto entry = journal_.read(slot); entry && !entry->written.empty())
      output = key_of(entry->written);
  const auto target = target_of(output);
  if (!target || target_mark(*target) != slot.target) return std::nullopt;
  return Untouched{job.id, job.input, std::move(output), unchanged_reason()};
}

JobSource::Item Incremental::begin(Job job, std::optional<JournalEntry> before) {
  if (before) job.up_to_date = before->digest;
  pending_[job.id] = {job.options, job.made_with, job.output, std::move(before)};
  return job;
}

Result<void> Incremental::finished(const Record& record) {
  const auto found = pending_.find(record.id);
  if (found == pending_.end()) return {};
  const Pending pending = std::move(found->second);
  pending_.erase(found);
  const Outcome& outcome = record.outcome;
  const bool skipped = std::holds_alternative<Skipped>(outcome.verdict);
  // What was not read whole, and what was left alone, is looked at again by the next run.
  if (!outcome.source || (skipped && !(is_unchanged(outcome) && pending.before))) return {};
  return journal_.append(entry_of(record, pending));
}

JournalEntry Incremental::entry_of(const Record& record, const Pending& pending) {
  const Outcome& outcome = record.outcome;
  JournalEntry entry;
  if (pending.before && is_unchanged(outcome)) {
    entry = *pending.before;
  } else {
    entry.output = name_of(pending.output);
    entry.input = absolute(record.input);
    entry.outcome = name(outcome.verdict);
    if (record.output != pending.output) entry.written = name_of(record.output);
    if (const auto* failed = std::get_if<Failed>(&outcome.verdict))
      entry.error = failed->error;
    else
      entry.target = target_of(record.output);
  }
  entry.source = source_look(*outcome.source);
  entry.digest = outcome.source_digest;
  entry.made_with = pending.made_with;
  if (pending.options->in_place && outcome.output_digest) {
    // The next run finds what this one wrote.
    entry.digest = outcome.output_digest;
    if (const auto now = output_.head(record.output); now && *now) entry.source = source_look(**now);
  }
  entry.source_is_sure = is_sure(entry.source);
  return entry;
}

std::optional<JobSource::Item> Incremental::next_gone() {
  for (; slot_ < journal_.slots().size(); ++slot_) {
    if (journal_.slots()[slot_].seen) continue;
    const auto entry = journal_.read(journal_.slots()[slot_]);
    if (!entry) continue;
    const auto there = input_.head(entry->input);
    if (!there || *there) continue;  // not among the inputs of this run
    ++slot_;
    return Untouched{next_id_++, entry->input, key_of(entry->place()), remove(*entry)};
  }
  return std::nullopt;
}

Reason Incremental::remove(const JournalEntry& entry) {
  Reason stays = {"input_gone", "the input is gone; --delete removes its output"};
  const Key key = key_of(entry.place());
  const auto target = target_of(key);
  if (entry.target && target) {
    if (!options_.remove_gone) return stays;
    if (has_problems_)
      return {"input_gone",
              "the input is gone, but not every directory could be listed, so its output stays"};
    if (target_mark(*target) != target_mark(*entry.target))
      return {"input_gone", "the input is gone, but its output was changed since, so it stays"};
    if (const auto removed = output_.remove(key); !removed)
      return {"input_gone", "the input is gone, and its output stays: " + removed.error().message};
  }
  JournalEntry gone = entry;
  gone.outcome = "deleted";
  gone.target.reset();
  if (const auto noted = journal_.append(gone); !noted)
    return {"input_gone", "the input is gone, and so is its output, but " + noted.error().message};
  return {"deleted", "the input is gone, and so is its output"};
}

// Files of one directory come after each other, and to resolve a path takes longer than to write its line.
std::string Incremental::absolute(const Key& path) {
  const std::size_t name = path.rfind('/') + 1;
  const std::string_view last = std::string_view(path).substr(name);
  if (last.empty() || last == "." || last == "..") return resolved(path);
  const std::string_view directory = std::string_view(path).substr(0, name);
  if (directory != directory_ || absolute_directory_.empty()) {
    directory_ = directory;
    absolute_directory_ = resolved(directory_ + "x");
    absolute_directory_.pop_back();
  }
  return absolute_directory_ + std::string(last);
}

// Outputs are named from their directory, so that it may be called by another path, or be moved.
std::string Incremental::name_of(const Key& output) {
  if (root_.empty()) return absolute(output);
  return output.starts_with(root_) ? output.substr(root_.size()) : absolute(output);
}

Key Incremental::key_of(const std::string& name) const {
  return name.starts_with('/') ? name : root_ + name;
}

// Whether a change after this look would show in the next one.
bool Incremental::is_sure(const Look& look) const {
  return look.modified_ns < started_ns_ - coarsest_clock_ns &&
         look.changed_ns < started_ns_ - coarsest_clock_ns;
}

std::optional<Look> Incremental::target_of(const Key& key) {
  const auto target = output_.head(key);
  if (!target || !*target) return std::nullopt;
  return target_look(**target);
}

}  // namespace imgc
