#include "formats/png/header.h"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "formats/png/png.h"
#include "image/exif.h"

namespace imgc::png {
namespace {

constexpr std::uint32_t largest_side = 0x7FFFFFFF;
// More than any memory holds; below it no product of dimensions, channels and depth overflows 64 bits.
constexpr std::uint64_t most_pixels = std::uint64_t{1} << 48U;

tl::unexpected<Error> malformed(std::string message) {
  return fail(ErrorCode::malformed, std::move(message));
}

// Table 12 of the specification.
bool is_legal_depth(ColorType color, unsigned depth) {
  switch (color) {
    case ColorType::gray:
      return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
    case ColorType::indexed:
      return depth == 1 || depth == 2 || depth == 4 || depth == 8;
    case ColorType::rgb:
    case ColorType::gray_alpha:
    case ColorType::rgba:
      return depth == 8 || depth == 16;
  }
  return false;
}

Result<Ihdr> read_ihdr(ByteView data, const Limits& limits) {
  if (data.size() != 13) return malformed("its IHDR chunk has the wrong length");
  const unsigned color = data[9];
  const Ihdr ihdr{read_be32(data.data()), read_be32(&data[4]), data[8], static_cast<ColorType>(color),
                  data[12] == 1};
  if (ihdr.width == 0 || ihdr.height == 0 || ihdr.width > largest_side || ihdr.height > largest_side)
    return malformed(fmt::format("impossible dimensions of {}x{}", ihdr.width, ihdr.height));
  const bool legal_color = color == 0 || color == 2 || color == 3 || color == 4 || color == 6;
  if (!legal_color || !is_legal_depth(ihdr.color, ihdr.depth))
    return malformed(fmt::format("impossible colour type {} with {} bits a sample", color, ihdr.depth));
  if (data[10] != 0 || data[11] != 0 || data[12] > 1)
    return malformed("unknown compression, filter or interlace method in IHDR");
  const std::uint64_t pixels = std::uint64_t{ihdr.width} * ihdr.height;
  if (pixels > std::min(limits.max_pixels, most_pixels))
    return fail(ErrorCode::limit,
                fmt::format("{}x{} is {} pixels, over the limit of {}; raise it with --max-pixels",
                            ihdr.width, ihdr.height, pixels, limits.max_pixels));
  return ihdr;
}

Result<void> check_palette(const Header& header, const Chunk& chunk) {
  if (header.palette) return malformed("it has two palettes");
  if (header.transparency) return malformed("its tRNS chunk stands before the palette");
  const std::size_t entries = chunk.data.size() / 3;
  if (entries == 0 || entries * 3 != chunk.data.size() || entries > (1U << header.ihdr.depth))
    return malformed(fmt::format("a palette of {} bytes does not fit {} bits a pixel", chunk.data.size(),
                                 header.ihdr.depth));
  return {};
}

Result<void> check_transparency(const Header& header, const Chunk& chunk) {
  if (header.transparency) return malformed("it has two tRNS chunks");
  const std::size_t size = chunk.data.size();
  switch (header.ihdr.color) {
    case ColorType::gray:
      if (size != 2) return malformed("its tRNS chunk has the wrong length");
      return {};
    case ColorType::rgb:
      if (size != 6) return malformed("its tRNS chunk has the wrong length");
      return {};
    case ColorType::indexed:
      if (!header.palette) return malformed("its tRNS chunk stands before the palette");
      if (size == 0 || size > header.palette->data.size() / 3)
        return malformed("its tRNS chunk does not fit the palette");
      return {};
    case ColorType::gray_alpha:
    case ColorType::rgba:
      return malformed("it has a tRNS chunk beside an alpha channel");
  }
  return {};
}

// Takes in one chunk of those between IHDR and IDAT.
Result<void> take(Header& header, const Chunk& chunk) {
  const bool shapes_pixels = !is_ancillary(chunk.type) || chunk.type == chunks::tRNS;
  if (shapes_pixels && !chunk.is_intact())
    return malformed(fmt::format("the check sum of its {} chunk is wrong", name(chunk.type)));
  if (chunk.type == chunks::PLTE) {
    // In an RGB image a palette is only a hint for old displays.
    if (header.ihdr.color == ColorType::rgb || header.ihdr.color == ColorType::rgba) return {};
    if (header.ihdr.color != ColorType::indexed) return malformed("it has a palette beside gray samples");
    if (auto fits = check_palette(header, chunk); !fits) return fits;
    header.palette = chunk;
  } else if (chunk.type == chunks::tRNS) {
    if (auto fits = check_transparency(header, chunk); !fits) return fits;
    header.transparency = chunk;
  } else if (chunk.type == chunks::acTL) {
    header.frames = chunk.data.size() == 8 ? read_be32(chunk.data.data()) : 1;
  } else if (chunk.type == chunks::eXIf && chunk.is_intact()) {
    if (!header.orientation) header.orientation = exif_orientation(chunk.data);
  } else if (chunk.type == chunks::imGC && chunk.is_intact() && chunk.data.size() == 1) {
    header.quality = std::min<int>(chunk.data[0], 100);
  } else if (chunk.type == chunks::IHDR || chunk.type == chunks::IEND) {
    return malformed(fmt::format("an {} chunk where the pixels should be", name(chunk.type)));
  } else if (!is_ancillary(chunk.type)) {
    return fail(ErrorCode::unsupported,
                fmt::format("it needs {} chunks, which imgc does not know", name(chunk.type)));
  }
  return {};
}

// Of the first eXIf from here on, as far as the chunks can be followed.
std::optional<int> find_orientation(ChunkReader reader) {
  for (;;) {
    const Result<Chunk> chunk = reader.next();
    if (!chunk || chunk->type == chunks::IEND) return std::nullopt;
    if (chunk->type == chunks::eXIf && chunk->is_intact()) return exif_orientation(chunk->data);
  }
}

std::string describe(const Ihdr& ihdr) {
  constexpr std::array<std::string_view, 7> names = {"gray", "", "rgb", "indexed", "gray+alpha", "", "rgba"};
  std::string text(names.at(static_cast<std::size_t>(ihdr.color)));
  if (ihdr.interlaced) text += ", interlaced";
  return text;
}

}  // namespace

ColorModel Header::model() const {
  switch (ihdr.color) {
    case ColorType::gray:
      return transparency ? ColorModel::gray_alpha : ColorModel::gray;
    case ColorType::gray_alpha:
      return ColorModel::gray_alpha;
    case ColorType::rgb:
    case ColorType::indexed:
      return transparency ? ColorModel::rgba : ColorModel::rgb;
    case ColorType::rgba:
      return ColorModel::rgba;
  }
  return ColorModel::rgba;
}

Result<Header> read_header(ChunkReader& reader, const Limits& limits) {
  const Result<Chunk> first = reader.next();
  if (!first) return tl::unexpected(first.error());
  if (first->type != chunks::IHDR) return malformed("its first chunk is not IHDR");
  if (!first->is_intact()) return malformed("the check sum of its IHDR chunk is wrong");
  const Result<Ihdr> ihdr = read_ihdr(first->data, limits);
  if (!ihdr) return tl::unexpected(ihdr.error());
  Header header;
  header.ihdr = *ihdr;
  header.ihdr_chunk = *first;
  for (;;) {
    const Result<ChunkHead> head = reader.peek();
    if (!head) return tl::unexpected(head.error());
    if (head->type == chunks::IDAT) break;
    const Result<Chunk> chunk = reader.next();
    if (!chunk) return tl::unexpected(chunk.error());
    if (auto taken = take(header, *chunk); !taken) return tl::unexpected(taken.error());
  }
  if (ihdr->color == ColorType::indexed && !header.palette) return malformed("it has no palette");
  return header;
}

std::uint64_t filtered_bytes(const Ihdr& ihdr) {
  const std::uint64_t pixel_bits = std::uint64_t{ihdr.depth} * sample_count(ihdr.color);
  const auto pass = [&](std::uint64_t width, std::uint64_t height) {
    return width == 0 ? 0 : height * (1 + (width * pixel_bits + 7) / 8);
  };
  if (!ihdr.interlaced) return pass(ihdr.width, ihdr.height);
  struct Adam7 {
    std::uint64_t x, y, step_x, step_y;
  };
  constexpr std::array<Adam7, 7> passes = {
      {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}};
  std::uint64_t sum = 0;
  for (const Adam7& p : passes)
    sum += pass((ihdr.width + p.step_x - 1 - p.x) / p.step_x, (ihdr.height + p.step_y - 1 - p.y) / p.step_y);
  return sum;
}

Result<Probe> probe(ByteView file, const Limits& limits) {
  if (!has_signature(file)) return malformed("it has no PNG signature");
  ChunkReader reader(file, limits);
  const Result<Header> header = read_header(reader, limits);
  if (!header) return tl::unexpected(header.error());
  Probe probe;
  probe.format = &png_format;
  probe.width = header->ihdr.width;
  probe.height = header->ihdr.height;
  probe.depth = header->ihdr.depth;
  probe.model = header->model();
  probe.encoding = describe(header->ihdr);
  probe.interlaced = header->ihdr.interlaced;
  probe.lossy = header->quality.has_value();
  probe.quality = header->quality;
  // Some writers put it behind the pixels.
  probe.orientation = header->orientation ? *header->orientation : find_orientation(reader).value_or(1);
  if (header->frames) {
    probe.frames = std::max(*header->frames, 1U);
    probe.animated = true;
    probe.encoding += ", animated";
  }
  return probe;
}

}  // namespace imgc::png
