#include "engine/compress.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <limits>
#include <new>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "engine/contest.h"
#include "engine/judge.h"
#include "engine/orient.h"
#include "engine/parallel.h"
#include "engine/plan.h"
#include "engine/publication.h"
#include "engine/search.h"
#include "engine/stopwatch.h"
#include "engine/verify.h"
#include "formats/format.h"
#include "image/metadata_policy.h"

namespace imgc {
namespace {

constexpr const char* wrong_extension = "wrong_extension";
constexpr const char* from_cache = "cached";

class Compression {
 public:
  Compression(const Plan& plan, Store& input, Store& output, const Known& known)
      : plan_(plan),
        job_(plan.job),
        options_(*plan.job.options),
        input_(input),
        output_(output),
        known_(known),
        limits_(options_.limits),
        publication_(job_, original_, output, outcome_) {}

  Outcome run() {
    {
      const Stopwatch watch(outcome_.timings.total);
      if (limits_.time.count() > 0) limits_.deadline = std::chrono::steady_clock::now() + limits_.time;
      Result<Verdict> verdict = steps();
      outcome_.verdict = verdict ? *std::move(verdict) : Failed{std::move(verdict.error())};
    }
    const bool written = std::holds_alternative<Compressed>(outcome_.verdict) ||
                         std::holds_alternative<Kept>(outcome_.verdict);
    if (!written) {
      outcome_.bytes_out = 0;
      outcome_.format_out.clear();
    }
    return std::move(outcome_);
  }

 private:
  Result<Verdict> steps() {
    if (auto left_alone = publication_.check(input_); !left_alone)
      return tl::unexpected(left_alone.error());
    else if (*left_alone)
      return **std::move(left_alone);

    if (!plan_.probe) {
      // What is no image need not be read whole.
      Result<Blob> prefix = timed_read([this] { return input_.read_prefix(job_.input, sniff_bytes); });
      if (!prefix) return tl::unexpected(std::move(prefix.error()));
      outcome_.bytes_in = prefix->attributes.size;
      if (sniff(prefix->bytes) == nullptr) return other_file(prefix->bytes);
    }
    if (plan_.shortage && plan_.shortage->refusal) return too_large();
    if (auto read = read_original(options_.limits.memory); !read) return tl::unexpected(read.error());
    const Format* format = sniff(original_.bytes);
    if (format == nullptr) return other_file(original_.bytes);  // it was another one before
    if (job_.up_to_date && job_.up_to_date == outcome_.source_digest) return Skipped{unchanged_reason()};
    return known_or_made(*format);
  }

  // What was made of the same bytes in the same way: by this run, by an earlier one, or now.
  Result<Verdict> known_or_made(const Format& format) {
    // With little memory an image may get less than it would elsewhere.
    if (job_.made_with == 0 || plan_.shortage) return image(format);
    std::optional<Duplicates::Claim> claim;
    if (known_.of_this_run != nullptr)
      if (auto first = known_.of_this_run->find(cache_key(), claim); first && has_bytes(*first)) {
        outcome_.duplicate_of = std::move(first->input);
        return take(std::move(first->result), format);
      }
    std::optional<CachedResult> cached;
    if (known_.of_runs != nullptr) cached = known_.of_runs->find(cache_key());
    const bool is_new = !cached;
    Result<Verdict> verdict = cached ? take(*cached, format) : image(format);
    if (is_new && verdict) cached = reusable(*verdict);
    if (is_new && cached && known_.of_runs != nullptr) known_.of_runs->put(cache_key(), *cached);
    if (claim && verdict && cached && (cached->kept || outcome_.output_digest))
      claim->settle({job_.input, outcome_.output.value_or(job_.output), *std::move(cached),
                     outcome_.output_digest.value_or(Digest{})});
    return verdict;
  }

  // Reads them where they were written, if they are no longer at hand.
  bool has_bytes(Duplicates::First& first) {
    if (first.result.kept || !first.result.bytes.empty()) return true;
    Result<Blob> written = timed_read([&] { return output_.read(first.output, options_.limits.memory); });
    if (!written || digest_of(written->bytes) != first.made) return false;
    first.result.bytes = std::move(written->bytes);
    return true;
  }

  template <class Read>
  Result<Blob> timed_read(const Read& read) {
    const Stopwatch watch(outcome_.timings.read);
    return read();
  }

  Result<void> read_original(std::uint64_t limit) {
    Result<Blob> blob = timed_read([&] { return input_.read(job_.input, limit); });
    if (!blob) return tl::unexpected(std::move(blob.error()));
    original_ = *std::move(blob);
    outcome_.bytes_in = original_.bytes.size();
    outcome_.source = original_.attributes;
    outcome_.source_digest = digest_of(original_.bytes);
    return {};
  }

  [[nodiscard]] CacheKey cache_key() const {
    return {*outcome_.source_digest, original_.bytes.size(), job_.made_with};
  }

  Result<Verdict> take(CachedResult known, const Format& format) {
    source_ = &format;
    outcome_.format_in = known.format_in;
    outcome_.width = known.width;
    outcome_.height = known.height;
    outcome_.notes = std::move(known.notes);
    note_wrong_extension(format);
    if (!outcome_.duplicate_of) outcome_.notes.push_back({from_cache, "taken from the cache"});
    if (known.kept) return keep(*std::move(known.kept));
    const Format* target = format_named(known.format_out);
    return publication_.put(known.bytes, target, {std::move(known.recipe), known.quality, known.score});
  }

  // For who has the same bytes.
  std::optional<CachedResult> reusable(const Verdict& verdict) {
    // Another time there may be more of it.
    if (std::ranges::find(outcome_.notes, timed_out_code, &Reason::code) != outcome_.notes.end())
      return std::nullopt;
    CachedResult result;
    result.format_in = outcome_.format_in;
    result.format_out = outcome_.format_out;
    result.width = outcome_.width;
    result.height = outcome_.height;
    result.notes = outcome_.notes;
    std::erase_if(result.notes, [](const Reason& note) { return note.code == wrong_extension; });
    if (const auto* compressed = std::get_if<Compressed>(&verdict)) {
      result.recipe = compressed->recipe;
      result.quality = compressed->quality;
      result.score = compressed->score;
      result.bytes = std::move(made_);
    } else if (const auto* kept = std::get_if<Kept>(&verdict)) {
      result.kept = kept->reason;
    } else {
      return std::nullopt;
    }
    return result;
  }

  // Before its bytes are read: there is no room for them.
  Result<Verdict> too_large() {
    outcome_.bytes_in = plan_.file_bytes;
    outcome_.format_in = plan_.probe->format->name;
    outcome_.width = plan_.probe->width;
    outcome_.height = plan_.probe->height;
    return tl::unexpected(*plan_.shortage->refusal);
  }

  // A file that no format knows.
  Result<Verdict> other_file(ByteView prefix) {
    const std::string suffix = split_extension(job_.input).extension;
    const std::string_view foreign = foreign_format(prefix);
    if (foreign.empty() && format_by_extension(suffix) != nullptr)
      return fail(ErrorCode::malformed,
                  outcome_.bytes_in == 0
                      ? "the file is empty"
                      : fmt::format("named .{}, but its content is no image that imgc reads", suffix));
    const Reason reason = foreign.empty()
                              ? Reason{"not_an_image", "not an image that imgc reads"}
                              : Reason{"unsupported_format", fmt::format("{} is not supported", foreign)};
    if (options_.copy_others) {
      if (auto read = read_original(std::numeric_limits<std::uint64_t>::max()); !read)
        return tl::unexpected(read.error());
      return keep(reason);
    }
    if (job_.named) return fail(ErrorCode::unsupported, reason.text);
    return Skipped{reason};
  }

  Result<Verdict> image(const Format& format) {
    outcome_.format_in = format.name;
    Result<Verdict> verdict = whole_image(format);
    if (verdict || verdict.error().code != ErrorCode::damaged) return verdict;
    Error damage = std::move(verdict.error());
    switch (options_.on_corrupt) {
      case OnCorrupt::fail:
        break;
      case OnCorrupt::keep:
        if (!replaces_ && targets_.front() == &format) return keep({"damaged", damage.message});
        damage.message += "; --on-corrupt repair takes what of it can be seen";
        break;
      case OnCorrupt::repair:
        outcome_.notes = {{"repaired", "what could be seen of a damaged image: " + damage.message}};
        limits_.accept_damage = true;
        replaces_ = true;
        return whole_image(format);
    }
    return tl::unexpected(std::move(damage));
  }

  Result<Verdict> whole_image(const Format& format) {
    const Result<Probe> probe = format.probe(original_.bytes, limits_);
    if (!probe) return tl::unexpected(probe.error());
    outcome_.width = probe->width;
    outcome_.height = probe->height;
    note_wrong_extension(format);
    if (limits_.max_frames > 0 && probe->frames > limits_.max_frames)
      return fail(ErrorCode::limit,
                  fmt::format("it has {} frames, over the limit of {}; raise it with --max-frames",
                              probe->frames, limits_.max_frames));

    targets_ = target_formats(*probe, options_);
    const Format& target = *targets_.front();
    const bool converting = &target != &format;
    if (probe->animated && converting)
      return fail(ErrorCode::refused,
                  fmt::format("an animated {} of {} frames, of which a {} would hold only one", format.name,
                              probe->frames, target.name));
    if (probe->untouchable && converting)
      return fail(ErrorCode::refused,
                  fmt::format("can't be converted to {} without loss of more than quality: {}", target.name,
                              probe->untouchable->text));
    source_ = &format;
    if (probe->untouchable) return keep_untouched(*probe);

    Result<Metadata> metadata = format.metadata(original_.bytes, limits_);
    if (!metadata) return tl::unexpected(std::move(metadata.error()));
    const Result<Oriented> oriented = orient(*probe, *metadata);
    if (!oriented) return tl::unexpected(oriented.error());
    Metadata outgoing = apply(options_.metadata, *metadata);
    if (auto attached = check_attachment(*metadata, outgoing); !attached)
      return tl::unexpected(attached.error());
    if (oriented->file.empty()) {
      return compete(Subject(original_.bytes, *probe, std::move(outgoing), limits_, oriented->turn));
    }
    const Result<Probe> turned = format.probe(oriented->file, limits_);
    if (!turned) return tl::unexpected(turned.error());
    return compete(Subject(oriented->file, *turned, std::move(outgoing), limits_));
  }

  Result<Verdict> keep_untouched(const Probe& probe) {
    if (options_.rotate != 0)
      return fail(ErrorCode::refused, fmt::format("can't be turned: {}", probe.untouchable->text));
    return keep(*probe.untouchable);
  }

  Result<Oriented> orient(const Probe& probe, Metadata& metadata) {
    const Stopwatch watch(outcome_.timings.encode);
    Result<Oriented> oriented = imgc::orient(original_.bytes, probe, *targets_.front(), options_, limits_,
                                             plan_.shortage.has_value(), metadata);
    if (!oriented) return oriented;
    replaces_ |= oriented->differs;
    if (oriented->note) outcome_.notes.push_back(*oriented->note);
    return oriented;
  }

  // What stands behind the image stays behind it, in its own format.
  Result<void> check_attachment(const Metadata& metadata, const Metadata& outgoing) {
    if (metadata.find(MetadataKind::attached) == nullptr) return {};
    const bool kept = outgoing.find(MetadataKind::attached) != nullptr;
    if (kept && targets_.front() != source_)
      return fail(
          ErrorCode::refused,
          fmt::format("it has data behind the image, such as a motion photo's film or a gain map, that a {} "
                      "can't hold; drop it with --strip attached",
                      targets_.front()->name));
    if (kept) targets_.resize(1);
    outcome_.notes.push_back(
        kept ? Reason{"attached_kept",
                      "with data behind the image, such as a motion photo or a gain map, kept"}
             : Reason{"attached_dropped",
                      "with data behind the image, such as a motion photo or a gain map, dropped"});
    return {};
  }

  Result<Lineup> lineup_for(const Subject& subject) {
    if (plan_.shortage) return lean_lineup(*source_, subject.probe());
    return targets_.front()->lineup(subject.probe(), options_);
  }

  // In place of the usual line-up, whose refusals and note hold here too.
  Result<Lineup> lean_lineup(const Format& format, const Probe& probe) {
    const Result<Lineup> usual = format.lineup(probe, options_);
    if (!usual) return tl::unexpected(usual.error());
    Result<Lineup> lean = format.lean_lineup(probe, options_);
    if (!lean) return lean;
    const bool gives_up_loss = std::ranges::any_of(
        usual->recipes, [](const Recipe& recipe) { return recipe.fidelity == Fidelity::perceptual; });
    outcome_.notes.push_back(
        {"over_memory_limit",
         fmt::format(
             "at once it needs about {}, over the memory limit of {}, so it was compressed row by row{}",
             human_size(plan_.shortage->full_bytes), human_size(plan_.shortage->memory_limit),
             gives_up_loss ? " and losslessly" : "")});
    lean->note = usual->note;
    return lean;
  }

  // Whether the image is never held whole, or has more of them than Image holds.
  [[nodiscard]] bool is_by_rows(const Probe& probe) const { return plan_.shortage || probe.animated; }

  // Speaks of this input's name, so that it is not put into the cache.
  void note_wrong_extension(const Format& format) {
    const std::string suffix = split_extension(job_.input).extension;
    const Format* named = format_by_extension(suffix);
    if (named != nullptr && named != &format)
      outcome_.notes.push_back(
          {wrong_extension, fmt::format("named .{}, but it is {}", suffix, format.name)});
  }

  Result<Sought> candidates(const Subject& subject, const Lineup& lineup, const Format& target,
                            std::size_t bound) {
    if (is_sought(options_) && !plan_.shortage) return search(subject, target, options_, bound);
    return Sought{contest(lineup, subject, bound), lineup.note, std::nullopt};
  }

  // A format that can't hold the image, or not well enough, is out; the other errors are of the image.
  static bool is_out(const Error& error) {
    return error.code == ErrorCode::refused || error.code == ErrorCode::unsupported;
  }
  static bool is_out(const Result<Sought>& sought) {
    return sought ? sought->contest.error && is_out(*sought->contest.error) : is_out(sought.error());
  }

  // Whether it is to be preferred: smaller, or with a size to fit into, nearer to the original.
  [[nodiscard]] bool is_better(const Sought& one, const Sought& other) const {
    if (!one.contest.winner) return false;
    if (!other.contest.winner) return true;
    const std::size_t one_size = one.contest.winner->candidate.bytes.size();
    const std::size_t other_size = other.contest.winner->candidate.bytes.size();
    if (!options_.max_size) return one_size < other_size;
    static constexpr double unchanged = 100;
    const auto key = [](const Sought& sought, std::size_t size) {
      return std::pair(-sought.score.value_or(unchanged), size);
    };
    return key(one, one_size) < key(other, other_size);
  }

  // What the other formats make of it; the winner's is targets_.front() in the end.
  Result<Sought> choose_format(const Subject& subject, Result<Sought> sought, std::size_t bound) {
    for (std::size_t i = 1; i < targets_.size(); ++i) {
      const Result<Lineup> lineup = targets_[i]->lineup(subject.probe(), options_);
      if (!lineup && !is_out(lineup.error())) return tl::unexpected(lineup.error());
      if (!lineup) continue;
      if (sought && sought->contest.winner && !options_.max_size)
        bound = sought->contest.winner->candidate.bytes.size() - 1;
      Result<Sought> other = candidates(subject, *lineup, *targets_[i], bound);
      if (is_out(other)) continue;
      if (!other || other->contest.error) return other;
      if (!is_out(sought) && !is_better(*other, *sought)) continue;
      sought = std::move(other);
      std::swap(targets_.front(), targets_[i]);
    }
    return sought;
  }

  Result<Verdict> compete(Subject subject) {
    if (plan_.parallel) subject.set_for_each(in_parallel());
    const Result<Lineup> lineup = lineup_for(subject);
    if (!lineup) return tl::unexpected(lineup.error());
    const bool may_stay = !replaces_ && (targets_.front() == source_ || options_.any_format);
    const std::size_t bound = may_stay ? original_.bytes.size() - 1 : std::numeric_limits<std::size_t>::max();
    Result<Sought> sought;
    {
      const Stopwatch watch(outcome_.timings.encode);
      sought = candidates(subject, *lineup, *targets_.front(), bound);
      const bool failed = sought ? sought->contest.error.has_value() : true;
      if (targets_.size() > 1 && !plan_.shortage && (!failed || is_out(sought)))
        sought = choose_format(subject, std::move(sought), bound);
    }
    outcome_.timings.decode = Milliseconds(subject.decode_ms());
    outcome_.timings.encode -= outcome_.timings.decode;
    if (!sought) return tl::unexpected(std::move(sought.error()));
    ContestResult& result = sought->contest;
    if (result.error) return tl::unexpected(*std::move(result.error));

    if (!result.winner) {
      // Such recipes have read every row that they need not keep.
      if (!is_by_rows(subject.probe()))
        if (auto whole = read_through(subject); !whole) return tl::unexpected(std::move(whole.error()));
      outcome_.notes.insert(outcome_.notes.end(), result.notes.begin(), result.notes.end());
      Reason reason =
          result.kept_because.value_or(sought->note.value_or(Reason{"no_gain", "nothing made it smaller"}));
      if (replaces_)
        return fail(ErrorCode::unsupported,
                    (limits_.accept_damage ? "can't be repaired: " : "can't be turned: ") + reason.text);
      return keep(std::move(reason));
    }
    if (sought->note) outcome_.notes.push_back(*sought->note);
    outcome_.notes.insert(outcome_.notes.end(), result.notes.begin(), result.notes.end());
    return publish(*std::move(result.winner), sought->score, subject);
  }

  Result<Verdict> publish(Winner winner, std::optional<double> score, const Subject& subject) {
    const Format& target = *targets_.front();
    const bool asked_for = replaces_ || (options_.convert_to && &target != source_);
    const std::uint64_t size = winner.candidate.bytes.size();
    if (!asked_for && size > options_.min_savings.largest_allowed(original_.bytes.size()))
      return keep({"below_min_savings",
                   fmt::format("would save only {} of {}", human_size(original_.bytes.size() - size),
                               human_size(original_.bytes.size()))});
    {
      const Stopwatch watch(outcome_.timings.verify);
      auto good = is_by_rows(subject.probe()) ? verify_by_rows(winner, subject, target)
                                              : verify(winner, subject, target, options_.background);
      if (!good) return tl::unexpected(std::move(good.error()));
      if (options_.score && !score && winner.fidelity == Fidelity::perceptual) {
        const Result<double> judged =
            Judge(subject, target, options_.background).score(winner.candidate.bytes);
        if (!judged) return tl::unexpected(judged.error());
        score = *judged;
      }
    }
    Result<Verdict> verdict = publication_.put(winner.candidate.bytes, &target,
                                               {std::move(winner.recipe), winner.candidate.quality, score});
    made_ = std::move(winner.candidate.bytes);
    return verdict;
  }

  Result<Verdict> keep(Reason reason) { return publication_.keep(std::move(reason), source_); }

  const Plan& plan_;
  const Job& job_;
  const Options& options_;
  Store& input_;
  Store& output_;
  const Known& known_;
  Limits limits_;
  Blob original_;
  const Format* source_ = nullptr;  // null for what is no image
  std::vector<const Format*> targets_;
  bool replaces_ = false;  // the original is no result, since it shows something else than what was asked for
  Outcome outcome_;
  Publication publication_;
  Bytes made_;  // what was written, for those that know it
};

Outcome stray(ErrorCode code, const char* message) {
  Outcome outcome;
  outcome.verdict = Failed{{code, message}};
  return outcome;
}

}  // namespace

Outcome compress(const Plan& plan, Store& input, Store& output, const Known& known) noexcept {
  try {
    return Compression(plan, input, output, known).run();
  } catch (const std::bad_alloc&) {
    return stray(ErrorCode::out_of_memory, "out of memory; lower --jobs or --memory-limit");
  } catch (const std::exception& problem) {
    return stray(ErrorCode::internal, problem.what());
  }
}

}  // namespace imgc
