#include "imgc/engine.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>
#include <tbb/version.h>

#include "base/machine.h"
#include "base/mailbox.h"
#include "engine/compress.h"
#include "engine/plan.h"

namespace imgc {
namespace {

using Clock = std::chrono::steady_clock;

// How far discovery runs ahead of the workers. Jobs start largest first within this window.
constexpr std::size_t window = 1024;
constexpr std::chrono::milliseconds tick_every(100);
// Where the store puts writes off: how many outputs wait for each other, and how long at most.
constexpr std::size_t batch = 128;
constexpr std::chrono::seconds batch_waits(1);
// How many bytes of results are kept at hand for copies of their inputs.
constexpr std::uint64_t most_remembered = std::uint64_t{32} << 20U;
// How much of the files that wait the store is asked to have ready: a few seconds of the workers' reading.
constexpr std::uint64_t most_prefetched = std::uint64_t{64} << 20U;

struct Started {
  std::uint64_t id = 0;
};
struct Finished {
  Record record;
};
struct Published {
  std::vector<Store::Unpublished> failed;
};
using Message = std::variant<Plan, Started, Finished, Published>;

// The most costly first, of equals the one found first.
struct StartsEarlier {
  bool operator()(const Plan& a, const Plan& b) const {
    return a.cost_bytes != b.cost_bytes ? a.cost_bytes > b.cost_bytes : a.job.id < b.job.id;
  }
};

// The coordinator. It does no image work; it alone owns the plans, the budget, the summary and the observer.
class Run {
 public:
  Run(JobSource& source, Store& input, Store& output, const RunOptions& options, Observer& observer,
      const std::atomic<bool>& stop)
      : source_(source),
        input_(input),
        output_(output),
        options_(options),
        observer_(observer),
        stop_(stop),
        duplicates_(std::min(most_remembered, options.memory_limit / 16)),
        arena_(static_cast<int>(options.jobs), 0) {}

  Summary go() {
    const double cpu_before = cpu_seconds();
    while (true) {
      const bool more = refill();
      admit();
      publish();
      if (!more && planning_ == 0 && admitted_.empty() && waiting_.empty() && written_.empty() &&
          !publishing_)
        break;
      if (auto message = mailbox_.take(more ? std::chrono::milliseconds(0) : tick_every)) receive(*message);
      tick();
    }
    arena_.execute([this] { tasks_.wait(); });  // the last tasks may still be on their way out of post()
    summary_.status = status();
    summary_.wall = Clock::now() - started_;
    summary_.cpu = std::chrono::duration<double>(cpu_seconds() - cpu_before);
    summary_.peak_rss_bytes = peak_rss();
    return std::move(summary_);
  }

 private:
  [[nodiscard]] bool stopping() const {
    return stop_.load(std::memory_order_relaxed) || summary_.stopped_by || time_is_up_;
  }

  // Pulls inputs while there is room, and has their headers read. Says whether there is room for more: after
  // so many that need no work, the jobs in work are looked after first.
  bool refill() {
    if (stopping()) waiting_.clear();
    for (std::size_t pulled = 0; pulled < window; ++pulled) {
      if (exhausted_ || stopping() || planning_ + waiting_.size() >= window) return false;
      if (auto item = source_.next())
        std::visit([this](auto& what) { pull(std::move(what)); }, *item);
      else
        exhausted_ = true;
    }
    return true;
  }

  void pull(Job job) {
    ++planning_;
    spawn([this, job = std::move(job)] {
      mailbox_.post(plan(job, input_, options_.jobs, options_.memory_limit));
    });
  }

  void pull(Rejected rejected) {
    Record record{rejected.id, std::move(rejected.input), {}, {}};
    record.outcome.verdict = Failed{std::move(rejected.error)};
    account(record);
  }

  void pull(Untouched untouched) {
    Record record{untouched.id, std::move(untouched.input), std::move(untouched.output), {}};
    record.outcome.verdict = Skipped{std::move(untouched.reason)};
    account(record);
  }

  // Starts the largest jobs that fit; when nothing is in work, one that is over the limit by its file alone.
  void admit() {
    // A few more than there are threads, so that none waits for the coordinator.
    const std::size_t most_admitted = 2 * std::size_t{options_.jobs} + 2;
    while (!waiting_.empty() && admitted_.size() < most_admitted &&
           (admitted_.empty() || in_use_ + waiting_.begin()->cost_bytes <= options_.memory_limit)) {
      Plan plan = std::move(waiting_.extract(waiting_.begin()).value());
      in_use_ += plan.cost_bytes;
      if (prefetched_jobs_.erase(plan.job.id) > 0) prefetched_ -= plan.file_bytes;
      spawn([this, plan] {
        const Job& job = plan.job;
        mailbox_.post(Started{job.id});
        Outcome outcome = compress(plan, input_, output_, {&duplicates_, options_.cache});
        Key output_key = outcome.output.value_or(job.output);
        mailbox_.post(Finished{{job.id, job.input, std::move(output_key), std::move(outcome)}});
      });
      admitted_.emplace(plan.job.id, std::move(plan));
    }
  }

  // Through a pointer, since oneTBB 2021.8 never gives back a deferred task of more than 256 bytes: it
  // returns it as one of a base class's size to a pool for such, which tasks of that size do not draw from.
  template <class Task>
  void spawn(Task task) {
    arena_.enqueue(tasks_.defer([task = std::make_unique<Task>(std::move(task))] { (*task)(); }));
  }

  // What its header came with is there already.
  void prefetch(const Plan& plan) {
    if (plan.file_bytes <= header_bytes || prefetched_ + plan.file_bytes > most_prefetched) return;
    prefetched_ += plan.file_bytes;
    prefetched_jobs_.insert(plan.job.id);
    spawn([this, key = plan.job.input] { input_.prefetch(key); });
  }

  void receive(Message& message) {
    if (auto* plan = std::get_if<Plan>(&message)) {
      --planning_;
      if (stopping()) return;
      prefetch(*plan);
      waiting_.insert(std::move(*plan));
      return;
    }
    if (const auto* started = std::get_if<Started>(&message)) {
      observer_.started(admitted_.at(started->id));
      return;
    }
    if (auto* published = std::get_if<Published>(&message)) {
      settle(std::move(published->failed));
      return;
    }
    Record& record = std::get<Finished>(message).record;
    const auto plan = admitted_.find(record.id);
    in_use_ -= plan->second.cost_bytes;
    admitted_.erase(plan);
    if (!output_.puts_off() || !is_written(record)) {
      account(record);
    } else {
      if (written_.empty()) oldest_ = Clock::now();
      written_.push_back(std::move(record));
    }
  }

  static bool is_written(const Record& record) {
    return record.outcome.bytes_out > 0 && !std::holds_alternative<Failed>(record.outcome.verdict);
  }

  // Has what was written put in its place, when it is enough, or waited long, or nothing more will come.
  void publish() {
    if (written_.empty() || publishing_) return;
    const bool last = planning_ == 0 && admitted_.empty() && waiting_.empty();
    if (written_.size() < batch && Clock::now() - oldest_ < batch_waits && !last) return;
    in_publication_ = std::exchange(written_, {});
    publishing_ = true;
    spawn([this] { mailbox_.post(Published{output_.publish()}); });
  }

  // A failure may be of an output whose record comes with the next batch.
  void settle(std::vector<Store::Unpublished> failed) {
    for (Store::Unpublished& one : failed)
      unpublished_.insert_or_assign(std::move(one.key), std::move(one.error));
    for (Record& record : in_publication_) {
      if (const auto found = unpublished_.find(record.output); found != unpublished_.end()) {
        record.outcome.verdict = Failed{std::move(found->second)};
        record.outcome.bytes_out = 0;
        record.outcome.format_out.clear();
        unpublished_.erase(found);
      }
      account(record);
    }
    in_publication_.clear();
    publishing_ = false;
  }

  void account(const Record& record) {
    summary_.totals.add(record.outcome);
    if (!record.outcome.format_in.empty()) summary_.by_format[record.outcome.format_in].add(record.outcome);
    if (const auto* failed = std::get_if<Failed>(&record.outcome.verdict)) stop_if_fatal(failed->error);
    if (is_unchanged(record.outcome)) ++summary_.unchanged;
    observer_.finished(record);
  }

  void stop_if_fatal(const Error& error) {
    if (summary_.stopped_by) return;
    if (error.code == ErrorCode::no_space)
      summary_.stopped_by = Error{error.code, "the output is full: " + error.message};
    else if (options_.fail_fast)
      summary_.stopped_by = Error{error.code, "stopped at the first failure, as --fail-fast asks"};
    else if (options_.max_errors && summary_.totals.failed > *options_.max_errors)
      summary_.stopped_by = Error{
          error.code,
          fmt::format("stopped after more than {} failures, as --max-errors asks", *options_.max_errors)};
  }

  void tick() {
    if (Clock::now() - ticked_ < tick_every) return;
    ticked_ = Clock::now();
    // A run that has nothing left to begin has met its deadline.
    if (options_.deadline && ticked_ - started_ >= *options_.deadline && !(exhausted_ && waiting_.empty()))
      time_is_up_ = true;
    observer_.tick();
  }

  [[nodiscard]] Status status() const {
    if (summary_.stopped_by) return Status::failed;
    if (stop_.load()) return Status::interrupted;
    if (time_is_up_) return Status::deadline;
    return summary_.totals.failed > 0 ? Status::completed_with_errors : Status::completed;
  }

  JobSource& source_;
  Store& input_;
  Store& output_;
  const RunOptions& options_;
  Observer& observer_;
  const std::atomic<bool>& stop_;

  Summary summary_;
  std::set<Plan, StartsEarlier> waiting_;
  std::size_t planning_ = 0;
  std::map<std::uint64_t, Plan> admitted_;  // by job id: running, or about to
  std::uint64_t in_use_ = 0;
  std::set<std::uint64_t> prefetched_jobs_;  // that wait, by id
  std::uint64_t prefetched_ = 0;             // bytes of their files
  std::vector<Record> written_;              // and not yet published
  Clock::time_point oldest_;                 // when the first of them came
  std::vector<Record> in_publication_;
  bool publishing_ = false;
  std::map<Key, Error> unpublished_;
  Duplicates duplicates_;
  bool exhausted_ = false;
  bool time_is_up_ = false;
  Clock::time_point started_ = Clock::now();
  Clock::time_point ticked_ = Clock::now();

  Mailbox<Message> mailbox_;  // outlives the tasks that post to it
  tbb::task_arena arena_;
  tbb::task_group tasks_;
};

}  // namespace

Summary run(JobSource& source, Store& input, Store& output, const RunOptions& options, Observer& observer,
            const std::atomic<bool>& stop) {
  // The calling thread only coordinates, so it does not count among the workers.
  const tbb::global_control workers(tbb::global_control::max_allowed_parallelism,
                                    std::size_t{options.jobs} + 1);
  return Run(source, input, output, options, observer, stop).go();
}

std::string scheduler_version() {
  return fmt::format("oneTBB {}", TBB_runtime_version());
}

}  // namespace imgc
