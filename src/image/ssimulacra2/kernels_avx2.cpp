// Compiled for AVX2 and FMA where the build is for x86-64, and empty elsewhere.
#ifdef IMGC_AVX2

#define IMGC_LANES 8
#include "image/ssimulacra2/kernels_loops.h"

namespace imgc::ssimulacra2 {

const Kernels& avx2_kernels() {
  static constexpr Kernels table = {"avx2", to_xyb, to_luma, halve, blur_row, warm_up, compare};
  return table;
}

}  // namespace imgc::ssimulacra2

#endif
