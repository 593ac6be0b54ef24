// libjpeg's structs, owned. Whatever libjpeg complains of ends the guarded call and becomes an Error. So do
// its warnings that data are damaged, with ErrorCode::damaged, unless Limits::accept_damage is set.
#pragma once

#include <cstddef>
#include <cstdio>  // jpeglib.h needs FILE

#include <jpeglib.h>

#include "imgc/bytes.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/trap.h"

namespace imgc::jpeg {

// What libjpeg's callbacks find through client_data.
struct CodecTrap {
  Trap trap;
  ErrorCode code = ErrorCode::malformed;
  jpeg_error_mgr manager{};
  unsigned max_scans = 0;
  bool accept_damage = false;

  CodecTrap();
  [[nodiscard]] Error error() const;
};

class Decompressor {
 public:
  Decompressor(ByteView bytes, const Limits& limits);
  ~Decompressor();
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  // Up to the first scan.
  Result<void> read_header();

  // Runs C calls on libjpeg's struct; see `guarded` for what a body may do.
  template <class Body>
  Result<void> run(Body body) {
    if (guarded(trap_.trap, body)) return {};
    return tl::unexpected(trap_.error());
  }

  [[nodiscard]] jpeg_decompress_struct& info() { return info_; }

 private:
  CodecTrap trap_;
  jpeg_source_mgr source_{};
  jpeg_progress_mgr progress_{};
  jpeg_decompress_struct info_{};
  ByteView bytes_;
  Limits limits_;
};

}  // namespace imgc::jpeg
