#include "engine/duplicates.h"

#include <tuple>

namespace imgc {
namespace {

constexpr std::size_t most_settled = std::size_t{1} << 16U;

}  // namespace

bool Duplicates::Less::operator()(const CacheKey& a, const CacheKey& b) const {
  const auto fields = [](const CacheKey& key) {
    return std::tie(key.content.high, key.content.low, key.size, key.made_with);
  };
  return fields(a) < fields(b);
}

std::optional<Duplicates::First> Duplicates::find(const CacheKey& key, std::optional<Claim>& claim) {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto [found, is_new] = entries_.try_emplace(key);
    if (is_new) {
      claim.emplace(*this, key);
      return std::nullopt;
    }
    Entry& entry = found->second;
    if (!entry.claimed) {
      settled_.splice(settled_.begin(), settled_, entry.place);
      if (entry.held != held_.end()) held_.splice(held_.begin(), held_, entry.held);
      return entry.first;
    }
    // No deadlock: a contest never takes up another job while it waits for its threads, so whoever has the
    // claim is on some other thread, at work.
    released_.wait(lock);
  }
}

void Duplicates::remember(const CacheKey& key, First first) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_.at(key);
  entry.claimed = false;
  entry.first = std::move(first);
  entry.place = settled_.insert(settled_.begin(), key);
  entry.held = held_.end();
  if (const std::size_t size = entry.first.result.bytes.size(); size > 0 && size <= most_held_bytes_) {
    entry.held = held_.insert(held_.begin(), key);
    held_bytes_ += size;
  } else {
    entry.first.result.bytes = {};
  }
  while (held_bytes_ > most_held_bytes_) drop_bytes(entries_.at(held_.back()));
  while (settled_.size() > most_settled) {
    const auto oldest = entries_.find(settled_.back());
    drop_bytes(oldest->second);
    entries_.erase(oldest);
    settled_.pop_back();
  }
}

void Duplicates::drop_bytes(Entry& entry) {
  if (entry.held == held_.end()) return;
  held_bytes_ -= entry.first.result.bytes.size();
  entry.first.result.bytes = {};
  held_.erase(entry.held);
  entry.held = held_.end();
}

void Duplicates::release(const CacheKey& key) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = entries_.find(key); found != entries_.end() && found->second.claimed)
      entries_.erase(found);
  }
  released_.notify_all();
}

}  // namespace imgc
