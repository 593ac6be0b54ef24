// The quality that nobody has to guess: qualities are tried until a result has the score, or the size, that
// was asked for.
#pragma once

#include <cstddef>
#include <optional>

#include "imgc/options.h"
#include "imgc/result.h"

#include "engine/contest.h"
#include "formats/format.h"

namespace imgc {

struct Sought {
  ContestResult contest;
  std::optional<Reason> note;   // of the line-up, as Lineup::note
  std::optional<double> score;  // of the winner, when it lost something
};

// Whether the options leave the quality to a search.
bool is_sought(const Options& options);

// With Options::target, the smallest result of at most `bound` bytes that scores as much; with
// Options::max_size, the best that is no larger. Results that lose nothing compete in both. Scores and sizes
// are taken to rise with the quality, which they do but for a point here and there. An error when nothing of
// this format is good, or small, enough. Deterministic. `options` ask for one of the two.
Result<Sought> search(const Subject& subject, const Format& target, const Options& options,
                      std::size_t bound);

}  // namespace imgc
