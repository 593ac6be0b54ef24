#include "engine/plan.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "engine/judge.h"
#include "engine/orient.h"
#include "engine/search.h"

namespace imgc {
namespace {

// What a job takes beside its image: stacks, codec tables, buffers.
constexpr std::uint64_t base_bytes = std::uint64_t{1} << 20U;
// Below this many pixels the candidates of one image are over sooner than threads are woken.
constexpr std::uint64_t parallel_pixels = 256U << 10U;

struct Header {
  std::optional<Probe> probe;
  std::uint64_t file_bytes = 0;
};

Header read_header(const Job& job, Store& input) {
  for (std::size_t count = header_bytes;; count *= 16) {
    const Result<Blob> prefix = input.read_prefix(job.input, count);
    if (!prefix) return {};
    Header header{std::nullopt, prefix->attributes.size};
    const Format* format = sniff(prefix->bytes);
    if (format == nullptr) return header;
    Result<Probe> probe = format->probe(prefix->bytes, job.options->limits);
    if (probe) {
      header.probe = *std::move(probe);
      return header;
    }
    if (probe.error().code != ErrorCode::truncated || prefix->bytes.size() < count) return header;
  }
}

// Whether a contest over this image is worth running on several threads.
bool is_parallel_contest(const Probe& probe, unsigned jobs) {
  return jobs > 1 && probe.pixel_count() >= parallel_pixels;
}

// What the `threads` most costly recipes take together.
std::uint64_t working_bytes(const Lineup& lineup, unsigned threads) {
  std::vector<std::uint64_t> working;
  for (const Recipe& recipe : lineup.recipes) working.push_back(recipe.working_bytes);
  std::ranges::sort(working, std::greater{});
  working.resize(std::min<std::size_t>(working.size(), threads));
  std::uint64_t sum = 0;
  for (const std::uint64_t bytes : working) sum += bytes;
  return sum;
}

std::uint64_t with_reserve(std::uint64_t bytes) {
  return bytes + bytes / 4;
}

std::uint64_t decoding_bytes(const Format& format, const Probe& probe) {
  return format.decoding_bytes == nullptr ? 0 : format.decoding_bytes(probe);
}

// The file with its pixels, where something needs them whole, and beside them one of these: what decodes
// them, what turns them, the candidates or, in the end, the winner's pixels to compare.
std::uint64_t full_bytes(const Probe& probe, std::uint64_t file_bytes,
                         const std::vector<Result<Lineup>>& lineups, unsigned threads,
                         const Options& options) {
  const std::vector<const Format*> targets = target_formats(probe, options);
  const bool judged = is_sought(options) || options.score;
  const bool is_turned = !asked_turn(options, probe, *targets.front()).is_none();
  // As verify() does, and nothing else needs them whole.
  const bool in_strips = targets.size() == 1 && targets.front() == probe.format && !judged && !is_turned &&
                         probe.format->read_strips != nullptr;
  const std::uint64_t decoded = in_strips ? 0 : probe.decoded_bytes();
  std::uint64_t beside = decoding_bytes(*probe.format, probe);
  for (const Format* target : targets)
    beside = std::max(beside, decoded + decoding_bytes(*target, probe) * (in_strips ? 2 : 1));
  for (const Result<Lineup>& lineup : lineups)
    if (lineup) beside = std::max(beside, working_bytes(*lineup, threads));
  if (is_turned && probe.format->turning_bytes != nullptr)
    beside = std::max(beside, probe.format->turning_bytes(probe));
  const std::uint64_t judge = judged ? Judge::working_bytes(probe) : 0;
  return base_bytes + file_bytes + with_reserve(decoded + beside + judge);
}

Error too_large(const std::string& why, std::uint64_t needed, std::uint64_t limit) {
  constexpr std::uint64_t megabyte = 1'000'000;
  return {ErrorCode::out_of_memory,
          fmt::format("{} about {}, over the memory limit of {}; raise it with --memory-limit {}MB", why,
                      human_size(needed), human_size(limit), (needed + megabyte - 1) / megabyte)};
}

bool has_lean_way(const Probe& probe, const Options& options) {
  const Format* target = target_formats(probe, options).front();
  const bool is_turned = !asked_turn(options, probe, *target).is_none();  // rows are not turned one by one
  return probe.format->lean_lineup != nullptr && !is_turned && target == probe.format;
}

void take_lean_way(Plan& plan, std::uint64_t file_bytes, std::uint64_t memory_limit) {
  const Probe& probe = *plan.probe;
  const Options& options = *plan.job.options;
  if (file_bytes > memory_limit) return;  // that it can't be read says more
  Shortage shortage{plan.cost_bytes, memory_limit, std::nullopt};
  std::uint64_t needed = base_bytes;
  if (!has_lean_way(probe, options)) {
    shortage.refusal = too_large("it needs", plan.cost_bytes, memory_limit);
  } else if (const Result<Lineup> lineup = probe.format->lean_lineup(probe, options); !lineup) {
    shortage.refusal =
        too_large(lineup.error().message + ", and at once it needs", plan.cost_bytes, memory_limit);
  } else {
    // The original, a result that is no larger, and what makes or compares it.
    needed = base_bytes + 2 * file_bytes + with_reserve(working_bytes(*lineup, 1));
    if (needed > memory_limit) shortage.refusal = too_large("even row by row it needs", needed, memory_limit);
  }
  plan.cost_bytes = shortage.refusal ? base_bytes : needed;
  plan.shortage = std::move(shortage);
}

void estimate(Plan& plan, Store& input, unsigned jobs, std::uint64_t memory_limit) {
  Header header = read_header(plan.job, input);
  plan.probe = std::move(header.probe);
  plan.file_bytes = header.file_bytes;
  if (!plan.probe || plan.probe->untouchable) {
    if (plan.probe || plan.job.options->copy_others) plan.cost_bytes += header.file_bytes;
    return;
  }
  const Options& options = *plan.job.options;
  std::vector<Result<Lineup>> lineups;
  const std::vector<const Format*> targets = target_formats(*plan.probe, options);
  const Turn turn = asked_turn(options, *plan.probe, *targets.front());
  for (const Format* target : targets) {
    lineups.push_back(target->lineup(*plan.probe, options));
    if (!turn.is_none()) lineups.push_back(target->lineup(turned(*plan.probe, turn), options));
  }
  if (std::ranges::none_of(lineups, [](const auto& lineup) { return lineup.has_value(); })) {
    plan.cost_bytes += header.file_bytes;  // it will say why before it does anything
    return;
  }
  plan.parallel = is_parallel_contest(*plan.probe, jobs);
  plan.cost_bytes = full_bytes(*plan.probe, header.file_bytes, lineups, plan.parallel ? jobs : 1, options);
  if (plan.cost_bytes <= memory_limit) return;
  plan.parallel = false;
  plan.cost_bytes = full_bytes(*plan.probe, header.file_bytes, lineups, 1, options);
  if (plan.cost_bytes > memory_limit) take_lean_way(plan, header.file_bytes, memory_limit);
}

}  // namespace

std::vector<const Format*> target_formats(const Probe& source, const Options& options) {
  const Format* target = options.convert_to ? format_named(*options.convert_to) : nullptr;
  std::vector<const Format*> targets = {target == nullptr ? source.format : target};
  if (!options.any_format || source.untouchable || source.animated) return targets;
  for (const Format* format : formats()) {
    if (format == source.format) continue;
    // Candidates come from one picture, which only its own format may leave lying as its tag says.
    if (asked_turn(options, source, *format) != asked_turn(options, source, *source.format)) continue;
    // What a lossy coding left behind takes several times as much in a format that is not made for that.
    if (source.lossy && !format->codes_photographs) continue;
    targets.push_back(format);
  }
  return targets;
}

Plan plan(Job job, Store& input, unsigned jobs, std::uint64_t memory_limit) {
  Plan plan;
  plan.job = std::move(job);
  plan.cost_bytes = base_bytes;
  try {
    estimate(plan, input, jobs, memory_limit);
  } catch (const std::bad_alloc&) {
    // A header alone never takes this much: the machine is out of memory now, so let the job run alone.
    plan.cost_bytes = std::numeric_limits<std::uint64_t>::max() / 2;
  }
  return plan;
}

}  // namespace imgc
