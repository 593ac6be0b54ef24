// A set of hashes that costs 11 to 21 bytes an entry, for a note of each of millions of directories.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imgc {

class SeenSet {
 public:
  // Whether it was not there before.
  bool insert(std::uint64_t hash);
  [[nodiscard]] std::size_t size() const { return used_; }

 private:
  // The slot that has `hash`, or the free one where it belongs. Probes linearly; one slot in four is free.
  [[nodiscard]] std::size_t slot_of(std::uint64_t hash) const;

  std::vector<std::uint64_t> slots_;  // a power of two of them; 0 is free
  std::size_t used_ = 0;
};

}  // namespace imgc
