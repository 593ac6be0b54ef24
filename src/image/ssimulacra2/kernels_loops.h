// The loops themselves, compiled once for each instruction set with IMGC_LANES floats a vector. No inline function
// or template of the standard library may be used here: the linker keeps one copy of it for the whole program,
// which could be one that the machine can't run. GCC's and clang's vector types serve every processor.

#include <cstddef>
#include <cstdint>

#include "image/ssimulacra2/kernels.h"

namespace imgc::ssimulacra2 {
namespace {

constexpr std::size_t lanes = IMGC_LANES;
static_assert(margin % lanes == 0 && blur_reach <= static_cast<int>(margin));
using Floats = float __attribute__((vector_size(lanes * sizeof(float))));
using Ints = std::int32_t __attribute__((vector_size(lanes * sizeof(std::int32_t))));

inline Floats load(const float* at) {
  Floats v;
  __builtin_memcpy(&v, at, sizeof v);
  return v;
}

inline void store(Floats v, float* at) {
  __builtin_memcpy(at, &v, sizeof v);
}

inline Floats positive(Floats v) {
  return v > 0.0F ? v : Floats{};
}

inline Floats magnitude(Floats v) {
  return reinterpret_cast<Floats>(reinterpret_cast<Ints>(v) & 0x7FFFFFFF);
}

// Zero in the lanes from `count` on.
inline Floats first_lanes(Floats v, std::size_t count) {
  Ints index;
  for (std::size_t i = 0; i < lanes; ++i) index[i] = static_cast<std::int32_t>(i);
  const Ints inside = index < static_cast<std::int32_t>(count);
  return reinterpret_cast<Floats>(reinterpret_cast<Ints>(v) & inside);
}

// Of a value that is not negative, to about 2e-7: from the exponent's third as a first guess of the inverse root,
// two steps of third order, neither with a division.
inline Floats cube_root(Floats value) {
  const Floats third = __builtin_convertvector(reinterpret_cast<Ints>(value), Floats) * (1.0F / 3);
  Floats inverse = reinterpret_cast<Floats>(0x54A21D2A - __builtin_convertvector(third, Ints));
  for (int step = 0; step < 2; ++step) {
    const Floats rest = 1.0F - value * inverse * inverse * inverse;
    inverse += inverse * rest * (1.0F / 3 + 2.0F / 9 * rest);
  }
  return value * inverse * inverse;
}

inline Floats cone(const float (&row)[3], Floats red, Floats green, Floats blue) {
  const Floats response = row[0] * red + (row[1] * green + (row[2] * blue + opsin_bias));
  return cube_root(positive(response)) - opsin_bias_root;
}

void to_xyb(const float* const linear[3], std::size_t width, float* const xyb[3]) {
  for (std::size_t x = 0; x < width; x += lanes) {
    const Floats red = load(linear[0] + x);
    const Floats green = load(linear[1] + x);
    const Floats blue = load(linear[2] + x);
    const Floats l = cone(opsin[0], red, green, blue);
    const Floats m = cone(opsin[1], red, green, blue);
    const Floats s = cone(opsin[2], red, green, blue);
    const Floats luma = 0.5F * (l + m);
    store(0.5F * (l - m) * x_scale + x_offset, xyb[0] + x);
    store(luma + y_offset, xyb[1] + x);
    store((s - luma) + b_offset, xyb[2] + x);
  }
  for (unsigned c = 0; c < channels; ++c)
    for (std::size_t x = width; x < padded(width); ++x) xyb[c][x] = 0;
}

void halve(float* upper, float* lower, std::size_t width, float* half) {
  if (width % 2 == 1) {
    upper[width] = upper[width - 1];
    lower[width] = lower[width - 1];
  }
  const std::size_t out = (width + 1) / 2;
  std::size_t x = 0;
  for (; x + lanes <= out; x += lanes) {
    const Floats left = load(upper + 2 * x) + load(lower + 2 * x);
    const Floats right = load(upper + 2 * x + lanes) + load(lower + 2 * x + lanes);
#if IMGC_LANES == 8
    const Floats even = __builtin_shufflevector(left, right, 0, 2, 4, 6, 8, 10, 12, 14);
    const Floats odd = __builtin_shufflevector(left, right, 1, 3, 5, 7, 9, 11, 13, 15);
#else
    const Floats even = __builtin_shufflevector(left, right, 0, 2, 4, 6);
    const Floats odd = __builtin_shufflevector(left, right, 1, 3, 5, 7);
#endif
    store(0.25F * (even + odd), half + x);
  }
  for (; x < out; ++x)
    half[x] = 0.25F * ((upper[2 * x] + lower[2 * x]) + (upper[2 * x + 1] + lower[2 * x + 1]));
}

// --- the blur, first down the columns, then along the row

inline Floats blur_column(Window rows, std::size_t x) {
  Floats sum = blur_taps[0] * load(rows[blur_reach] + x);
  for (int k = 1; k <= blur_reach; ++k)
    sum += blur_taps[k] * (load(rows[blur_reach - k] + x) + load(rows[blur_reach + k] + x));
  return sum;
}

inline Floats blur_row(const float* at) {
  Floats sum = blur_taps[0] * load(at);
  for (int k = 1; k <= blur_reach; ++k) sum += blur_taps[k] * (load(at - k) + load(at + k));
  return sum;
}

void blur_means(Window reference, Window distorted, std::size_t width, float* const out[2]) {
  for (std::size_t x = 0; x < width; x += lanes) {
    store(blur_column(reference, x), out[0] + x);
    store(blur_column(distorted, x), out[1] + x);
  }
}

// Beside the means a^2 + b^2 and (a - b)^2. SSIM wants a^2, b^2 and ab, but only in these two sums, and the second
// taken directly loses no digits when the images are alike.
void blur_moments(Window reference, Window distorted, std::size_t width, float* const out[4]) {
  for (std::size_t x = 0; x < width; x += lanes) {
    const Floats a0 = load(reference[blur_reach] + x);
    const Floats b0 = load(distorted[blur_reach] + x);
    Floats a = blur_taps[0] * a0;
    Floats b = blur_taps[0] * b0;
    Floats power = blur_taps[0] * (a0 * a0 + b0 * b0);
    Floats error = blur_taps[0] * ((a0 - b0) * (a0 - b0));
    for (int k = 1; k <= blur_reach; ++k) {
      const Floats a1 = load(reference[blur_reach - k] + x);
      const Floats a2 = load(reference[blur_reach + k] + x);
      const Floats b1 = load(distorted[blur_reach - k] + x);
      const Floats b2 = load(distorted[blur_reach + k] + x);
      const Floats d1 = a1 - b1;
      const Floats d2 = a2 - b2;
      a += blur_taps[k] * (a1 + a2);
      b += blur_taps[k] * (b1 + b2);
      power += blur_taps[k] * (a1 * a1 + a2 * a2 + b1 * b1 + b2 * b2);
      error += blur_taps[k] * (d1 * d1 + d2 * d2);
    }
    store(a, out[0] + x);
    store(b, out[1] + x);
    store(power, out[2] + x);
    store(error, out[3] + x);
  }
}

// --- the error maps

struct Sums {
  Floats mean = {};
  Floats fourth = {};

  void add(Floats error) {
    mean += error;
    const Floats square = error * error;
    fourth += square * square;
  }
};

inline double total(Floats v) {
  double sum = 0;
  for (std::size_t i = 0; i < lanes; ++i) sum += static_cast<double>(v[i]);
  return sum;
}

// 1 - (1 - m) (2 cov + c2) / (var_a + var_b + c2), where m is the means' squared difference, with the covariance
// written as what the variances' sum has over the variance of the difference.
inline Floats ssim_error(Floats mean_a, Floats mean_b, Floats power, Floats error) {
  const Floats means = (mean_a - mean_b) * (mean_a - mean_b);
  const Floats variances = power - (mean_a * mean_a + mean_b * mean_b) + c2;
  return positive(means + (1.0F - means) * ((error - means) / variances));
}

// By how much the distorted image departs more from its mean than the reference does, relative to the latter.
inline Floats edge_error(Floats a, Floats mean_a, Floats b, Floats mean_b) {
  const Floats edge = magnitude(a - mean_a);
  return (magnitude(b - mean_b) - edge) / (1.0F + edge);
}

template <bool with_ssim>
void compare_blurred(const float* reference, const float* distorted, const float* const blurred[4],
                     std::size_t width, double sums[terms]) {
  Sums ssim_sums;
  Sums artifact_sums;
  Sums lost_sums;
  for (std::size_t x = 0; x < width; x += lanes) {
    const std::size_t left = width - x;
    const auto inside = [left](Floats v) { return left < lanes ? first_lanes(v, left) : v; };
    const Floats mean_a = blur_row(blurred[0] + x);
    const Floats mean_b = blur_row(blurred[1] + x);
    if constexpr (with_ssim)
      ssim_sums.add(
          inside(ssim_error(mean_a, mean_b, blur_row(blurred[2] + x), blur_row(blurred[3] + x))));
    const Floats edge = inside(edge_error(load(reference + x), mean_a, load(distorted + x), mean_b));
    artifact_sums.add(positive(edge));
    lost_sums.add(positive(-edge));
  }
  sums[ssim] += total(ssim_sums.mean);
  sums[artifact] += total(artifact_sums.mean);
  sums[detail_lost] += total(lost_sums.mean);
  sums[maps + ssim] += total(ssim_sums.fourth);
  sums[maps + artifact] += total(artifact_sums.fourth);
  sums[maps + detail_lost] += total(lost_sums.fourth);
}

void compare(Need need, Window reference, Window distorted, std::size_t width, float* scratch,
             double sums[terms]) {
  const std::size_t stride = margin + padded(width) + margin;
  float* const blurred[4] = {scratch + margin, scratch + stride + margin, scratch + 2 * stride + margin,
                             scratch + 3 * stride + margin};
  const float* const a = reference[blur_reach];
  const float* const b = distorted[blur_reach];
  if (need == Need::all) {
    blur_moments(reference, distorted, width, blurred);
    compare_blurred<true>(a, b, blurred, width, sums);
  } else if (need == Need::edges) {
    blur_means(reference, distorted, width, blurred);
    compare_blurred<false>(a, b, blurred, width, sums);
  }
}

}  // namespace
}  // namespace imgc::ssimulacra2
