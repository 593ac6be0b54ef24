#include "engine/search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "engine/judge.h"

namespace imgc {
namespace {

constexpr int least_quality = 1;
constexpr int most_quality = 100;
constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

// Where the search begins, and how steeply it believes a curve to rise until it knows two of its points.
constexpr double log_size_a_quality = 0.025;
constexpr int usual_quality = 75;
// From then on halving is surer than another guess.
constexpr unsigned guesses = 5;

// Closes in on the least quality whose value, on a curve that rises with the quality, is at least `goal`.
class Bracket {
 public:
  // `slope`: of the curve, until two of its points say it.
  Bracket(double goal, double slope) : goal_(goal), usual_slope_(slope), slope_(slope) {}

  // Nothing is left to try.
  [[nodiscard]] bool is_closed() const { return high_.quality - low_.quality <= 1; }
  // Whether this quality is known to lie below the goal.
  [[nodiscard]] bool is_above(int quality) const { return low_.quality >= quality; }
  // The least quality that is known to reach the goal; above most_quality when none is.
  [[nodiscard]] int high() const { return high_.quality; }

  void add(int quality, double value) {
    ++tried_;
    const bool is_low = value < goal_;
    in_a_row_ = is_low == was_low_ ? in_a_row_ + 1 : 1;
    was_low_ = is_low;
    Point& end = is_low ? low_ : high_;
    Point now = {quality, value, quality};
    if (end.value == value) now.level_since = end.level_since;
    if (end.is_known()) learn_slope(end, now);
    end = now;
  }
  // From `quality` on the curve is beyond the goal, nobody knows how far.
  void cut(int quality) {
    ++tried_;
    high_ = {quality, unknown, quality};
  }

  // The next quality to try, aiming a little above the goal.
  [[nodiscard]] int next(double margin) const {
    return std::clamp(static_cast<int>(std::lround(guess(goal_ + margin))), low_.quality + 1,
                      high_.quality - 1);
  }

 private:
  static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  // Palettes of the same colours serve many qualities. What is level over so many is so to its end, as a
  // rule.
  static constexpr int plateau = 8;

  struct Point {
    int quality = 0;
    double value = unknown;
    int level_since = 0;  // the first quality that had that value, of those that came after each other
    [[nodiscard]] bool is_known() const { return !std::isnan(value); }
    [[nodiscard]] bool is_level() const { return std::abs(quality - level_since) >= plateau; }
  };

  void learn_slope(const Point& before, const Point& now) {
    const double slope = std::abs((now.value - before.value) / (now.quality - before.quality));
    slope_ = std::clamp(slope, usual_slope_ / 5, usual_slope_ * 5);
  }

  [[nodiscard]] double guess(double aim) const {
    // What the curve ends with is likely to lie near what it was cut off at.
    if (!low_.is_known() && !high_.is_known()) return high_.quality - 1;
    const double middle = (low_.quality + high_.quality) / 2.0;
    if (tried_ >= guesses && low_.is_known() == high_.is_known()) return middle;
    if (low_.is_known() && high_.is_known() && in_a_row_ > 1) return middle;
    if (low_.is_known() && high_.is_known())
      return low_.quality + (aim - low_.value) / (high_.value - low_.value) * (high_.quality - low_.quality);
    if (low_.is_known())
      return low_.is_level() ? high_.quality - 1
                             : std::min(middle, low_.quality + (aim - low_.value) / slope_);
    return high_.is_level() ? low_.quality + 1 : high_.quality - (high_.value - aim) / slope_;
  }

  double goal_;
  double usual_slope_;
  double slope_;
  unsigned tried_ = 0;
  unsigned in_a_row_ = 0;  // the last ones that lay on one side of the goal
  bool was_low_ = false;
  Point low_ = {least_quality - 1, unknown, 0};
  Point high_ = {most_quality + 1, unknown, 0};
};

// When an effort has looked long enough.
struct Contentment {
  double points = 0;   // that a score may lie above the target
  double share = 0;    // of its bytes that a result may be larger than what just misses the target
  double surplus = 0;  // points that the result may lie above the target
  unsigned tries = 0;  // results made at most, if one of them will do
};
Contentment contentment(Effort effort) {
  switch (effort) {
    case Effort::fast:
      return {1, 0.03, 4, 2};
    case Effort::normal:
      return {0.5, 0.015, 3, 4};
    case Effort::high:
    case Effort::max:
      break;
  }
  return {0, 0, 1, 8};
}

// The quality that most often comes near a score, over photographs and drawings, and how many points a
// quality are worth there: steeply many where it is low.
constexpr double knee = 80;
int likely_quality(double score) {
  const double quality = score < knee ? knee - 1.75 * (knee - score) : score;
  return std::clamp(static_cast<int>(std::lround(quality)), least_quality, most_quality);
}
double likely_slope(double score) {
  return score < knee ? 0.6 + 0.02 * (knee - score) : 0.6;
}

class Search {
 public:
  Search(const Subject& subject, const Format& target, const Options& options, std::size_t bound)
      : subject_(subject),
        target_(target),
        options_(options),
        bound_(bound),
        judge_(subject, target, options.background) {}

  Result<Sought> run() {
    const Result<Lineup> worst = lineup_at(least_quality, options_.effort);
    if (!worst) return tl::unexpected(worst.error());
    if (!loses(*worst)) return without_loss(*worst);
    return options_.target ? by_score(*options_.target) : by_size(*options_.max_size);
  }

 private:
  static bool loses(const Lineup& lineup) {
    return std::ranges::any_of(lineup.recipes,
                               [](const Recipe& recipe) { return recipe.fidelity == Fidelity::perceptual; });
  }

  [[nodiscard]] Options options_at(int quality, Effort effort, int least = 0) const {
    Options options = options_;
    options.quality = {{least, quality}, {}};
    options.effort = effort;
    return options;
  }
  [[nodiscard]] Result<Lineup> lineup_at(int quality, Effort effort, int least = 0) const {
    return target_.lineup(subject_.probe(), options_at(quality, effort, least));
  }

  // Of what the file will be: without a winner, the original.
  [[nodiscard]] std::size_t size_of(const Sought& sought) const {
    const std::optional<Winner>& winner = sought.contest.winner;
    return winner ? winner->candidate.bytes.size() : subject_.bytes().size();
  }

  // A result of scouts.
  struct Scouted {
    std::size_t size = 0;
    int quality = 0;
    double score = 0;
  };

  // There is no other way: an animation, and the like.
  [[nodiscard]] Result<Sought> without_loss(const Lineup& lineup) const {
    Sought sought{contest(lineup, subject_, bound_), lineup.note, std::nullopt};
    if (!options_.max_size || sought.contest.error) return sought;
    const std::size_t size = size_of(sought);
    if (size > *options_.max_size)
      return fail(ErrorCode::refused,
                  fmt::format("it can only be compressed losslessly, to {}, over the --max-size of {}",
                              human_size(size), human_size(*options_.max_size)));
    return sought;
  }

  // The smallest that loses at a quality; nothing when the source is no better than that, or has no such
  // form.
  [[nodiscard]] Result<std::optional<Winner>> lossy(const Options& options) const {
    return lossy(target_.lineup(subject_.probe(), options));
  }
  [[nodiscard]] Result<std::optional<Winner>> scout(int quality) const {
    const Options options = options_at(quality, Effort::fast);
    return target_.scouts != nullptr ? lossy(target_.scouts(subject_.probe(), options)) : lossy(options);
  }
  [[nodiscard]] Result<std::optional<Winner>> lossy(Result<Lineup> lineup) const {
    if (!lineup) return tl::unexpected(std::move(lineup.error()));
    std::erase_if(lineup->recipes, [](const Recipe& recipe) { return recipe.fidelity == Fidelity::exact; });
    if (lineup->recipes.empty()) return std::nullopt;
    ContestResult result = contest(*lineup, subject_, unbounded);
    if (result.error) return tl::unexpected(*std::move(result.error));
    return std::move(result.winner);
  }

  [[nodiscard]] Result<Lineup> exact_lineup() const {
    Options options = options_;
    options.fidelity = Fidelity::exact;
    return target_.lineup(subject_.probe(), options);
  }

  // Least effort is enough to see what is lost; what it says is checked on the result. Sizes of palettes do
  // not always rise with the quality, so the smallest of all that are good enough is taken.
  Result<Sought> by_score(double goal) {
    const Contentment enough = contentment(options_.effort);
    Bracket bracket(goal, likely_slope(goal));
    std::optional<double> best;
    std::optional<Scouted> smallest;  // that is good enough
    std::size_t too_small = 0;        // the largest that is not
    int quality = likely_quality(goal);
    while (!bracket.is_closed()) {
      Result<std::optional<Winner>> made = scout(quality);
      if (!made) return tl::unexpected(std::move(made.error()));
      if (!*made) {
        bracket.cut(quality);
      } else {
        const Result<double> score = judge_.score((*made)->candidate.bytes);
        if (!score) return tl::unexpected(score.error());
        best = std::max(best.value_or(*score), *score);
        bracket.add(quality, *score);
        const Scouted now{(*made)->candidate.bytes.size(), quality, *score};
        if (*score < goal)
          too_small = std::max(too_small, now.size);
        else if (!smallest || now.size < smallest->size ||
                 (now.size == smallest->size && quality < smallest->quality))
          smallest = now;
        if (*score >= goal && *score <= goal + enough.points) break;
        if (smallest &&
            static_cast<double>(smallest->size) * (1 - enough.share) < static_cast<double>(too_small))
          break;
      }
      quality = bracket.is_closed() ? quality : bracket.next(enough.points / 2);
    }
    return with_all_effort(smallest.value_or(Scouted{0, bracket.high(), 0}), goal, best);
  }

  // From where scouts come near the goal. More effort may come out below it, having given up what it need not
  // keep, or far above.
  Result<Sought> with_all_effort(const Scouted& scouted, double goal, std::optional<double> best) {
    int quality = scouted.quality;
    const Contentment enough = contentment(options_.effort);
    Bracket bracket(goal, likely_slope(goal));
    std::optional<Sought> smallest;
    for (unsigned tries = 1; quality <= most_quality; ++tries) {
      Result<Sought> sought = finish(quality);
      if (!sought) return sought;
      const double score = sought->score.value_or(100);
      best = std::max(best.value_or(score), score);
      const std::size_t size = size_of(*sought);
      // Other than what was scouted, and not of this quality in particular. Then it is either the smallest,
      // or stands in for what just misses the goal; those who have the time look further all the same.
      const bool is_aside = enough.points > 0 && scouted.size > 0 && score > scouted.score + enough.surplus;
      bracket.add(quality, is_aside ? std::nextafter(goal, 0) : score);
      if (score >= goal && (!smallest || size < size_of(*smallest))) smallest = *std::move(sought);
      const bool is_near = score >= goal && score <= goal + enough.surplus;
      if (is_near || (is_aside && size <= scouted.size) || bracket.is_closed() ||
          (smallest && tries >= enough.tries))
        break;
      quality = bracket.next(enough.points / 2);
    }
    if (target_.rounds && (!smallest || !smallest->score)) {
      Result<Sought> sought = finish(most_quality, most_quality);
      if (!sought) return sought;
      if (sought->score && *sought->score >= goal) {
        sought->contest.notes.clear();  // of a minimum that nobody asked for
        return sought;
      }
    }
    return smallest ? *std::move(smallest) : exact_instead(goal, best);
  }

  // Everything there is at a quality, with the effort that was asked for.
  Result<Sought> finish(int quality, int least = 0) {
    const Result<Lineup> lineup = lineup_at(quality, options_.effort, least);
    if (!lineup) return tl::unexpected(lineup.error());
    Sought sought{contest(*lineup, subject_, bound_), lineup->note, std::nullopt};
    return judged(std::move(sought));
  }

  Result<Sought> judged(Sought sought) {
    const std::optional<Winner>& winner = sought.contest.winner;
    if (!winner || winner->fidelity == Fidelity::exact) return sought;
    const Result<double> score = judge_.score(winner->candidate.bytes);
    if (!score) return tl::unexpected(score.error());
    sought.score = *score;
    return sought;
  }

  [[nodiscard]] Result<Sought> exact_instead(double goal, std::optional<double> best) const {
    const Result<Lineup> lineup = exact_lineup();
    if (!lineup) {
      if (lineup.error().code != ErrorCode::refused || !best) return tl::unexpected(lineup.error());
      return fail(
          ErrorCode::refused,
          fmt::format(
              "no {} of it scores {:g}, the best has {:.2f}; lower --target or choose another --format",
              target_.name, goal, *best));
    }
    return Sought{
        contest(*lineup, subject_, bound_),
        Reason{"target_needs_all", fmt::format("no lossy result scores {:g}, so nothing was lost", goal)},
        std::nullopt};
  }

  // Where the best of palettes leaves room, what loses less than palettes can; else that.
  Result<Winner> nearer_that_fits(Winner best, std::uint64_t most) {
    const Result<double> least = judge_.score(best.candidate.bytes);
    if (!least) return tl::unexpected(least.error());
    for (const double score : {97, 95, 93, 91, 89}) {
      if (score <= *least) break;
      Options options = options_at(most_quality, options_.effort, most_quality);
      options.target = score;
      options.max_size = std::nullopt;
      Result<std::optional<Winner>> made = lossy(options);
      if (!made) return tl::unexpected(std::move(made.error()));
      if (*made && (*made)->candidate.bytes.size() <= most) return **std::move(made);
    }
    return best;
  }

  Result<Sought> by_size(std::uint64_t most) {
    if (const Result<Lineup> lineup = exact_lineup()) {
      Sought sought{contest(*lineup, subject_, bound_), lineup->note, std::nullopt};
      // Without a winner the original stays, if it is one of this format.
      if (size_of(sought) <= most && (sought.contest.winner || bound_ != unbounded)) return sought;
    } else if (lineup.error().code != ErrorCode::refused) {
      return tl::unexpected(lineup.error());
    }
    // The least quality that is too large stands right above the best that fits.
    constexpr double full = 0.97;
    const double log_most = std::log(static_cast<double>(most));
    Bracket bracket(std::nextafter(log_most, log_most + 1), log_size_a_quality);
    std::optional<Winner> best;
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    int quality = usual_quality;
    while (!bracket.is_closed()) {
      Result<std::optional<Winner>> made = lossy(options_at(quality, options_.effort));
      if (!made) return tl::unexpected(std::move(made.error()));
      if (!*made) {
        bracket.cut(quality);
      } else {
        const std::size_t size = (*made)->candidate.bytes.size();
        least = std::min<std::uint64_t>(least, size);
        bracket.add(quality, std::log(static_cast<double>(size)));
        if (size <= most) {
          best = std::move(*made);
          if (static_cast<double>(size) >= full * static_cast<double>(most)) break;
        }
      }
      quality = bracket.is_closed() ? quality : bracket.next(std::log(full) / 2);
    }
    if (best && target_.rounds && bracket.is_above(most_quality)) {
      Result<Winner> nearer = nearer_that_fits(*std::move(best), most);
      if (!nearer) return tl::unexpected(std::move(nearer.error()));
      best = *std::move(nearer);
    }
    if (!best)
      return fail(ErrorCode::refused,
                  fmt::format("even at the lowest quality it takes {}, over the --max-size of {}",
                              human_size(least), human_size(most)));
    Sought sought;
    sought.contest.winner = std::move(best);
    return judged(std::move(sought));
  }

  const Subject& subject_;
  const Format& target_;
  const Options& options_;
  std::size_t bound_;
  Judge judge_;
};

}  // namespace

bool is_sought(const Options& options) {
  return options.target || options.max_size;
}

Result<Sought> search(const Subject& subject, const Format& target, const Options& options,
                      std::size_t bound) {
  return Search(subject, target, options, bound).run();
}

}  // namespace imgc
