#include "engine/contest.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <utility>
#include <variant>

namespace imgc {
namespace {

// What became of one recipe. Each is written by one thread only.
struct Entry {
  std::optional<std::size_t> estimate;
  std::optional<Candidate> candidate;
  std::optional<Declined> declined;
  std::optional<Error> error;
};

class Contest {
 public:
  Contest(const Lineup& lineup, const Subject& subject, std::size_t bound)
      : lineup_(lineup), subject_(subject), entries_(lineup.recipes.size()), bound_(bound) {}

  void run_estimates() {
    for (const Recipe& recipe : lineup_.recipes)
      if (recipe.prepare) recipe.prepare(subject_);
    subject_.for_each()(entries_.size(), [this](std::size_t i) {
      if (lineup_.recipes[i].estimate) estimate(i);
    });
  }

  void run_finals() {
    const std::vector<std::size_t> order = entrants();
    // One that divides is best run alone: then those behind it know what they have to beat.
    const bool divides = std::ranges::any_of(order, [this](auto i) { return lineup_.recipes[i].divides; });
    const ForEach for_each = divides ? ForEach(one_after_the_other) : subject_.for_each();
    for_each(order.size(), [&](std::size_t i) { attempt(order[i]); });
  }

  ContestResult result() {
    ContestResult result;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      Entry& entry = entries_[i];
      if (entry.declined) take_reason(*std::move(entry.declined), result);
      if (!entry.candidate) continue;
      if (result.winner && result.winner->candidate.bytes.size() <= entry.candidate->bytes.size()) continue;
      result.winner =
          Winner{*std::move(entry.candidate), lineup_.recipes[i].name, lineup_.recipes[i].fidelity};
    }
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (!entries_[i].error) continue;
      if (!result.winner && !result.error) result.error = entries_[i].error;
      if (result.winner)
        result.notes.push_back(
            {"candidate_failed", lineup_.recipes[i].name + ": " + entries_[i].error->message});
    }
    if (left_out_)
      result.notes.push_back(
          {std::string(timed_out_code), "the time was up before every candidate was tried; --timeout"});
    return result;
  }

 private:
  static void take_reason(Declined declined, ContestResult& result) {
    if (!declined.reason) return;
    if (declined.conclusive && !result.kept_because) {
      result.kept_because = std::move(declined.reason);
    } else {
      result.notes.push_back(*std::move(declined.reason));
    }
  }

  void estimate(std::size_t i) {
    Estimate estimate = lineup_.recipes[i].estimate(subject_);
    if (!estimate) {
      entries_[i].error = std::move(estimate.error());
    } else if (auto* declined = std::get_if<Declined>(&*estimate)) {
      entries_[i].declined = std::move(*declined);
    } else {
      entries_[i].estimate = std::get<std::size_t>(*estimate);
    }
  }

  // Everybody without an estimate, then the best of the others.
  [[nodiscard]] std::vector<std::size_t> entrants() const {
    std::vector<std::size_t> order;
    std::vector<std::optional<std::size_t>> estimates;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (!lineup_.recipes[i].estimate) order.push_back(i);
      estimates.push_back(entries_[i].estimate);
    }
    const std::vector<std::size_t> best = finalists(estimates, lineup_.finals);
    order.insert(order.end(), best.begin(), best.end());
    return order;
  }

  // Somebody must have had a go before the time counts.
  [[nodiscard]] bool time_is_up() {
    const auto& deadline = subject_.limits().deadline;
    return deadline && attempts_.fetch_add(1) > 0 && std::chrono::steady_clock::now() >= *deadline;
  }

  void attempt(std::size_t i) {
    if (time_is_up()) {
      left_out_ = true;
      return;
    }
    const std::size_t bound = bound_.load(std::memory_order_relaxed);
    Attempt attempt = lineup_.recipes[i].run(subject_, bound);
    if (!attempt) {
      entries_[i].error = std::move(attempt.error());
    } else if (auto* declined = std::get_if<Declined>(&*attempt)) {
      entries_[i].declined = std::move(*declined);
    } else {
      auto& candidate = std::get<Candidate>(*attempt);
      if (candidate.bytes.size() > bound) return;
      lower_bound_to(candidate.bytes.size());
      entries_[i].candidate = std::move(candidate);
    }
  }

  void lower_bound_to(std::size_t size) {
    std::size_t current = bound_.load(std::memory_order_relaxed);
    while (size < current && !bound_.compare_exchange_weak(current, size, std::memory_order_relaxed)) {
    }
  }

  const Lineup& lineup_;
  const Subject& subject_;
  std::vector<Entry> entries_;
  std::atomic<std::size_t> bound_;
  std::atomic<unsigned> attempts_ = 0;
  std::atomic<bool> left_out_ = false;
};

}  // namespace

ContestResult contest(const Lineup& lineup, const Subject& subject, std::size_t bound) {
  Contest contest(lineup, subject, bound);
  contest.run_estimates();
  contest.run_finals();
  return contest.result();
}

}  // namespace imgc
