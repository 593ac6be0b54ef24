#include "formats/webp/vp8_quality.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace imgc::webp {
namespace {

// RFC 6386, section 7: the arithmetic decoder, a bit at a time. Past the end it reads zeros, and says so.
class BoolDecoder {
 public:
  explicit BoolDecoder(ByteView bytes) : bytes_(bytes) {
    value_ = next_byte() << 8U;
    value_ |= next_byte();
  }

  bool flag() {
    constexpr unsigned even = 128;
    const unsigned split = 1 + (((range_ - 1) * even) >> 8U);
    const unsigned big_split = split << 8U;
    const bool bit = value_ >= big_split;
    if (bit) {
      range_ -= split;
      value_ -= big_split;
    } else {
      range_ = split;
    }
    while (range_ < 128) {
      value_ <<= 1U;
      range_ <<= 1U;
      if (++shifted_ == 8) {
        shifted_ = 0;
        value_ |= next_byte();
      }
    }
    return bit;
  }

  unsigned literal(unsigned bits) {
    unsigned value = 0;
    while (bits-- > 0) value = value << 1U | static_cast<unsigned>(flag());
    return value;
  }

  // A magnitude and its sign, behind a flag that says whether there is one: 0 when not.
  int optional_signed(unsigned bits) {
    if (!flag()) return 0;
    const auto magnitude = static_cast<int>(literal(bits));
    return flag() ? -magnitude : magnitude;
  }

  [[nodiscard]] bool ran_out() const { return ran_out_; }

 private:
  unsigned next_byte() {
    if (at_ < bytes_.size()) return bytes_[at_++];
    ran_out_ = true;
    return 0;
  }

  ByteView bytes_;
  std::size_t at_ = 0;
  unsigned value_ = 0;  // two bytes, the upper one compared with the range
  unsigned range_ = 255;
  unsigned shifted_ = 0;
  bool ran_out_ = false;
};

struct Segmentation {
  bool enabled = false;
  bool absolute = false;
  std::array<int, 4> quantiser = {};
  std::array<double, 3> probability = {1, 1, 1};  // of going left in the tree of section 9.3
};

Segmentation read_segmentation(BoolDecoder& bits) {
  Segmentation read;
  read.enabled = bits.flag();
  if (!read.enabled) return read;
  const bool update_map = bits.flag();
  if (bits.flag()) {
    read.absolute = bits.flag();
    for (int& quantiser : read.quantiser) quantiser = bits.optional_signed(7);
    for (int i = 0; i < 4; ++i) bits.optional_signed(6);  // loop filter levels
  }
  if (update_map)
    for (double& probability : read.probability)
      probability = bits.flag() ? static_cast<double>(bits.literal(8)) / 255 : 1;
  return read;
}

void skip_loop_filter(BoolDecoder& bits) {
  bits.literal(1 + 6 + 3);  // type, level, sharpness
  if (!bits.flag()) return;
  if (!bits.flag()) return;
  for (int i = 0; i < 8; ++i) bits.optional_signed(6);
}

// libwebp's curve, whose inverse is below, maps a quality to how fine the steps are, 0 to 1.
double quality_of(double fineness) {
  const double linear = std::pow(fineness, 3);
  return 100 * (linear < 0.5 ? linear * 1.5 : (linear + 1) / 2);
}

// A quantiser is rounded down, so the fineness it came from is on average half a step below.
double log_fineness(int quantiser) {
  return std::log(std::max(1 - (quantiser + 0.5) / 127, 0.25 / 127));
}

// How strongly libwebp lets a segment's susceptibility to artefacts bend the exponent, from its
// spatial-noise-shaping strength, which it also writes as -4 * strength / 100 into the chroma DC delta.
// The strengths are those of its presets.
double amplitude(int chroma_dc_delta) {
  constexpr std::array strengths = {0, 25, 50, 80, 100};
  const int strength = chroma_dc_delta > 0 || chroma_dc_delta < -4
                           ? 50
                           : strengths[static_cast<std::size_t>(-chroma_dc_delta)];
  return 0.9 * strength / 100 / 128;
}

struct Extremes {
  std::size_t finest = 0;
  std::size_t coarsest = 0;
};

Extremes extremes(const Vp8Quantisers& quantisers) {
  Extremes found;
  for (std::size_t i = 1; i < quantisers.segment_count; ++i) {
    if (quantisers.segments[i].quantiser < quantisers.segments[found.finest].quantiser) found.finest = i;
    if (quantisers.segments[i].quantiser > quantisers.segments[found.coarsest].quantiser) found.coarsest = i;
  }
  return found;
}

// The share-weighted mean of the segments' log fineness, with that of `replaced` taken from `by`.
double mean_log(const Vp8Quantisers& quantisers, std::size_t replaced, std::size_t by) {
  double sum = 0;
  for (std::size_t i = 0; i < quantisers.segment_count; ++i)
    sum += quantisers.segments[i].share * log_fineness(quantisers.segments[i == replaced ? by : i].quantiser);
  return sum;
}

}  // namespace

std::optional<Vp8Quantisers> read_quantisers(ByteView frame) {
  constexpr std::size_t frame_header_bytes = 10;
  if (frame.size() < frame_header_bytes + 2) return std::nullopt;
  BoolDecoder bits(frame.subspan(frame_header_bytes));
  bits.literal(2);  // colour space, clamping
  const Segmentation segmentation = read_segmentation(bits);
  skip_loop_filter(bits);
  bits.literal(2);  // partitions
  const auto base = static_cast<int>(bits.literal(7));
  for (int i = 0; i < 3; ++i) bits.optional_signed(4);  // luma DC, second-order DC and AC
  Vp8Quantisers read;
  read.chroma_dc_delta = bits.optional_signed(4);
  if (bits.ran_out()) return std::nullopt;

  read.segments[0] = {base, 1};
  if (!segmentation.enabled) return read;
  read.segment_count = 4;
  const auto& left = segmentation.probability;
  const std::array<double, 4> shares = {left[0] * left[1], left[0] * (1 - left[1]), (1 - left[0]) * left[2],
                                        (1 - left[0]) * (1 - left[2])};
  for (std::size_t i = 0; i < 4; ++i) {
    const int quantiser = segmentation.quantiser[i] + (segmentation.absolute ? 0 : base);
    read.segments[i] = {std::clamp(quantiser, 0, 127), shares[i]};
  }
  return read;
}

// libwebp gives segment i the fineness f^(1 - amplitude * a_i), with f from the quality. The a_i are the
// segments' susceptibilities stretched over a range of 255 with their mean over the macroblocks at 0, and
// then cut to -127..127. So at least one end of the range was cut, and is 255 from the other in truth. Each
// of the two cases gives f in closed form, and a value for the segment at its cut end; the case that fits
// that segment better is the right one.
int estimate_quality(const Vp8Quantisers& quantisers) {
  constexpr double range = 255;
  constexpr double most = 127;
  const auto [finest, coarsest] = extremes(quantisers);
  const double bend = amplitude(quantisers.chroma_dc_delta);
  double log_f = mean_log(quantisers, finest, finest);
  if (finest != coarsest && bend > 0) {
    const double if_finest_cut =
        mean_log(quantisers, finest, coarsest) / (1 + range * bend * quantisers.segments[finest].share);
    const double if_coarsest_cut =
        mean_log(quantisers, coarsest, finest) / (1 - range * bend * quantisers.segments[coarsest].share);
    const double finest_misfit =
        std::abs(log_fineness(quantisers.segments[finest].quantiser) - if_finest_cut * (1 - bend * most));
    const double coarsest_misfit =
        std::abs(log_fineness(quantisers.segments[coarsest].quantiser) - if_coarsest_cut * (1 + bend * most));
    log_f = finest_misfit < coarsest_misfit ? if_finest_cut : if_coarsest_cut;
  }
  return std::clamp(static_cast<int>(std::lround(quality_of(std::exp(log_f)))), 1, 100);
}

}  // namespace imgc::webp
