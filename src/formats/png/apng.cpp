#include "formats/png/apng.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "formats/finals.h"
#include "formats/png/animation.h"
#include "formats/png/encode.h"
#include "formats/png/preset.h"
#include "formats/png/row_deflate.h"
#include "formats/png/workshop.h"

namespace imgc::png {
namespace {

bool is_packed(const Ihdr& ihdr) {
  return ihdr.color == ColorType::indexed || ihdr.depth < 8;
}

// Indexes outside the palette, which decoders treat each in its own way.
Result<void> check_indexes(const Raster& layout, const Bytes& rows) {
  if (layout.color != ColorType::indexed) return {};
  const std::size_t entries = layout.palette.size() / 3;
  if (entries == std::size_t{1} << layout.depth) return {};
  const unsigned mask = (1U << layout.depth) - 1U;
  const std::size_t row_bytes = layout.row_bytes();
  unsigned highest = 0;
  for (std::size_t at = 0; at < rows.size(); at += row_bytes)
    for (std::uint32_t x = 0; x < layout.width; ++x) {
      const std::size_t bit = std::size_t{x} * layout.depth;
      const unsigned shift = 8U - layout.depth - static_cast<unsigned>(bit % 8);
      highest = std::max(highest, unsigned{rows[at + bit / 8]} >> shift & mask);
    }
  if (highest < entries) return {};
  return fail(ErrorCode::malformed, "a pixel has a colour that its palette lacks");
}

// Shows `visit` the picture's packed rows, at most `most` at a time.
template <class Visit>
Result<void> for_each_rows(const Still& still, const Raster& layout, std::uint32_t most, const Limits& limits,
                           const Visit& visit) {
  auto reader = RowReader::open(still, Form::stored, limits.memory);
  if (!reader) return tl::unexpected(std::move(reader.error()));
  const std::size_t row = layout.row_bytes();
  if ((*reader)->row_bytes() != row)
    return fail(ErrorCode::internal, "libpng lays its pixels out in another way");
  for (std::uint32_t left = layout.height; left > 0;) {
    const std::uint32_t count = std::min(most, left);
    Bytes rows(row * count);
    for (std::uint32_t y = 0; y < count; ++y)
      if (auto read = (*reader)->next(&rows[y * row]); !read) return read;
    if (auto known = check_indexes(layout, rows); !known) return known;
    visit(std::move(rows));
    left -= count;
  }
  return {};
}

// Peak memory of a frame with so many bytes of rows: packed, filtered, a stream that is no longer, and its
// maker.
std::uint64_t coding_bytes(std::uint64_t rows, const Compression& compression) {
  return 3 * rows + compressor_bytes(compression, rows);
}

// Ways to make a zlib stream of at most `most` bytes of a picture; empty when they can't.
using Coder = Result<Bytes> (*)(const Still&, const Raster& layout, Effort, std::size_t most, const Limits&);

// As a still image's raster is coded.
Result<Bytes> code_whole(const Still& still, const Raster& layout, Effort effort, std::size_t most,
                         const Limits& limits) {
  // Frames share the palette, so it stands in no one's estimate.
  Raster raster{layout.width, layout.height, layout.color, layout.depth, {}, {}, {}};
  const Preset chosen = preset(effort);
  const std::uint64_t needed = coding_bytes(
      filtered_bytes({raster.width, raster.height, raster.depth, raster.color, false}), chosen.compression);
  if (needed > limits.memory)
    return fail(ErrorCode::out_of_memory,
                fmt::format("a frame of {}x{} takes {}, but an image may take {}; raise --memory-limit",
                            raster.width, raster.height, human_size(needed), human_size(limits.memory)));
  const auto take = [&](Bytes rows) { raster.rows = std::move(rows); };
  if (auto read = for_each_rows(still, layout, layout.height, limits, take); !read)
    return tl::unexpected(std::move(read.error()));
  const std::vector<Strategy>& strategies = is_packed(still.header.ihdr) ? chosen.indexed : chosen.direct;
  std::vector<std::optional<std::size_t>> estimates;
  estimates.reserve(strategies.size());
  for (const Strategy strategy : strategies)
    estimates.emplace_back(estimate(raster, {}, strategy, Sampling::thorough));
  Bytes best;
  for (const std::size_t i :
       finalists(estimates, chosen.finals_of(std::uint64_t{raster.width} * raster.height))) {
    std::optional<Bytes> stream =
        compress(filter_rows(raster, strategies[i], 0, raster.height), chosen.compression, most);
    if (!stream) continue;
    best = *std::move(stream);
    most = best.size() - 1;
  }
  return best;
}

Result<Bytes> code_by_rows(const Still& still, const Raster& layout, Effort effort, std::size_t most,
                           const Limits& limits) {
  RowDeflater deflater(layout, effort);
  Bytes stream;
  const std::uint64_t band = band_bytes(layout.row_bytes(), layout.height) / layout.row_bytes();
  const auto add = [&](const Bytes& rows) {
    // Once too long, the rows are only read to see that they are there.
    if (stream.size() <= most) deflater.add(rows, stream);
  };
  if (auto read = for_each_rows(still, layout, static_cast<std::uint32_t>(band), limits, add); !read)
    return tl::unexpected(std::move(read.error()));
  if (stream.size() <= most) deflater.finish(stream);
  if (stream.size() > most) stream.clear();
  return stream;
}

// Writes the animation anew, chunk by chunk.
class Remake {
 public:
  Remake(const Subject& subject, const Animation& animation, Coder coder, Effort effort)
      : subject_(subject), animation_(animation), coder_(coder), effort_(effort) {}

  Attempt run(std::size_t bound) {
    const Raster layout = layout_of(animation_.header, animation_.header.ihdr);
    const Envelope envelope =
        write_metadata(subject_.metadata(), find_origin(subject_), layout, source_quality(subject_));
    out_.reserve(std::min(bound, subject_.bytes().size()));
    append_head(out_, layout, envelope);
    append_chunk(out_, chunks::acTL, animation_.control);
    for (std::size_t i = 0; i < animation_.pictures.size(); ++i) {
      if (auto added = add(animation_.pictures[i], i == 0); !added) {
        if (i == 0 || added.error().code != ErrorCode::malformed) return tl::unexpected(added.error());
        return Declined{
            Reason{"odd_animation", fmt::format("its {}. picture can't be decoded, so it was left "
                                                "as it is: {}",
                                                i + 1, added.error().message)},
            true};
      }
    }
    append_chunk(out_, chunks::IEND, {});
    if (out_.size() > bound) return Declined{};
    return Candidate{std::move(out_), std::nullopt};
  }

 private:
  Result<void> add(const Picture& picture, bool is_static) {
    if (!picture.control.empty()) append_chunk(out_, chunks::fcTL, renumbered(picture.control, sequence_++));
    Result<Bytes> stream = code(picture);
    if (!stream) return tl::unexpected(std::move(stream.error()));
    const std::size_t longest = longest_chunk - 4;
    for (std::size_t at = 0; at < stream->size(); at += longest) {
      const ByteView part = ByteView(*stream).subspan(at, std::min(longest, stream->size() - at));
      if (is_static) {
        append_chunk(out_, chunks::IDAT, part);
        continue;
      }
      Bytes data;
      append_be32(data, sequence_++);
      data.insert(data.end(), part.begin(), part.end());
      append_chunk(out_, chunks::fdAT, data);
    }
    return {};
  }

  // The shortest stream there is: the picture's own, unless it is interlaced, which the result is not.
  [[nodiscard]] Result<Bytes> code(const Picture& picture) const {
    const StandAlone alone(animation_.header, picture);
    const Still& still = alone.still();
    if (auto fits = check_expansion(picture.ihdr, still.pixels); !fits)
      return tl::unexpected(std::move(fits.error()));
    const std::size_t most = picture.ihdr.interlaced ? std::numeric_limits<std::size_t>::max() / 2
                                                     : std::max<std::uint64_t>(picture.bytes(), 1) - 1;
    Result<Bytes> made =
        coder_(still, layout_of(animation_.header, picture.ihdr), effort_, most, subject_.limits());
    if (!made || !made->empty()) return made;
    for (const ByteView part : picture.data) made->insert(made->end(), part.begin(), part.end());
    return made;
  }

  const Subject& subject_;
  const Animation& animation_;
  Coder coder_;
  Effort effort_;
  Bytes out_;
  std::uint32_t sequence_ = 0;
};

Lineup lineup_of(std::string name, std::uint64_t working, Coder coder, const Options& options) {
  Recipe recipe;
  recipe.name = std::move(name);
  recipe.working_bytes = working;
  recipe.run = [coder, effort = options.effort](const Subject& subject, std::size_t bound) -> Attempt {
    auto read = read_animation(subject.bytes(), subject.limits());
    if (!read) return tl::unexpected(std::move(read.error()));
    if (auto* odd = std::get_if<Reason>(&*read)) return Declined{std::move(*odd), true};
    return Remake(subject, std::get<Animation>(*read), coder, effort).run(bound);
  };
  Lineup lineup;
  lineup.recipes.push_back(std::move(recipe));
  if (options.fidelity == Fidelity::perceptual)
    lineup.note = Reason{"animated", "an animated PNG, which is only compressed losslessly"};
  return lineup;
}

// What is kept of each frame while the file is taken apart. A header can announce any number of frames; so
// many that this is too low take more than that in the file itself.
std::uint64_t frame_bytes(const Probe& probe) {
  constexpr std::uint64_t most_counted = 65536;
  return std::min<std::uint64_t>(probe.frames, most_counted) * 2 * sizeof(Picture);
}

}  // namespace

Result<Lineup> apng_lineup(const Probe& probe, const Options& options) {
  const std::uint64_t rows = probe.decoded_bytes() + probe.height;
  return lineup_of("png-frames", coding_bytes(rows, preset(options.effort).compression) + frame_bytes(probe),
                   code_whole, options);
}

Result<Lineup> lean_apng_lineup(const Probe& probe, const Options& options) {
  const std::uint64_t row = probe.decoded_bytes() / probe.height;
  const std::uint64_t reading = std::uint64_t{64} * probe.width + (std::uint64_t{512} << 10U);
  return lineup_of("png-frames-by-rows",
                   reading + 2 * band_bytes(row, probe.height) + row_deflater_bytes(row, probe.height) +
                       frame_bytes(probe),
                   code_by_rows, options);
}

}  // namespace imgc::png
