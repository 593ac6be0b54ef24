#include "formats/png/libpng.h"

#include <algorithm>
#include <bit>
#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "formats/png/chunks.h"

namespace imgc::png {
namespace {

void copy_message(char* to, std::size_t size, const char* message) {
  std::strncpy(to, message == nullptr ? "unknown error" : message, size - 1);
  to[size - 1] = '\0';
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

}  // namespace

void* Heap::allocate(std::size_t size) noexcept {
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

void Heap::release(void* pointer) noexcept {
  if (pointer == nullptr) return;
  std::uint8_t* block = static_cast<std::uint8_t*>(pointer) - header_bytes;
  std::size_t size = 0;
  std::memcpy(&size, block, sizeof size);
  left_ += size;
  std::free(block);
}

bool Stretches::read(std::uint8_t* out, std::size_t size) noexcept {
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

Session::~Session() {
  png_destroy_read_struct(&png_, &info_, nullptr);
}

void Session::on_error(png_structp png, png_const_charp message) {
  auto* session = static_cast<Session*>(png_get_error_ptr(png));
  copy_message(session->trap_.message, sizeof session->trap_.message, message);
  std::longjmp(session->trap_.target, 1);  // NOLINT(cert-err52-cpp): libpng may not return from here
}

void Session::on_warning(png_structp png, png_const_charp message) {
  auto* session = static_cast<Session*>(png_get_error_ptr(png));
  const std::string_view text = message == nullptr ? "" : message;
  // Bytes after the last row: useless, but every pixel is there.
  const bool harmless = text.find("Too much image data") != std::string_view::npos ||
                        text.find("Extra compressed data") != std::string_view::npos ||
                        text.find("Too many IDATs") != std::string_view::npos;
  if (!harmless && session->warning_[0] == '\0')
    copy_message(session->warning_.data(), session->warning_.size(), message);
}

void Session::on_read(png_structp png, png_bytep out, std::size_t size) {
  if (!static_cast<Session*>(png_get_io_ptr(png))->source_.read(out, size)) png_error(png, "unexpected end");
}

png_voidp Session::on_allocate(png_structp png, png_alloc_size_t size) {
  return static_cast<Heap*>(png_get_mem_ptr(png))->allocate(size);
}

void Session::on_free(png_structp png, png_voidp pointer) {
  static_cast<Heap*>(png_get_mem_ptr(png))->release(pointer);
}

tl::unexpected<Error> Session::explain(const char* message) const {
  if (heap_.exhausted())
    return fail(ErrorCode::out_of_memory, "decoding it needs more memory than it may take");
  return fail(ErrorCode::malformed, fmt::format("its pixels are damaged: {}", message));
}

Result<void> Session::open(const Header& header, ByteView pixels, Form form) {
  static constexpr std::array<std::uint8_t, 12> end = {0,   0,   0,    0,    'I',  'E',
                                                       'N', 'D', 0xAE, 0x42, 0x60, 0x82};
  height_ = header.ihdr.height;
  source_.add(signature());
  source_.add(header.ihdr_chunk.whole);
  if (header.palette) source_.add(header.palette->whole);
  if (header.transparency && !header.palette) source_.add(header.transparency->whole);
  source_.add(pixels);
  source_.add(end);
  const bool opened = guarded(trap_, [this, &header, form] {
    png_ = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, this, on_error, on_warning, &heap_, on_allocate,
                                    on_free);
    if (png_ == nullptr) return;
    info_ = png_create_info_struct(png_);
    png_set_read_fn(png_, this, on_read);
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    // Checked already, and faster.
    png_set_crc_action(png_, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
    png_read_info(png_, info_);
    if (form == Form::samples) set_transformations(png_, header);
    passes_ = png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    row_bytes_ = png_get_rowbytes(png_, info_);
  });
  if (!opened || png_ == nullptr || info_ == nullptr) return explain(trap_.message);
  return {};
}

Result<void> Session::read_row(std::uint8_t* out) {
  if (!guarded(trap_, [this, out] { png_read_row(png_, out, nullptr); })) return explain(trap_.message);
  return {};
}

Result<void> Session::read_rows(std::uint8_t* first, std::size_t stride) {
  const bool finished = guarded(trap_, [this, first, stride] {
    for (int pass = 0; pass < passes_; ++pass)
      for (std::uint32_t y = 0; y < height_; ++y) png_read_row(png_, first + y * stride, nullptr);
  });
  if (!finished) return explain(trap_.message);
  return {};
}

Result<void> Session::finish() {
  if (!guarded(trap_, [this] { png_read_end(png_, nullptr); })) return explain(trap_.message);
  if (warning_[0] != '\0') return explain(warning_.data());
  return {};
}

}  // namespace imgc::png
