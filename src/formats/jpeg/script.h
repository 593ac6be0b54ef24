// Which scans a progressive file has. Every choice is by what the scans would cost with their best Huffman
// tables, counted and not written.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formats/jpeg/scan.h"

namespace imgc::jpeg {

// How hard to look for a better script: more ways to cut the AC of each component, judged by a larger sample.
enum class Search : std::uint8_t {
  none,  // one cut that is quick to code, and on average 1 to 2 % larger than what `quick` finds
  quick,
  normal,
  thorough,
  full,
};

// DC first, then bands of AC, finer bits last.
std::vector<Scan> progressive_script(const Coefficients& coefficients, std::span<const Plane> planes,
                                     Search search);

// What finding it takes.
std::uint64_t script_bytes(Search search);

// One scan, or one a component where they can't be interleaved.
std::vector<Scan> sequential_script(const Coefficients& coefficients);

}  // namespace imgc::jpeg
