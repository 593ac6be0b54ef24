#include "formats/png/decode.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <png.h>

#include "base/text.h"
#include "formats/png/chunks.h"
#include "formats/png/header.h"
#include "formats/trap.h"

namespace imgc::png {
namespace {

// DEFLATE's longest match of 258 bytes in its shortest code of two bits: no stream expands further.
constexpr std::uint64_t most_expansion = 1032;
// One row of libpng's, its transformations, and zlib's window are small beside any image; this is for them.
constexpr std::uint64_t least_heap = std::uint64_t{1} << 20U;

// What libpng may allocate. Every block remembers its size in front of it.
class Heap {
 public:
  explicit Heap(std::uint64_t limit) : left_(limit) {}

  void* allocate(std::size_t size) noexcept {
    if (size > left_ || size > SIZE_MAX - header_bytes) {
      exhausted_ = true;
      return nullptr;
    }
    auto* block = static_cast<std::uint8_t*>(std::malloc(size + header_bytes));
    if (block == nullptr) {
      exhausted_ = true;
      return nullptr;
    }
    std::memcpy(block, &size, sizeof size);
    left_ -= size;
    return block + header_bytes;
  }
  void release(void* pointer) noexcept {
    if (pointer == nullptr) return;
    std::uint8_t* block = static_cast<std::uint8_t*>(pointer) - header_bytes;
    std::size_t size = 0;
    std::memcpy(&size, block, sizeof size);
    left_ += size;
    std::free(block);
  }
  [[nodiscard]] bool exhausted() const { return exhausted_; }

 private:
  static constexpr std::size_t header_bytes = 16;  // keeps malloc's alignment
  std::uint64_t left_;
  bool exhausted_ = false;
};

// A PNG of the chunks that make the pixels and no other, so that libpng never sees an ancillary chunk.
class Source {
 public:
  void add(ByteView stretch) { stretches_.at(count_++) = stretch; }

  bool read(std::uint8_t* out, std::size_t size) noexcept {
    while (size > 0) {
      if (current_ == count_) return false;
      ByteView& stretch = stretches_[current_];
      const std::size_t taken = std::min(size, stretch.size());
      if (taken > 0) std::memcpy(out, stretch.data(), taken);
      out += taken;
      size -= taken;
      stretch = stretch.subspan(taken);
      if (stretch.empty()) ++current_;
    }
    return true;
  }

 private:
  std::array<ByteView, 6> stretches_;
  std::size_t count_ = 0;
  std::size_t current_ = 0;
};

struct Reader {
  explicit Reader(std::uint64_t memory) : heap(memory) {}
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }

  Trap trap;
  Heap heap;
  Source source;
  std::array<char, 256> warning = {};  // the first that tells of damage
  png_structp png = nullptr;
  png_infop info = nullptr;
};

void copy_message(char* to, std::size_t size, const char* message) {
  std::strncpy(to, message == nullptr ? "unknown error" : message, size - 1);
  to[size - 1] = '\0';
}

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  auto* reader = static_cast<Reader*>(png_get_error_ptr(png));
  copy_message(reader->trap.message, sizeof reader->trap.message, message);
  std::longjmp(reader->trap.target, 1);  // NOLINT(cert-err52-cpp): libpng may not return from here
}

void on_warning(png_structp png, png_const_charp message) {
  auto* reader = static_cast<Reader*>(png_get_error_ptr(png));
  const std::string_view text = message == nullptr ? "" : message;
  // Bytes after the last row: useless, but every pixel is there.
  const bool harmless = text.find("Too much image data") != std::string_view::npos ||
                        text.find("Extra compressed data") != std::string_view::npos ||
                        text.find("Too many IDATs") != std::string_view::npos;
  if (!harmless && reader->warning[0] == '\0')
    copy_message(reader->warning.data(), reader->warning.size(), message);
}

void on_read(png_structp png, png_bytep out, std::size_t size) {
  if (!static_cast<Reader*>(png_get_io_ptr(png))->source.read(out, size)) png_error(png, "unexpected end");
}

png_voidp on_allocate(png_structp png, png_alloc_size_t size) {
  return static_cast<Heap*>(png_get_mem_ptr(png))->allocate(size);
}

void on_free(png_structp png, png_voidp pointer) {
  static_cast<Heap*>(png_get_mem_ptr(png))->release(pointer);
}

// Asks for samples as Image holds them, but leaves palette indexes alone, one a byte.
void set_transformations(png_structp png, const Header& header) {
  if (header.ihdr.color == ColorType::indexed) {
    png_set_packing(png);
    return;
  }
  if (header.ihdr.depth < 8) png_set_expand_gray_1_2_4_to_8(png);
  if (header.transparency) png_set_tRNS_to_alpha(png);
  if (header.ihdr.depth == 16 && std::endian::native == std::endian::little) png_set_swap(png);
}

// The file's IDAT chunks, which stand side by side, and the check that IEND follows.
Result<ByteView> find_pixels(ChunkReader& reader) {
  ByteView pixels;
  bool inside = true;
  for (;;) {
    const Result<Chunk> chunk = reader.next();
    if (!chunk) return tl::unexpected(chunk.error());
    if (chunk->type == chunks::IEND) return pixels;
    inside = inside && chunk->type == chunks::IDAT;
    if (!inside && chunk->type == chunks::IDAT)
      return fail(ErrorCode::malformed, "its IDAT chunks do not stand together");
    if (!inside) continue;
    if (!chunk->is_intact())
      return fail(ErrorCode::malformed, "the check sum of an IDAT chunk is wrong: its pixels are damaged");
    pixels = pixels.empty() ? chunk->whole : ByteView(pixels.data(), pixels.size() + chunk->whole.size());
  }
}

// Turns a row of indexes, which lie at the end of the row's space, into colours.
struct PaletteExpander {
  explicit PaletteExpander(const Header& header)
      : channels(header.transparency ? 4 : 3), entries(header.palette->data.size() / 3) {
    for (std::size_t i = 0; i < entries; ++i) {
      std::memcpy(colors[i].data(), &header.palette->data[3 * i], 3);
      const bool listed = header.transparency && i < header.transparency->data.size();
      colors[i][3] = listed ? header.transparency->data[i] : 0xFF;
    }
  }

  // False at an index that the palette does not have. Writing never overtakes reading.
  bool expand(std::uint8_t* row, std::uint32_t width) const {
    const std::uint8_t* index = row + std::size_t{channels - 1} * width;
    unsigned highest = 0;
    for (std::uint32_t x = 0; x < width; ++x, row += channels) {
      const unsigned i = index[x];
      highest = std::max(highest, i);
      if (channels == 4) {
        std::memcpy(row, colors[i].data(), 4);
      } else {
        std::memcpy(row, colors[i].data(), 3);
      }
    }
    return highest < entries;
  }

  unsigned channels;
  std::size_t entries;
  std::array<std::array<std::uint8_t, 4>, 256> colors = {};
};

Error explain(const Reader& reader, const char* message) {
  if (reader.heap.exhausted())
    return {ErrorCode::out_of_memory, "decoding it needs more memory than it may take"};
  return {ErrorCode::malformed, fmt::format("its pixels are damaged: {}", message)};
}

Result<void> read_pixels(Reader& reader, const Header& header, Image& image) {
  const bool indexed = header.ihdr.color == ColorType::indexed;
  const std::size_t row_offset = indexed ? image.row_bytes() - image.width : 0;
  const std::size_t expected_row = indexed ? image.width : image.row_bytes();
  bool layout_agrees = true;
  const bool finished = guarded(reader.trap, [&] {
    png_structp png = reader.png;
    png_read_info(png, reader.info);
    set_transformations(png, header);
    const int passes = png_set_interlace_handling(png);
    png_read_update_info(png, reader.info);
    layout_agrees = png_get_rowbytes(png, reader.info) == expected_row;
    if (!layout_agrees) return;
    for (int pass = 0; pass < passes; ++pass)
      for (std::uint32_t y = 0; y < image.height; ++y) png_read_row(png, image.row(y) + row_offset, nullptr);
    png_read_end(png, nullptr);
  });
  if (!finished) return tl::unexpected(explain(reader, reader.trap.message));
  if (!layout_agrees) return fail(ErrorCode::internal, "libpng lays its pixels out in another way");
  if (reader.warning[0] != '\0') return tl::unexpected(explain(reader, reader.warning.data()));
  if (!indexed) return {};
  const PaletteExpander expander(header);
  for (std::uint32_t y = 0; y < image.height; ++y)
    if (!expander.expand(image.row(y), image.width))
      return fail(ErrorCode::malformed,
                  fmt::format("a pixel in row {} has a colour that its palette lacks", y));
  return {};
}

Result<void> open(Reader& reader, const Header& header, ByteView pixels) {
  static constexpr std::array<std::uint8_t, 12> end = {0,   0,   0,    0,    'I',  'E',
                                                       'N', 'D', 0xAE, 0x42, 0x60, 0x82};
  reader.source.add(signature());
  reader.source.add(header.ihdr_chunk.whole);
  if (header.palette) reader.source.add(header.palette->whole);
  if (header.transparency && !header.palette) reader.source.add(header.transparency->whole);
  reader.source.add(pixels);
  reader.source.add(end);
  const bool opened = guarded(reader.trap, [&reader] {
    reader.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &reader, on_error, on_warning, &reader.heap,
                                          on_allocate, on_free);
    if (reader.png == nullptr) return;
    reader.info = png_create_info_struct(reader.png);
    png_set_read_fn(reader.png, &reader, on_read);
    png_set_user_limits(reader.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    // Checked already, and faster.
    png_set_crc_action(reader.png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
  });
  if (!opened || reader.png == nullptr || reader.info == nullptr)
    return tl::unexpected(explain(reader, reader.trap.message));
  return {};
}

}  // namespace

Result<Image> decode(ByteView file, const Limits& limits) {
  if (!has_signature(file)) return fail(ErrorCode::malformed, "it has no PNG signature");
  ChunkReader walk(file, limits);
  const Result<Header> header = read_header(walk, limits);
  if (!header) return tl::unexpected(header.error());
  const Result<ByteView> pixels = find_pixels(walk);
  if (!pixels) return tl::unexpected(pixels.error());
  // Before anything is allocated for pixels that can't be there.
  if (filtered_bytes(header->ihdr) / most_expansion > pixels->size())
    return fail(ErrorCode::malformed,
                fmt::format("{} of pixel data can't hold {}x{} pixels", human_size(pixels->size()),
                            header->ihdr.width, header->ihdr.height));

  Image image{
      header->ihdr.width, header->ihdr.height, header->model(), header->ihdr.depth == 16 ? 16U : 8U, {}};
  const std::uint64_t size =
      std::uint64_t{image.width} * image.height * channel_count(image.model) * (image.depth / 8);
  if (size + least_heap > limits.memory)
    return fail(ErrorCode::out_of_memory,
                fmt::format("its {}x{} pixels take {}, but an image may take {}; raise --memory-limit",
                            image.width, image.height, human_size(size), human_size(limits.memory)));
  image.pixels.resize(size);

  Reader reader(limits.memory - size);
  if (auto opened = open(reader, *header, *pixels); !opened) return tl::unexpected(opened.error());
  if (auto read = read_pixels(reader, *header, image); !read) return tl::unexpected(read.error());
  return image;
}

}  // namespace imgc::png
