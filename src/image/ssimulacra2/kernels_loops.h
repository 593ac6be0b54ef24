// The loops themselves, compiled once for each instruction set with IMGC_LANES floats a vector. No inline
// function or template of the standard library may be used here: the linker keeps one copy of it for the
// whole program, which could be one that the machine can't run. GCC's and clang's vector types serve every
// processor.

#include <cstddef>
#include <cstdint>

#if defined(__FMA__) && IMGC_LANES == 8
#include <immintrin.h>
#endif

#include "image/ssimulacra2/kernels.h"

namespace imgc::ssimulacra2 {
namespace {

inline constexpr std::size_t lanes = IMGC_LANES;
static_assert(row_multiple % lanes == 0);
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

// a * b + c, rounded once. Where the processor can't, double can: it holds the product exactly.
inline Floats fused(Floats a, Floats b, Floats c) {
#if defined(__FMA__) && IMGC_LANES == 8
  return _mm256_fmadd_ps(a, b, c);
#else
  using Doubles = double __attribute__((vector_size(lanes * sizeof(double))));
  return __builtin_convertvector(__builtin_convertvector(a, Doubles) * __builtin_convertvector(b, Doubles) +
                                     __builtin_convertvector(c, Doubles),
                                 Floats);
#endif
}

// Zero in the lanes from `count` on.
inline Floats first_lanes(Floats v, std::size_t count) {
  Ints index;
  for (std::size_t i = 0; i < lanes; ++i) index[i] = static_cast<std::int32_t>(i);
  const Ints inside = index < static_cast<std::int32_t>(count);
  return reinterpret_cast<Floats>(reinterpret_cast<Ints>(v) & inside);
}

// Of a value that is not negative, to about 2e-7: from the exponent's third as a first guess of the inverse
// root, two steps of third order, neither with a division.
inline Floats cube_root(Floats value) {
  const Floats third = __builtin_convertvector(reinterpret_cast<Ints>(value), Floats) * (1.0F / 3);
  auto inverse = reinterpret_cast<Floats>(0x54A21D2A - __builtin_convertvector(third, Ints));
  for (int step = 0; step < 2; ++step) {
    const Floats rest = 1.0F - value * inverse * inverse * inverse;
    inverse += inverse * rest * (1.0F / 3 + 2.0F / 9 * rest);
  }
  return value * inverse * inverse;
}

struct Light {
  Floats red;
  Floats green;
  Floats blue;
};

inline Light light_at(const float* const linear[3], std::size_t x) {
  return {load(linear[0] + x), load(linear[1] + x), load(linear[2] + x)};
}

inline Floats cone(const float (&row)[3], const Light& light) {
  const Floats response = row[0] * light.red + (row[1] * light.green + (row[2] * light.blue + opsin_bias));
  return cube_root(positive(response)) - opsin_bias_root;
}

inline void to_xyb(const float* const linear[3], std::size_t width, float* const xyb[3]) {
  for (std::size_t x = 0; x < width; x += lanes) {
    const Light light = light_at(linear, x);
    const Floats l = cone(opsin[0], light);
    const Floats m = cone(opsin[1], light);
    const Floats s = cone(opsin[2], light);
    const Floats luma = 0.5F * (l + m);
    store(0.5F * (l - m) * x_scale + x_offset, xyb[0] + x);
    store(luma + y_offset, xyb[1] + x);
    store((s - luma) + b_offset, xyb[2] + x);
  }
}

inline void to_luma(const float* const linear[3], std::size_t width, float* y) {
  for (std::size_t x = 0; x < width; x += lanes) {
    const Light light = light_at(linear, x);
    store(0.5F * (cone(opsin[0], light) + cone(opsin[1], light)) + y_offset, y + x);
  }
}

inline void halve(float* upper, float* lower, std::size_t width, float* half) {
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

// --- the blur along a row

// The recursion unrolled four times: four outputs from four sums and the two outputs before them. A vector
// holds four outputs of each of `streams` rows.
inline constexpr std::size_t quad = 4;
inline constexpr std::size_t streams = lanes / quad;
using Quad = float __attribute__((vector_size(quad * sizeof(float))));

struct Unrolled {
  float in[quad][quad] = {};  // by how many outputs ago the sum was: its part in each of the four
  float last[quad] = {};
  float before_last[quad] = {};
};

consteval Unrolled unroll(double g, double t) {
  const double t2 = t * t;
  const double in[quad] = {g, -t * g, t2 * g - g, -t2 * t * g + 2.0 * t * g};
  Unrolled made = {
      {},
      {static_cast<float>(-t), static_cast<float>(t2 - 1.0), static_cast<float>(-t2 * t + 2.0 * t),
       static_cast<float>(t2 * t2 - 3.0 * t2 + 1.0)},
      {-1.0F, static_cast<float>(t), static_cast<float>(-t2 + 1.0), static_cast<float>(t2 * t - 2.0 * t)}};
  for (std::size_t first = 0; first < quad; ++first)
    for (std::size_t i = first; i < quad; ++i) made.in[first][i] = static_cast<float>(in[i - first]);
  return made;
}
inline constexpr Unrolled unrolled[sections] = {unroll(gain[0], turn[0]), unroll(gain[1], turn[1]),
                                                unroll(gain[2], turn[2])};

#if IMGC_LANES == 8
inline Floats each_stream(Quad first, Quad second) {
  return __builtin_shufflevector(first, second, 0, 1, 2, 3, 4, 5, 6, 7);
}
template <int i>
Floats spread(Floats v) {
  return __builtin_shufflevector(v, v, i, i, i, i, i + 4, i + 4, i + 4, i + 4);
}
#else
inline Floats each_stream(Quad only, Quad /*unused*/) {
  return only;
}
template <int i>
Floats spread(Floats v) {
  return __builtin_shufflevector(v, v, i, i, i, i);
}
#endif

inline Floats constant(const float (&four)[quad]) {
  Quad v;
  __builtin_memcpy(&v, four, sizeof v);
  return each_stream(v, v);
}

struct Section {
  Floats last = {};
  Floats before_last = {};
};

// One row for each stream; they may be the same.
struct Lines {
  const float* in[streams];
  float* out[streams];
  std::size_t width;
};

// The sum for output `n`, in every lane of its stream.
inline Floats lone_sum(const Lines& lines, std::ptrdiff_t n) {
  const auto width = static_cast<std::ptrdiff_t>(lines.width);
  Floats sum = {};
  for (std::size_t s = 0; s < streams; ++s) {
    const float back = n >= reach_back ? lines.in[s][n - reach_back] : 0.0F;
    const float ahead = n + reach_ahead < width ? lines.in[s][n + reach_ahead] : 0.0F;
    for (std::size_t i = 0; i < quad; ++i) sum[s * quad + i] = back + ahead;
  }
  return sum;
}

// One output, near an end of the row.
inline void lone_step(const Lines& lines, std::ptrdiff_t n, Section (&state)[sections]) {
  const Floats sum = lone_sum(lines, n);
  Floats out[sections];
  for (unsigned k = 0; k < sections; ++k) {
    const Unrolled& u = unrolled[k];
    Floats v = sum * u.in[0][0];
    v = fused(Floats{} + u.before_last[0], state[k].before_last, v);
    v = fused(Floats{} + u.last[0], state[k].last, v);
    state[k] = {v, state[k].last};
    out[k] = v;
  }
  const Floats blurred = out[0] + (out[1] + out[2]);
  if (n < 0) return;
  for (std::size_t s = 0; s < streams; ++s) lines.out[s][n] = blurred[s * quad];
}

inline Floats quad_sum(const Lines& lines, std::ptrdiff_t n) {
  Quad sums[2] = {};
  for (std::size_t s = 0; s < streams; ++s) {
    Quad back;
    Quad ahead;
    __builtin_memcpy(&back, lines.in[s] + n - reach_back, sizeof back);
    __builtin_memcpy(&ahead, lines.in[s] + n + reach_ahead, sizeof ahead);
    sums[s] = back + ahead;
  }
  return each_stream(sums[0], sums[1]);
}

inline Floats quad_step(const Unrolled& u, Floats sum, Section& state) {
  Floats v = spread<0>(sum) * constant(u.in[0]);
  v = fused(constant(u.in[1]), spread<1>(sum), v);
  v = fused(constant(u.in[2]), spread<2>(sum), v);
  v = fused(constant(u.in[3]), spread<3>(sum), v);
  v = fused(constant(u.before_last), state.before_last, v);
  v = fused(constant(u.last), state.last, v);
  state = {spread<3>(v), spread<2>(v)};
  return v;
}

inline void blur_lines(const Lines& lines) {
  Section state[sections];
  const auto width = static_cast<std::ptrdiff_t>(lines.width);
  constexpr std::ptrdiff_t first_quad = 8;
  std::ptrdiff_t n = -reach_ahead;
  for (; n < first_quad && n < width; ++n) lone_step(lines, n, state);
  for (; n + reach_ahead + 3 < width; n += quad) {
    const Floats sum = quad_sum(lines, n);
    const Floats first = quad_step(unrolled[0], sum, state[0]);
    const Floats second = quad_step(unrolled[1], sum, state[1]);
    const Floats third = quad_step(unrolled[2], sum, state[2]);
    const Floats blurred = first + (second + third);
    for (std::size_t s = 0; s < streams; ++s)
      __builtin_memcpy(lines.out[s] + n, reinterpret_cast<const float*>(&blurred) + s * quad, sizeof(Quad));
  }
  for (; n < width; ++n) lone_step(lines, n, state);
}

inline void multiply(const float* a, const float* b, std::size_t width, float* product) {
  for (std::size_t x = 0; x < width; x += lanes) store(load(a + x) * load(b + x), product + x);
}

inline void blur_row(Need need, const float* reference, const float* distorted, std::size_t width,
                     float* const scratch[most_planes], float* const blurred[most_planes]) {
  const float* inputs[most_planes] = {reference, distorted, scratch[2], scratch[3], scratch[4]};
  if (need == Need::all) {
    multiply(reference, reference, width, scratch[2]);
    multiply(distorted, distorted, width, scratch[3]);
    multiply(reference, distorted, width, scratch[4]);
  }
  const unsigned count = planes(need);
  for (unsigned i = 0; i < count; i += streams) {
    Lines lines = {{}, {}, width};
    for (unsigned s = 0; s < streams; ++s) {
      // The last of an odd number goes twice.
      const unsigned plane = i + s < count ? i + s : i;
      lines.in[s] = inputs[plane];
      lines.out[s] = blurred[plane];
    }
    blur_lines(lines);
  }
}

// --- the blur down the columns

inline Floats step_down(const Step& step, unsigned plane, std::size_t x) {
  const Floats sum = load(step.above[plane] + x) + load(step.below[plane] + x);
  Floats out[sections];
  for (unsigned k = 0; k < sections; ++k) {
    float* const before_last = step.before_last[plane][k] + x;
    // The turn's sign is turned, so that one fused operation does for -turn * last - before_last.
    const Floats rest =
        fused(Floats{} - static_cast<float>(turn[k]), load(step.last[plane][k] + x), -load(before_last));
    out[k] = fused(Floats{} + static_cast<float>(gain[k]), sum, rest);
    store(out[k], before_last);
  }
  return out[0] + (out[1] + out[2]);
}

inline void warm_up(const Step& step) {
  for (unsigned i = 0; i < planes(step.need); ++i)
    for (std::size_t x = 0; x < step.width; x += lanes) (void)step_down(step, i, x);
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

// SSIM without its luma denominator, as an error: 0 where the images agree.
inline Floats ssim_error(Floats mean_a, Floats mean_b, Floats square_a, Floats square_b, Floats product) {
  const Floats means = 1.0F - (mean_a - mean_b) * (mean_a - mean_b);
  const Floats covariance = 2.0F * (product - mean_a * mean_b) + c2;
  const Floats variances = (square_a - mean_a * mean_a) + (square_b - mean_b * mean_b) + c2;
  return positive(1.0F - means * covariance / variances);
}

// By how much the distorted image departs more from its mean than the reference does, relative to the latter.
inline Floats edge_error(Floats a, Floats mean_a, Floats b, Floats mean_b) {
  const Floats edge = magnitude(a - mean_a);
  return (magnitude(b - mean_b) - edge) / (1.0F + edge);
}

template <bool with_ssim>
void compare_row(const Step& step, const float* reference, const float* distorted, double sums[terms]) {
  Sums ssim_sums;
  Sums artifact_sums;
  Sums lost_sums;
  for (std::size_t x = 0; x < step.width; x += lanes) {
    const std::size_t left = step.width - x;
    const auto inside = [left](Floats v) { return left < lanes ? first_lanes(v, left) : v; };
    const Floats mean_a = step_down(step, 0, x);
    const Floats mean_b = step_down(step, 1, x);
    if constexpr (with_ssim)
      ssim_sums.add(inside(
          ssim_error(mean_a, mean_b, step_down(step, 2, x), step_down(step, 3, x), step_down(step, 4, x))));
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

inline void compare(const Step& step, const float* reference, const float* distorted, double sums[terms]) {
  if (step.need == Need::all)
    compare_row<true>(step, reference, distorted, sums);
  else if (step.need == Need::edges)
    compare_row<false>(step, reference, distorted, sums);
}

}  // namespace
}  // namespace imgc::ssimulacra2
