// Which DC levels a component gets: since each is coded as a difference from the one before, they are chosen
// together, by the Viterbi algorithm over the levels next to each exact value.
#pragma once

#include <cstdint>

#include "formats/jpeg/coefficients.h"
#include "formats/jpeg/level_costs.h"
#include "formats/jpeg/masking.h"
#include "formats/jpeg/quality.h"
#include "formats/jpeg/reference_steps.h"

namespace imgc::jpeg {

// Replaces the DC levels of `component`, of its own table, by levels of step `to`. An error is measured in
// steps of `reference`, squared; `lambda` is the distortion that a bit is worth where masking is 1.
// `interleaved`: whether blocks are coded by MCU and not by row.
void choose_dc(Component& component, std::uint16_t to, float reference, const LevelCosts& costs,
               const Masking& masking, float lambda, bool interleaved);

}  // namespace imgc::jpeg
