#define IMGC_LANES 4
#include "image/ssimulacra2/kernels_loops.h"

namespace imgc::ssimulacra2 {

const Kernels& baseline_kernels() {
  static constexpr Kernels table = {"baseline", to_xyb, to_luma, halve, blur_row, warm_up, compare};
  return table;
}

const Kernels& best_kernels() {
#ifdef IMGC_AVX2
  static const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (avx2) return avx2_kernels();
#endif
  return baseline_kernels();
}

}  // namespace imgc::ssimulacra2
