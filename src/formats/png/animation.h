// The animation in a PNG (section 11.3.6 of the specification): its chunks in order, its frames taken apart.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "imgc/bytes.h"
#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "formats/png/chunks.h"
#include "formats/png/header.h"
#include "formats/png/rows.h"

namespace imgc::png {

// A frame, or the static image.
struct Picture {
  Ihdr ihdr;                   // the file's, in the frame's size
  ByteView control;            // the fcTL payload; empty for a static image that is no frame
  std::vector<ByteView> data;  // what IDAT and fdAT chunks hold, without sequence numbers

  [[nodiscard]] std::uint64_t bytes() const;
};

// Views into the file.
struct Animation {
  Header header;
  ByteView control;               // the acTL payload
  std::vector<Picture> pictures;  // the static image first, then the frames that follow it
};

// Every chunk of the animation is where and as the specification wants it, every frame inside the canvas, and
// every check sum right; else a reason, with code odd_animation, to leave the file alone. An error when the
// static image is damaged, as it would be without an animation. Pixels are not decoded.
Result<std::variant<Animation, Reason>> read_animation(ByteView file, const Limits& limits);

// fcTL's payload with another sequence number.
Bytes renumbered(ByteView control, std::uint32_t sequence);

// A picture made a PNG of its own.
class StandAlone {
 public:
  // Copies the picture's data, and nothing of the header.
  StandAlone(const Header& header, const Picture& picture);
  StandAlone(const StandAlone&) = delete;
  StandAlone& operator=(const StandAlone&) = delete;

  [[nodiscard]] const Still& still() const { return still_; }

 private:
  Bytes ihdr_;
  Bytes pixels_;
  Still still_;
};

}  // namespace imgc::png
