// libpng at work on one image: reading from memory, its own memory capped, every longjmp caught.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <png.h>

#include "imgc/bytes.h"
#include "imgc/result.h"

#include "formats/png/header.h"
#include "formats/trap.h"

namespace imgc::png {

// What rows are read as.
enum class Form : std::uint8_t {
  samples,  // as Image holds them, but a palette's indexes one a byte
  stored,   // as the file holds them: samples packed, 16 bits big-endian
};

// What libpng may allocate. Every block remembers its size in front of it.
class Heap {
 public:
  explicit Heap(std::uint64_t limit) : left_(limit) {}

  void* allocate(std::size_t size) noexcept;
  void release(void* pointer) noexcept;
  [[nodiscard]] bool exhausted() const { return exhausted_; }

 private:
  static constexpr std::size_t header_bytes = 16;  // keeps malloc's alignment
  std::uint64_t left_;
  bool exhausted_ = false;
};

// A PNG in stretches: of the chunks that make the pixels and no other, so that libpng never sees an ancillary
// chunk.
class Stretches {
 public:
  void add(ByteView stretch) { stretches_.at(count_++) = stretch; }
  bool read(std::uint8_t* out, std::size_t size) noexcept;

 private:
  std::array<ByteView, 6> stretches_;
  std::size_t count_ = 0;
  std::size_t current_ = 0;
};

// Damage that any decoder would have to paper over (missing rows, a stream that does not end well) is an
// error. Not to be moved: libpng knows its address.
class Session {
 public:
  // libpng may take `memory` bytes.
  explicit Session(std::uint64_t memory) : heap_(memory) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  // `pixels` are the image's IDAT chunks, side by side. They and the header's chunks outlive the session.
  Result<void> open(const Header& header, ByteView pixels, Form form);
  [[nodiscard]] std::size_t row_bytes() const { return row_bytes_; }
  // The next row of an image that is not interlaced.
  Result<void> read_row(std::uint8_t* out);
  // All rows at once, of any image, the first at `first` and the others `stride` bytes apart.
  Result<void> read_rows(std::uint8_t* first, std::size_t stride);
  // After the last row: whether everything was there.
  Result<void> finish();

 private:
  [[nodiscard]] tl::unexpected<Error> explain(const char* message) const;
  [[noreturn]] static void on_error(png_structp png, png_const_charp message);
  static void on_warning(png_structp png, png_const_charp message);
  static void on_read(png_structp png, png_bytep out, std::size_t size);
  static png_voidp on_allocate(png_structp png, png_alloc_size_t size);
  static void on_free(png_structp png, png_voidp pointer);

  Trap trap_;
  Heap heap_;
  Stretches source_;
  std::array<char, 256> warning_ = {};  // the first that tells of damage
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::uint32_t height_ = 0;
  int passes_ = 1;
  std::size_t row_bytes_ = 0;
};

}  // namespace imgc::png
