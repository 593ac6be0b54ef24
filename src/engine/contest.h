// Candidates in, winner out.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "formats/format.h"

namespace imgc {

struct Winner {
  Candidate candidate;
  std::string recipe;
  Fidelity fidelity = Fidelity::exact;
};

// The code of the note that not every candidate was tried, since the time was up.
inline constexpr std::string_view timed_out_code = "timed_out";

struct ContestResult {
  std::optional<Winner> winner;  // of at most the bound's size; the smallest, and of equals the first in line
  std::vector<Reason> notes;     // why candidates were left out, where the user should know; in line order
  std::optional<Reason> kept_because;  // the first conclusive reason, when there is no winner
  std::optional<Error> error;          // of the first recipe that failed, when there is no winner
};

// Runs the line-up: estimates first, then the finalists, smallest estimate first so that the bound is tight
// early; each by the subject's for_each. The result depends on the subject and the line-up alone, never on
// which candidate ended first.
ContestResult contest(const Lineup& lineup, const Subject& subject, std::size_t bound);

}  // namespace imgc
