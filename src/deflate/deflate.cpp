#include "deflate/deflate.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <libdeflate.h>

#include "deflate/block.h"
#include "deflate/cost_model.h"
#include "deflate/parser.h"
#include "deflate/splitter.h"

namespace imgc::deflate {
namespace {

// A segment is what is searched, priced and parsed at once: as long as costs allow, and no more matches than
// bound the memory.
constexpr std::size_t segment_bytes = std::size_t{1} << 20U;
constexpr std::size_t segment_matches = std::size_t{3} << 20U;
static_assert(segment_bytes <= longest_parse);

// Filtered rows have two or three matches a position; only odd data reaches this.
constexpr std::size_t most_matches(std::size_t data_size) {
  return std::min(segment_matches, 8 * data_size + 1024);
}

// Data of two of these and more are cut into stretches that know of each other only by the window before
// them, so that several threads can work on them.
constexpr std::size_t stretch_bytes = 8 * segment_bytes;

// Of equal length and, as soon as there are so many, a multiple of four, so that any usual number of threads
// ends at about the same time.
constexpr std::size_t stretches_of(std::size_t data_size) {
  const std::size_t most = data_size / stretch_bytes;
  return most < 2 ? 1 : most < 4 ? 2 : most / 4 * 4;
}

// How often a later stretch goes over its first segment. Costs get better from segment to segment, and it
// begins anew: 0.16 % larger over 30 MB of noisy rows with one lesson, 0.08 % with three, and a tenth more
// time.
constexpr unsigned lessons = 3;

// Costs are learnt on this many stretches of a segment, each an eighth of this share of it.
constexpr std::size_t sample_count = 8;
constexpr std::size_t sample_divisor = 16;
constexpr std::size_t least_sample = 4096;

// The first parses of a thorough search are under costs that still change much: finer cuts gain nothing
// there, and took a fifth of its time.
constexpr unsigned coarse_parses = 3;

// Of a segment of at most so many bytes, every beginning is followed to its end when the search is thorough.
constexpr std::size_t short_segment = std::size_t{16} << 10U;

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Spread evenly over the segment; the whole of it when it is short.
std::vector<Span> samples_of(Span segment) {
  const std::size_t size = segment.end - segment.begin;
  const std::size_t sample = std::max(least_sample, size / sample_divisor / sample_count);
  const std::size_t count = std::min(size / sample, sample_count);
  if (count <= 1) return {segment};
  std::vector<Span> samples;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begin = segment.begin + (size - sample) * i / (count - 1);
    samples.push_back({begin, begin + sample});
  }
  return samples;
}

void count_tokens(std::span<const Token> tokens, ByteView data, std::size_t at, Histogram& histogram) {
  for (const Token token : tokens) {
    histogram.count(token, data[at]);
    at += length_of(token);
  }
}

// Tokens cut into blocks.
struct Draft {
  std::uint64_t bits = std::numeric_limits<std::uint64_t>::max();
  std::vector<Token> tokens;
  std::vector<Part> parts;
  std::vector<Block> blocks;
};

// What all stretches have come to so far.
class Total {
 public:
  explicit Total(std::size_t most) : most_(most) {}
  // Whether it is still within bounds.
  bool add(std::size_t bytes) { return bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= most_; }

 private:
  std::size_t most_;
  std::atomic<std::size_t> bytes_ = 0;
};

// Of a stretch: `data` begins with `known` bytes of the one before.
class Encoder {
 public:
  Encoder(ByteView data, std::size_t known, bool is_last, const Settings& settings)
      : data_(data), known_(known), is_last_(is_last), settings_(settings), finder_(data, settings.search) {}

  // Whole bytes of DEFLATE; nothing when the total went out of bounds.
  std::optional<Bytes> run(Total& total) {
    Bytes out;
    BitWriter writer(out);
    std::size_t at = learn_known();
    do {
      const std::size_t before = out.size();
      const Span segment = next_segment(at);
      at = segment.end;
      if (known_ > 0 && out.empty())
        for (unsigned lesson = 1; lesson < lessons; ++lesson) best_draft(segment);
      const Draft draft = best_draft(segment);
      write(draft, segment, writer);
      if (!total.add(out.size() - before)) return std::nullopt;
    } while (at < data_.size());
    const std::size_t before = out.size();
    if (!is_last_) writer.put(0, 3);  // a stored block of nothing, which ends with a whole byte
    writer.align();
    if (!is_last_) out.insert(out.end(), {0, 0, 0xFF, 0xFF});
    if (!total.add(out.size() - before)) return std::nullopt;
    return out;
  }

 private:
  // So that later positions can copy from there.
  std::size_t learn_known() {
    std::size_t at = 0;
    while (at < known_) {
      const std::size_t most = most_matches(known_);
      matches_.clear(at, known_ - at, most);
      at = finder_.find(known_, most, matches_);
    }
    return at;
  }

  // Segments are about equally long.
  Span next_segment(std::size_t begin) {
    const std::size_t left = data_.size() - begin;
    const std::size_t segments = std::max<std::size_t>(1, (left + segment_bytes - 1) / segment_bytes);
    const std::size_t size = left / segments;
    const std::size_t most = most_matches(data_.size());
    matches_.clear(begin, size, most);
    return {begin, finder_.find(begin + size, most, matches_)};
  }

  Draft best_draft(Span segment) {
    Draft best;
    if (settings_.thorough && segment.end - segment.begin <= short_segment) {
      // What samples promise is far from certain here, and to go all the way is cheap.
      for (const Costs& beginning : beginnings(segment)) {
        Draft draft = draft_from(segment, beginning);
        if (draft.bits < best.bits) best = std::move(draft);
      }
      return best;
    }
    return draft_from(segment, learn_costs(segment));
  }

  Draft draft_from(Span segment, const Costs& costs) {
    std::vector<Pricing> pricing = {{segment.end, costs}};
    Draft best;
    unsigned left = settings_.iterations;
    for (unsigned i = 0; left > 0; ++i, --left) {
      const Grain grain = settings_.thorough && i >= coarse_parses ? Grain::fine : Grain::coarse;
      Draft draft = parse(segment, pricing, grain);
      pricing.clear();
      for (const Part& part : draft.parts) pricing.push_back({part.data_end, costs_of(part.histogram)});
      const Outcome outcome = keep_better(std::move(draft), best);
      if (i == 0 && best.tokens.size() < settings_.few_tokens) left = std::max(left, 2U);
      // Iterations are not monotonic: some get worse before the next gets better.
      if ((outcome == Outcome::little && i > 1) || (outcome == Outcome::worse && i > 2)) break;
    }
    last_costs_ = pricing.back().costs;
    if (settings_.thorough) refine(segment, left, best);
    return best;
  }

  // Goes on from the best draft under what its own codes cost, as long as that gains.
  void refine(Span segment, unsigned iterations, Draft& best) {
    std::vector<Pricing> pricing;
    for (unsigned i = 0; i < iterations; ++i) {
      pricing.clear();
      for (std::size_t part = 0; part < best.parts.size(); ++part)
        pricing.push_back({best.parts[part].data_end, costs_of(best.blocks[part].lengths())});
      if (keep_better(parse(segment, pricing, Grain::fine), best) != Outcome::better) break;
    }
  }

  enum class Outcome : std::uint8_t { better, little, worse };
  static Outcome keep_better(Draft draft, Draft& best) {
    if (draft.bits >= best.bits) return Outcome::worse;
    const bool little = !best.tokens.empty() && (best.bits - draft.bits) * 5000 < best.bits;
    best = std::move(draft);
    return little ? Outcome::little : Outcome::better;
  }

  Draft parse(Span segment, std::span<const Pricing> pricing, Grain grain) {
    Draft draft;
    parser_.parse(data_, matches_, segment.begin, segment.end, pricing, draft.tokens);
    draft.parts = split(draft.tokens, data_, segment.begin, grain);
    draft.bits = 0;
    std::size_t begin = segment.begin;
    for (const Part& part : draft.parts) {
      draft.blocks.emplace_back(part.histogram, part.data_end - begin);
      draft.bits += draft.blocks.back().bits();
      begin = part.data_end;
    }
    return draft;
  }

  [[nodiscard]] std::vector<Costs> beginnings(Span segment) const {
    std::vector<Costs> costs;
    if (last_costs_) costs.push_back(*last_costs_);
    const ByteView bytes = data_.subspan(segment.begin, segment.end - segment.begin);
    // What the segment before came to is as good as a guess, or better.
    const unsigned known = last_costs_ ? 1 : 0;
    for (unsigned guess = 0; guess + known < settings_.guesses; ++guess)
      costs.push_back(guess_costs(bytes, guess));
    return costs;
  }

  // The costs that samples compress best under, from several beginnings.
  Costs learn_costs(Span segment) {
    const std::vector<Span> samples = samples_of(segment);
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    Costs best;
    for (const Costs& beginning : beginnings(segment)) {
      Costs costs = beginning;
      std::uint64_t total = 0;
      for (unsigned i = 0; i < settings_.warm_ups; ++i) {
        const Histogram histogram = parse_samples(samples, costs);
        costs = costs_of(histogram);
        total = total_cost(histogram);
        if (i >= 2 && least != std::numeric_limits<std::uint64_t>::max() && total > least + least / 50) break;
      }
      if (total >= least) continue;
      least = total;
      best = costs;
    }
    return best;
  }

  Histogram parse_samples(std::span<const Span> samples, const Costs& costs) {
    Histogram histogram;
    histogram.literals[end_of_block] = 1;
    for (const Span& sample : samples) {
      const Pricing pricing{sample.end, costs};
      parser_.parse(data_, matches_, sample.begin, sample.end, std::span(&pricing, 1), sampled_);
      count_tokens(sampled_, data_, sample.begin, histogram);
    }
    return histogram;
  }

  void write(const Draft& draft, Span segment, BitWriter& writer) const {
    std::size_t token = 0;
    std::size_t at = segment.begin;
    for (std::size_t i = 0; i < draft.parts.size(); ++i) {
      const Part& part = draft.parts[i];
      draft.blocks[i].write(std::span(draft.tokens).subspan(token, part.tokens_end - token),
                            data_.subspan(at, part.data_end - at), is_last_ && part.data_end == data_.size(),
                            writer);
      token = part.tokens_end;
      at = part.data_end;
    }
  }

  ByteView data_;
  std::size_t known_;
  bool is_last_;
  Settings settings_;
  MatchFinder finder_;
  Matches matches_;
  Parser parser_;
  std::vector<Token> sampled_;
  std::optional<Costs> last_costs_;
};

}  // namespace

std::optional<Bytes> compress(ByteView data, const Settings& settings, std::size_t most,
                              const ForEach& for_each) {
  Bytes out = {0x78, 0xDA};  // a window of 32 KB, the best compression
  constexpr std::size_t sum_bytes = 4;
  if (most < out.size() + sum_bytes) return std::nullopt;
  Total total(most - out.size() - sum_bytes);
  const std::size_t count = stretches_of(data.size());
  const std::size_t segments = (data.size() + segment_bytes - 1) / segment_bytes;
  const auto begin_of = [&](std::size_t i) {
    return std::min(data.size(), segments * i / count * segment_bytes);
  };
  std::vector<std::optional<Bytes>> stretches(count);
  const auto encode = [&](std::size_t i) {
    const std::size_t known = std::min(begin_of(i), window);
    const std::size_t begin = begin_of(i) - known;
    Encoder encoder(data.subspan(begin, begin_of(i + 1) - begin), known, i + 1 == count, settings);
    stretches[i] = encoder.run(total);
  };
  if (count == 1)
    encode(0);
  else
    for_each(count, encode);
  if (!std::ranges::all_of(stretches, [](const auto& stretch) { return stretch.has_value(); }))
    return std::nullopt;
  for (std::optional<Bytes>& stretch : stretches) {
    out.insert(out.end(), stretch->begin(), stretch->end());
    stretch.reset();
  }
  const std::uint32_t sum = libdeflate_adler32(1, data.data(), data.size());
  for (const unsigned shift : {24U, 16U, 8U, 0U}) out.push_back(static_cast<std::uint8_t>(sum >> shift));
  return out;
}

bool is_cut(std::size_t data_size) {
  return stretches_of(data_size) > 1;
}

std::uint64_t working_bytes(std::uint64_t data_size) {
  constexpr std::uint64_t tables = std::uint64_t{3} << 20U;  // of the finder and the splitter
  // A position's cost, step, end of matches, and tokens in three drafts; and the matches.
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(data_size, segment_bytes));
  return std::min<std::uint64_t>(tables, (std::uint64_t{64} << 10U) + 64 * std::uint64_t{size}) +
         24 * std::uint64_t{size} + sizeof(Token) * std::uint64_t{most_matches(size)};
}

}  // namespace imgc::deflate
