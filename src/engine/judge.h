// How like the original a candidate looks.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "imgc/bytes.h"
#include "imgc/digest.h"
#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/format.h"
#include "image/ssimulacra2.h"

namespace imgc {

// Scores files of the format `target` by SSIMULACRA 2 against the subject's pixels, laid on `background`
// where the format has no alpha. Both sides are seen under the metadata that goes out. What it makes of the
// reference is kept from score to score, and what was scored already is known by its pixels: efforts and
// qualities often differ in their bytes alone. Holds on to the subject.
class Judge {
 public:
  Judge(const Subject& subject, const Format& target, std::optional<Rgb> background)
      : subject_(subject), target_(target), background_(background) {}

  [[nodiscard]] Result<double> score(ByteView candidate);

  // Peak memory beside the subject and the candidate.
  static std::uint64_t working_bytes(const Probe& probe);

 private:
  // A candidate by what it shows.
  struct Scored {
    ColorModel model = ColorModel::rgb;
    unsigned depth = 8;
    Digest pixels;
    double score = 0;
  };

  Result<void> prepare();

  const Subject& subject_;
  const Format& target_;
  std::optional<Rgb> background_;
  std::optional<ScoreReference> reference_;
  std::vector<Scored> scored_;
};

}  // namespace imgc
