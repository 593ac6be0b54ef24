#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace imgc::deflate {

// log2 of counts in units of 1/`bit` bit, 0 for 0. From a table of integers, so that every machine comes to
// the same choice; above the table it is right to 1/1400 of a bit.
template <std::uint32_t bit>
class Log2 {
 public:
  Log2() {
    for (std::size_t n = 1; n < table_.size(); ++n)
      table_[n] = static_cast<std::uint32_t>(std::lround(std::log2(static_cast<double>(n)) * bit));
  }
  [[nodiscard]] std::uint32_t operator()(std::uint32_t n) const {
    unsigned halvings = 0;
    for (; n >= table_.size(); n >>= 1U) ++halvings;
    return table_[n] + bit * halvings;
  }

 private:
  std::array<std::uint32_t, 4096> table_ = {};
};

}  // namespace imgc::deflate
