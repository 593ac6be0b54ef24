#include "store/seen_set.h"

#include <utility>

namespace imgc {

bool SeenSet::insert(std::uint64_t hash) {
  if (hash == 0) hash = 1;  // 0 marks a free slot
  if ((used_ + 1) * 4 > slots_.size() * 3) {
    std::vector<std::uint64_t> old(slots_.empty() ? 64 : slots_.size() * 2);
    std::swap(old, slots_);
    for (const std::uint64_t entry : old)
      if (entry != 0) slots_[slot_of(entry)] = entry;
  }
  std::uint64_t& slot = slots_[slot_of(hash)];
  if (slot == hash) return false;
  slot = hash;
  ++used_;
  return true;
}

std::size_t SeenSet::slot_of(std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = static_cast<std::size_t>(hash) & mask;
  while (slots_[slot] != 0 && slots_[slot] != hash) slot = (slot + 1) & mask;
  return slot;
}

}  // namespace imgc
