#include "formats/png/decode.h"

#include <fmt/format.h>

#include "base/text.h"
#include "formats/png/rows.h"

namespace imgc::png {
namespace {

// One row of libpng's, its transformations, and zlib's window are small beside any image; this is for them.
constexpr std::uint64_t least_heap = std::uint64_t{1} << 20U;

Result<void> read_pixels(Session& session, const Header& header, Image& image) {
  const bool indexed = header.ihdr.color == ColorType::indexed;
  const std::size_t row_offset = indexed ? image.row_bytes() - image.width : 0;
  const std::size_t expected_row = indexed ? image.width : image.row_bytes();
  if (session.row_bytes() != expected_row)
    return fail(ErrorCode::internal, "libpng lays its pixels out in another way");
  if (auto read = session.read_rows(image.pixels.data() + row_offset, image.row_bytes()); !read) return read;
  if (auto finished = session.finish(); !finished) return finished;
  if (!indexed) return {};
  const PaletteExpander expander(header);
  for (std::uint32_t y = 0; y < image.height; ++y)
    if (!expander.expand(image.row(y), image.width))
      return fail(ErrorCode::malformed,
                  fmt::format("a pixel in row {} has a colour that its palette lacks", y));
  return {};
}

}  // namespace

Result<Image> decode(ByteView file, const Limits& limits) {
  const Result<Still> still = find_still(file, limits);
  if (!still) return tl::unexpected(still.error());
  const Header& header = still->header;
  Image image{header.ihdr.width, header.ihdr.height, header.model(), header.ihdr.depth == 16 ? 16U : 8U, {}};
  const std::uint64_t size =
      std::uint64_t{image.width} * image.height * channel_count(image.model) * (image.depth / 8);
  if (size + least_heap > limits.memory)
    return fail(ErrorCode::out_of_memory,
                fmt::format("its {}x{} pixels take {}, but an image may take {}; raise --memory-limit",
                            image.width, image.height, human_size(size), human_size(limits.memory)));
  image.pixels.resize(size);

  Session session(limits.memory - size);
  if (auto opened = session.open(header, still->pixels, Form::samples); !opened)
    return tl::unexpected(std::move(opened.error()));
  if (auto read = read_pixels(session, header, image); !read) return tl::unexpected(std::move(read.error()));
  return image;
}

}  // namespace imgc::png
