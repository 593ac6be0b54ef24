#include "engine/plan.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <new>
#include <utility>
#include <vector>

namespace imgc {
namespace {

// Nearly every header ends within this; one that does not (long EXIF or ICC segments first) is read further.
constexpr std::size_t prefix_bytes = std::size_t{64} << 10U;
// What a job takes beside its image: stacks, codec tables, buffers.
constexpr std::uint64_t base_bytes = std::uint64_t{1} << 20U;
// Below this many pixels the candidates of one image are over sooner than threads are woken.
constexpr std::uint64_t parallel_pixels = 256U << 10U;

struct Header {
  std::optional<Probe> probe;
  std::uint64_t file_bytes = 0;
};

Header read_header(const Job& job, Store& input) {
  for (std::size_t count = prefix_bytes;; count *= 16) {
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

std::uint64_t contest_bytes(const Probe& probe, const Options& options, unsigned jobs) {
  const Result<Lineup> lineup = target_format(*probe.format, options).lineup(probe, options);
  if (!lineup) return 0;
  std::vector<std::uint64_t> working;
  for (const Recipe& recipe : lineup->recipes) working.push_back(recipe.working_bytes);
  std::ranges::sort(working, std::greater{});
  working.resize(std::min<std::size_t>(working.size(), is_parallel_contest(probe, jobs) ? jobs : 1));
  std::uint64_t sum = 0;
  for (const std::uint64_t bytes : working) sum += bytes;
  return sum;
}

void estimate(Plan& plan, Store& input, unsigned jobs) {
  Header header = read_header(plan.job, input);
  plan.probe = std::move(header.probe);
  if (plan.probe) {
    // The original, its pixels, and beside them either the candidates or, later, the winner's pixels to
    // compare.
    const std::uint64_t decoded = plan.probe->decoded_bytes();
    const std::uint64_t working =
        plan.probe->untouchable
            ? 0
            : decoded + std::max(decoded, contest_bytes(*plan.probe, *plan.job.options, jobs));
    plan.cost_bytes += header.file_bytes + working + working / 4;
  } else if (plan.job.options->copy_others) {
    plan.cost_bytes += header.file_bytes;
  }
}

}  // namespace

const Format& target_format(const Format& source, const Options& options) {
  const Format* target = options.convert_to ? format_named(*options.convert_to) : nullptr;
  return target == nullptr ? source : *target;
}

bool is_parallel_contest(const Probe& probe, unsigned jobs) {
  return jobs > 1 && probe.pixel_count() >= parallel_pixels;
}

Plan plan(Job job, Store& input, unsigned jobs) {
  Plan plan{std::move(job), std::nullopt, base_bytes};
  try {
    estimate(plan, input, jobs);
  } catch (const std::bad_alloc&) {
    // A header alone never takes this much: the machine is out of memory now, so let the job run alone.
    plan.cost_bytes = std::numeric_limits<std::uint64_t>::max() / 2;
  }
  return plan;
}

}  // namespace imgc
