// JPEG files for tests, made by libjpeg itself, and ways to change them.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "imgc/bytes.h"
#include "imgc/image.h"
#include "imgc/options.h"

#include "formats/format.h"
#include "formats/jpeg/coefficients.h"

namespace imgc::test {

enum class JpegColors : std::uint8_t { gray, ycc, rgb, cmyk, ycck };

struct JpegSample {
  std::uint32_t width = 83;  // not a whole number of MCUs
  std::uint32_t height = 61;
  JpegColors colors = JpegColors::ycc;
  int h = 2;  // sampling factors of the first component (and of K); the others have 1
  int v = 2;
  int quality = 85;
  bool progressive = false;
  bool arithmetic = false;
  unsigned restart_interval = 0;
  bool jfif = true;
  bool adobe = true;  // for RGB, CMYK and YCCK
  bool interleaved = true;
  Bytes segments = {};  // complete segments, put after the JFIF header
};

Bytes make_jpeg(const JpegSample& sample);

// What the format makes of a file; an error fails the test.
Probe probed(const Bytes& jpeg);
Image decoded(const Bytes& jpeg);

// A complete segment.
Bytes segment(std::uint8_t code, std::string_view head, ByteView body = {});
// The file with `inserted` right after SOI.
Bytes with_segment(const Bytes& jpeg, const Bytes& inserted);
// Where the payload of the first segment with this code starts.
std::size_t payload_of(const Bytes& jpeg, std::uint8_t code);

// Fails the test on an error.
jpeg::Coefficients read_coefficients(const Bytes& jpeg);

// All levels of all blocks of all components, padding excluded, then the tables.
std::vector<int> coefficients_of(const Bytes& jpeg);

Options exact(Effort effort = Effort::normal);
Options lossy(int quality, Effort effort = Effort::normal);

// What the recipe of another format's lineup makes of these pixels; the lineup's error when it has none.
Attempt from_pixels(const Image& image, const Options& options, const Metadata& outgoing = {});

// The best candidate of a lineup, or the original when there is none; fails the test on errors.
Bytes compress(const Bytes& jpeg, const Options& options);
// As compress, for one recipe, with this metadata going out.
Bytes run_recipe(const Bytes& jpeg, const Options& options, std::string_view name, const Metadata& outgoing);

}  // namespace imgc::test
