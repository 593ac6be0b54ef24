// Which scans a progressive file has. Every choice is by what the scans would cost with their best Huffman
// tables, counted and not written.
#pragma once

#include <span>
#include <vector>

#include "imgc/options.h"

#include "formats/jpeg/scan.h"

namespace imgc::jpeg {

// DC first, then bands of AC, finer bits last. More effort tries more ways to cut the AC of each component,
// and judges them by a larger sample.
std::vector<Scan> progressive_script(const Coefficients& coefficients, std::span<const Plane> planes,
                                     Effort effort);

// One scan, or one a component where they can't be interleaved.
std::vector<Scan> sequential_script(const Coefficients& coefficients);

}  // namespace imgc::jpeg
