#pragma once

#include <optional>

#include "engine/contest.h"
#include "formats/format.h"

namespace imgc {

// Decodes the winner again and holds it against the subject before it may replace anything: equal pixels for
// an exact recipe; equal size, alpha still there, no gross error and a thumbnail that scores no less by
// SSIMULACRA 2 than any sane result of its quality for a perceptual one. Strip by strip where both formats
// can be read so and nothing has asked for the subject's pixels. `background` is what the pixels were laid on
// when `target` holds no alpha. An error says what is wrong.
Result<void> verify(const Winner& winner, const Subject& subject, const Format& target,
                    std::optional<Rgb> background);

// An error when the subject's picture does not decode to its end.
Result<void> read_through(const Subject& subject);

// The same as verify for an exact result in the original's format that has several frames, or whose pixels
// are not to be held whole; through target.same_picture.
Result<void> verify_by_rows(const Winner& winner, const Subject& subject, const Format& target);

}  // namespace imgc
