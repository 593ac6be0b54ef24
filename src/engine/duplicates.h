// What a run has made already, so that copies of the same content are compressed once.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "imgc/cache.h"
#include "imgc/digest.h"
#include "imgc/store.h"

namespace imgc {

// Safe to use from many threads. Of the results it holds the bytes of the latest; of the others it tells
// where they were written, and of the oldest nothing, so that it takes about as much however long the run is.
class Duplicates {
 public:
  struct First {
    Key input;
    Key output;
    CachedResult result;  // its bytes may be gone
    Digest made;          // of what was written
  };

  explicit Duplicates(std::uint64_t most_held_bytes) : most_held_bytes_(most_held_bytes) {}
  Duplicates(const Duplicates&) = delete;
  Duplicates& operator=(const Duplicates&) = delete;

  // The right to be the first with this content. Whoever has it must be at work, since others wait; it ends
  // with this object.
  class Claim {
   public:
    Claim(Duplicates& of, const CacheKey& key) : of_(&of), key_(key) {}
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;
    ~Claim() { of_->release(key_); }
    void settle(First first) { of_->remember(key_, std::move(first)); }

   private:
    Duplicates* of_;
    CacheKey key_;
  };

  // The first with this content, when there is one; waits while somebody is about to become that. Nothing
  // when it is to be the caller, who then has the claim.
  [[nodiscard]] std::optional<First> find(const CacheKey& key, std::optional<Claim>& claim);

 private:
  using Order = std::list<CacheKey>;  // the latest used first
  struct Less {
    bool operator()(const CacheKey& a, const CacheKey& b) const;
  };
  struct Entry {
    bool claimed = true;  // and nothing else yet
    First first;
    Order::iterator place;  // in settled_
    Order::iterator held;   // in held_, or its end
  };

  void remember(const CacheKey& key, First first);
  void release(const CacheKey& key);
  void drop_bytes(Entry& entry);

  std::mutex mutex_;
  std::condition_variable released_;
  std::map<CacheKey, Entry, Less> entries_;
  Order settled_;
  Order held_;  // of those, the ones with bytes
  std::uint64_t most_held_bytes_;
  std::uint64_t held_bytes_ = 0;
};

}  // namespace imgc
