#include "formats/png/lean.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "formats/png/apng.h"
#include "formats/png/encode.h"
#include "formats/png/palette.h"
#include "formats/png/png.h"
#include "formats/png/reduce.h"
#include "formats/png/row_deflate.h"
#include "formats/png/rows.h"
#include "formats/png/survey.h"
#include "formats/png/workshop.h"
#include "image/convert.h"

namespace imgc::png {
namespace {

// Peak memory beside the file and the result.
std::uint64_t working_bytes(const Probe& probe) {
  const std::uint64_t samples = std::uint64_t{channel_count(probe.model)} * (probe.depth > 8 ? 2 : 1);
  const std::uint64_t row = probe.width * samples;
  // libpng's three rows and its tables, as many as verifying needs, which has two images at once.
  constexpr std::uint64_t tables = std::uint64_t{256} << 10U;
  const std::uint64_t reading = 2 * (3 * std::uint64_t{8} * probe.width + tables);
  // The band, its narrowed and its reduced form, and two rows of RGBA.
  const std::uint64_t bands = 3 * band_bytes(row, probe.height) + 2 * std::uint64_t{8} * probe.width;
  return reading + bands + row_deflater_bytes(row, probe.height);
}

// Makes packed rows of a band.
class Painter {
 public:
  Painter(const Survey& survey, Gamut gamut) : survey_(survey), gamut_(gamut) {
    const Image& shape = survey.shape();
    layout_ = direct_raster(shape, survey.census(), gamut);
    std::optional<Raster> indexed = indexed_layout(survey.census(), gamut);
    if (indexed && indexed->depth < layout_.depth * sample_count(layout_.color)) {
      take_palette(*indexed);
      layout_ = *std::move(indexed);
    }
    layout_.width = shape.width;
    layout_.rows.clear();
  }

  // Without rows; the height is the caller's to set.
  [[nodiscard]] const Raster& layout() const { return layout_; }

  Bytes paint(const Image& band) {
    const std::optional<Image> narrowed = survey_.narrows() ? narrow_exactly(band) : std::nullopt;
    const Image& image = narrowed ? *narrowed : band;
    if (layout_.color != ColorType::indexed) return direct_raster(image, survey_.census(), gamut_).rows;
    return paint_indexes(image);
  }

 private:
  // The palette and depth that an image of just these colours would get.
  static std::optional<Raster> indexed_layout(const Census& census, Gamut gamut) {
    Image swatches{static_cast<std::uint32_t>(census.colors.size()), 1, ColorModel::rgba, 8, {}};
    for (const Color& color : census.colors)
      swatches.pixels.insert(swatches.pixels.end(), color.begin(), color.end());
    const std::optional<IndexedPicture> picture = index_colors(swatches, census, gamut);
    if (!picture) return std::nullopt;
    return indexed_raster(*picture, order_palette(*picture, PaletteOrder::first_use));
  }

  void take_palette(const Raster& indexed) {
    std::vector<Color> colors;
    for (std::size_t i = 0; 3 * i < indexed.palette.size(); ++i) {
      const std::uint8_t* rgb = &indexed.palette[3 * i];
      const bool listed = i < indexed.transparency.size();
      colors.push_back({rgb[0], rgb[1], rgb[2], listed ? indexed.transparency[i] : std::uint8_t{0xFF}});
    }
    palette_.add_all(colors);
  }

  Bytes paint_indexes(const Image& image) {
    Raster raster = layout_;
    raster.height = image.height;
    raster.rows.resize(raster.row_bytes() * image.height);
    std::vector<Color> row(image.width);
    Bytes indexes(image.width);
    for (std::uint32_t y = 0; y < image.height; ++y) {
      rgba_row(image, y, reinterpret_cast<std::uint8_t*>(row.data()));
      palette_.add_all(row, indexes.data());
      if (layout_.depth == 8) {
        std::ranges::copy(indexes, raster.row(y));
      } else {
        pack_row(indexes.data(), image.width, layout_.depth, raster.row(y));
      }
    }
    return std::move(raster.rows);
  }

  const Survey& survey_;
  Gamut gamut_;
  Raster layout_;
  PaletteIndex palette_;
};

// The file, written as the rows come.
class Press {
 public:
  Press(const Raster& layout, const Envelope& envelope, Effort effort, std::size_t most)
      : deflater_(layout, effort), pixels_(out_, chunks::IDAT), most_(most) {
    const std::uint64_t longest =
        envelope.size() + room_around +
        longest_stream(filtered_bytes({layout.width, layout.height, layout.depth, layout.color, false}));
    // At once: growing would have the old and the new bytes side by side. Untouched pages cost nothing.
    out_.reserve(std::min<std::uint64_t>(most, longest));
    append_head(out_, layout, envelope);
  }

  // False as soon as the file is sure to be longer than allowed.
  bool add(const Bytes& rows) {
    made_.clear();
    deflater_.add(rows, made_);
    return take();
  }

  std::optional<Bytes> finish() {
    made_.clear();
    deflater_.finish(made_);
    if (!take()) return std::nullopt;
    pixels_.close();
    append_chunk(out_, chunks::IEND, {});
    if (out_.size() > most_) return std::nullopt;
    return std::move(out_);
  }

 private:
  // IHDR, PLTE, tRNS, IDAT and IEND without what the envelope and the stream take.
  static constexpr std::size_t room_around = 2048;

  bool take() {
    if (made_.size() > most_ || out_.size() > most_ - made_.size()) return false;
    pixels_.append(made_);
    return true;
  }

  Bytes out_;
  Bytes made_;
  RowDeflater deflater_;
  ChunkStream pixels_;
  std::size_t most_;
};

// Before anything is allocated.
Result<void> check_memory(const Subject& subject, std::size_t bound) {
  const Probe& probe = subject.probe();
  const std::uint64_t longest = longest_stream(probe.decoded_bytes() + probe.height);
  const std::uint64_t needed = working_bytes(probe) + std::min<std::uint64_t>(bound, longest);
  if (needed <= subject.limits().memory) return {};
  return fail(
      ErrorCode::out_of_memory,
      fmt::format("even row by row its {}x{} pixels take {}, but an image may take {}; raise "
                  "--memory-limit",
                  probe.width, probe.height, human_size(needed), human_size(subject.limits().memory)));
}

Attempt run(const Subject& subject, std::size_t bound, Effort effort) {
  if (auto fits = check_memory(subject, bound); !fits) return tl::unexpected(std::move(fits.error()));
  const Result<Still> still = find_still(subject.bytes(), subject.limits());
  if (!still) return tl::unexpected(still.error());
  const Result<Survey> survey = Survey::of(*still, subject.limits());
  if (!survey) return tl::unexpected(survey.error());

  Painter painter(*survey, allowed_gamut(subject));
  Raster layout = painter.layout();
  layout.height = still->header.ihdr.height;
  const Envelope envelope =
      write_metadata(subject.metadata(), find_origin(subject), layout, source_quality(subject));
  Press press(layout, envelope, effort, bound);
  bool fits = true;
  const auto print = [&](const Image& band) { return fits = press.add(painter.paint(band)); };
  if (auto read = for_each_band(*still, subject.limits(), print); !read)
    return tl::unexpected(std::move(read.error()));
  std::optional<Bytes> file = fits ? press.finish() : std::nullopt;
  if (!file) return Declined{};
  return Candidate{*std::move(file), std::nullopt};
}

}  // namespace

Result<Lineup> lean_lineup(const Probe& probe, const Options& options) {
  if (probe.interlaced) return fail(ErrorCode::out_of_memory, "an interlaced PNG can't be read row by row");
  if (probe.animated) return lean_apng_lineup(probe, options);
  Recipe recipe;
  recipe.name = "png-rows";
  recipe.working_bytes = working_bytes(probe);
  recipe.run = [effort = options.effort](const Subject& subject, std::size_t bound) {
    return run(subject, bound, effort);
  };
  Lineup lineup;
  lineup.recipes.push_back(std::move(recipe));
  return lineup;
}

}  // namespace imgc::png
