#include "formats/jpeg/forward.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <vector>

namespace imgc::jpeg {
namespace {

constexpr std::size_t side = 8;

using Matrix = std::array<std::array<float, side>, side>;

// [frequency][sample]; scaled so that both passes together give the standard's coefficients.
Matrix make_cosines() {
  Matrix cosines{};
  for (std::size_t u = 0; u < side; ++u)
    for (std::size_t x = 0; x < side; ++x)
      cosines[u][x] =
          static_cast<float>((u == 0 ? std::sqrt(0.125) : 0.5) *
                             std::cos(static_cast<double>((2 * x + 1) * u) * std::numbers::pi / 16));
  return cosines;
}

// The nearest integer within the range. Added to a number this large, a fraction is rounded away, and the
// integer stands in the low bits of the sum; unlike std::lrint, the compiler does that to many at once.
JCOEF to_level(float value) {
  // Levels of 8-bit samples (T.81, F.1.1 and F.1.2.2).
  constexpr float lowest = -1024;
  constexpr float highest = 1023;
  constexpr float large = 12582912;  // 1.5 times 2 to the 23rd
  const float sum = std::min(std::max(value, lowest), highest) + large;
  return static_cast<JCOEF>(std::bit_cast<std::int32_t>(sum) - std::bit_cast<std::int32_t>(large));
}

// The DCT of blocks, and its rounding to levels.
class Dct {
 public:
  Dct() : down_(make_cosines()) {
    for (std::size_t u = 0; u < side; ++u)
      for (std::size_t x = 0; x < side; ++x) across_[x][u] = down_[u][x];
  }

  // `samples`: the first of 8 rows of 8, `stride` apart.
  void run(const float* samples, std::size_t stride, JCOEF* block) const {
    Matrix columns;  // [vertical frequency][sample]
    for (std::size_t v = 0; v < side; ++v) {
      std::array<float, side> sums{};
      for (std::size_t y = 0; y < side; ++y)
        for (std::size_t x = 0; x < side; ++x) sums[x] += down_[v][y] * samples[y * stride + x];
      columns[v] = sums;
    }
    for (std::size_t v = 0; v < side; ++v) {
      std::array<float, side> sums{};  // [horizontal frequency]
      for (std::size_t x = 0; x < side; ++x)
        for (std::size_t u = 0; u < side; ++u) sums[u] += columns[v][x] * across_[x][u];
      for (std::size_t u = 0; u < side; ++u) block[v * side + u] = to_level(sums[u]);
    }
  }

 private:
  Matrix down_;    // [frequency][sample]
  Matrix across_;  // [sample][frequency]
};

// Some rows of one component, as floating point around 0.
struct Strip {
  Strip(std::size_t across, std::size_t down) : width(across), samples(across * down) {}
  [[nodiscard]] float* row(std::size_t y) { return samples.data() + y * width; }
  [[nodiscard]] const float* row(std::size_t y) const { return samples.data() + y * width; }

  std::size_t width;
  std::vector<float> samples;
};

// Sample `i` of a row in the range of 8 bits, with the fraction that 16 bits have.
template <unsigned Depth>
float sample(const std::uint8_t* row, std::size_t i) {
  if constexpr (Depth == 8) return row[i];
  std::uint16_t value = 0;
  std::memcpy(&value, row + 2 * i, sizeof value);
  return static_cast<float>(value) / 257;
}

// The image's rows as components. Strips go on beyond the image with its last column and row, which costs
// fewest bits.
class Rows {
 public:
  explicit Rows(const Image& image) : image_(image) {}

  void read(std::size_t y, const std::array<float*, 3>& to, std::size_t width) const {
    const std::uint8_t* row =
        image_.row(static_cast<std::uint32_t>(std::min<std::size_t>(y, image_.height - 1)));
    switch (image_.pixel_bytes()) {
      case 1:
        take_gray<8>(row, 1, to);
        break;
      case 2:
        image_.depth == 8 ? take_gray<8>(row, 2, to) : take_gray<16>(row, 1, to);
        break;
      case 3:
        convert<8, 3>(row, to);
        break;
      case 4:
        image_.depth == 8 ? convert<8, 4>(row, to) : take_gray<16>(row, 2, to);
        break;
      case 6:
        convert<16, 3>(row, to);
        break;
      default:
        convert<16, 4>(row, to);
    }
    for (std::size_t i = 0; i < components(); ++i)
      std::fill(to.at(i) + image_.width, to.at(i) + width, to.at(i)[image_.width - 1]);
  }

  [[nodiscard]] std::size_t components() const { return is_gray() ? 1 : 3; }

 private:
  [[nodiscard]] bool is_gray() const { return imgc::is_gray(image_.model); }

  template <unsigned Depth>
  void take_gray(const std::uint8_t* row, std::size_t channels, const std::array<float*, 3>& to) const {
    for (std::size_t x = 0; x < image_.width; ++x) to[0][x] = sample<Depth>(row, x * channels) - middle;
  }

  // ITU-T T.871, clause 7.
  template <unsigned Depth, std::size_t Channels>
  void convert(const std::uint8_t* row, const std::array<float*, 3>& to) const {
    float* const lumas = to[0];
    float* const blues = to[1];
    float* const reds = to[2];
    for (std::size_t x = 0; x < image_.width; ++x) {
      const float red = sample<Depth>(row, x * Channels);
      const float green = sample<Depth>(row, x * Channels + 1);
      const float blue = sample<Depth>(row, x * Channels + 2);
      const float luma = 0.299F * red + 0.587F * green + 0.114F * blue;
      lumas[x] = luma - middle;
      blues[x] = (blue - luma) * (1 / 1.772F);
      reds[x] = (red - luma) * (1 / 1.402F);
    }
  }

  static constexpr float middle = 128;
  const Image& image_;
};

// The means of as many samples as are shared.
template <std::size_t Across, std::size_t Down>
void shrink(const Strip& full, Strip& to) {
  for (std::size_t y = 0; y < side; ++y) {
    float* const row = to.row(y);
    const float* const top = full.row(y * Down);
    const float* const bottom = full.row(y * Down + Down - 1);
    for (std::size_t x = 0; x < to.width; ++x) {
      float sum = 0;
      for (std::size_t u = 0; u < Across; ++u) sum += top[x * Across + u] + bottom[x * Across + u];
      row[x] = sum * (0.5F / Across);
    }
  }
}

void shrink(const Strip& full, Subsampling by, Strip& to) {
  if (by == Subsampling{2, 2}) return shrink<2, 2>(full, to);
  if (by == Subsampling{2, 1}) return shrink<2, 1>(full, to);
  shrink<1, 1>(full, to);
}

void transform_strip(const Dct& dct, const Strip& strip, std::size_t from_row, Component& component,
                     std::size_t to_row) {
  if (to_row >= component.blocks_high) return;
  for (std::uint32_t x = 0; x < component.blocks_wide; ++x)
    dct.run(strip.row(from_row) + side * x, strip.width, component.rows[to_row][x]);
}

std::size_t round_up(std::size_t value, std::size_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

}  // namespace

double chroma_detail(const Image& image) {
  constexpr std::size_t sampled = 4;  // of so many pairs of rows, one
  const Rows rows(image);
  if (rows.components() == 1) return 0;
  const std::size_t width = round_up(image.width, 2);
  std::array<Strip, 3> pair = {Strip(width, 2), Strip(width, 2), Strip(width, 2)};
  double sum = 0;
  double count = 0;
  for (std::size_t y = 0; y < image.height; y += 2 * sampled) {
    for (std::size_t row = 0; row < 2; ++row)
      rows.read(y + row, {pair[0].row(row), pair[1].row(row), pair[2].row(row)}, width);
    for (std::size_t i = 1; i < pair.size(); ++i) {
      const float* top = pair.at(i).row(0);
      const float* bottom = pair.at(i).row(1);
      for (std::size_t x = 0; x < width; x += 2) {
        const std::array<float, 4> shared = {top[x], top[x + 1], bottom[x], bottom[x + 1]};
        const float mean = (shared[0] + shared[1] + shared[2] + shared[3]) / 4;
        for (const float value : shared) sum += double{(value - mean) * (value - mean)};
      }
    }
    count += static_cast<double>(2 * width);
  }
  return sum / count;
}

Result<Coefficients> forward_transform(const Image& image, Subsampling subsampling) {
  if (image.model == ColorModel::cmyk)
    return fail(ErrorCode::internal, "pixels in a layout that the JPEG encoder does not take");
  const Rows rows(image);
  if (rows.components() == 1) subsampling = {};
  Coefficients made =
      Coefficients::empty(image.width, image.height, rows.components(), subsampling.across, subsampling.down);
  const std::size_t width = round_up(image.width, side * subsampling.across);
  const std::size_t height = side * subsampling.down;  // of a row of MCUs
  std::array<Strip, 3> full = {Strip(width, height), Strip(width, height), Strip(width, height)};
  Strip shrunk(width / subsampling.across, side);
  const Dct dct;
  for (std::size_t mcu = 0; mcu * height < image.height; ++mcu) {
    for (std::size_t y = 0; y < height; ++y)
      rows.read(mcu * height + y, {full[0].row(y), full[1].row(y), full[2].row(y)}, width);
    for (std::size_t v = 0; v < subsampling.down; ++v)
      transform_strip(dct, full[0], side * v, made.components()[0], mcu * subsampling.down + v);
    for (std::size_t i = 1; i < made.components().size(); ++i) {
      shrink(full.at(i), subsampling, shrunk);
      transform_strip(dct, shrunk, 0, made.components()[i], mcu);
    }
  }
  return made;
}

}  // namespace imgc::jpeg
