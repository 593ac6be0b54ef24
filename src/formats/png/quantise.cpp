#include "formats/png/quantise.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#if IMGC_WITH_IMAGEQUANT
#include <dlfcn.h>
#include <libimagequant.h>
#endif

#include "image/convert.h"

namespace imgc::png {

#if IMGC_WITH_IMAGEQUANT

namespace {

template <auto destroy>
struct Destroy {
  template <class T>
  void operator()(T* object) const {
    destroy(object);
  }
};
using Attributes = std::unique_ptr<liq_attr, Destroy<liq_attr_destroy>>;
using QuantImage = std::unique_ptr<liq_image, Destroy<liq_image_destroy>>;
using Palette = std::unique_ptr<liq_result, Destroy<liq_result_destroy>>;

// libimagequant runs its loops under OpenMP, which would start a team of threads for each of the engine's
// workers. OpenMP's setting belongs to the thread that makes it. Looked up by name, because a libimagequant
// built without OpenMP has no such function.
void work_on_one_thread() {
  thread_local const bool done = [] {
    using SetNumThreads = void (*)(int);
    auto set_num_threads = reinterpret_cast<SetNumThreads>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
    if (set_num_threads != nullptr) set_num_threads(1);
    return true;
  }();
  static_cast<void>(done);
}

// Where more search stops paying. Faster settings save a quarter of the time, for which a cheaper level of
// DEFLATE gives up far fewer bytes.
constexpr int search_speed = 4;

tl::unexpected<Error> give_up(liq_error error) {
  if (error == LIQ_OUT_OF_MEMORY) return fail(ErrorCode::out_of_memory, "no memory to choose a palette");
  return fail(ErrorCode::internal,
              fmt::format("libimagequant failed with error {}", static_cast<int>(error)));
}

Reason below_minimum(QualityRange range) {
  return {"below_min_quality",
          fmt::format("256 colours do not reach the minimum quality of {}, so nothing was lost", range.min)};
}

}  // namespace

bool can_quantise() {
  return true;
}

Result<std::variant<Quantised, Reason>> quantise(const Image& image, QualityRange range) {
  work_on_one_thread();
  const bool is_rgba8 = image.model == ColorModel::rgba && image.depth == 8;
  const Image converted = is_rgba8 ? Image{} : to_rgba8(image);
  const Image& rgba = is_rgba8 ? image : converted;

  const Attributes attributes(liq_attr_create());
  if (attributes == nullptr) return give_up(LIQ_OUT_OF_MEMORY);
  liq_set_speed(attributes.get(), search_speed);
  if (const liq_error error = liq_set_quality(attributes.get(), range.min, range.max); error != LIQ_OK)
    return give_up(error);

  const QuantImage picture(liq_image_create_rgba(
      attributes.get(), rgba.pixels.data(), static_cast<int>(rgba.width), static_cast<int>(rgba.height), 0));
  if (picture == nullptr)
    return Reason{"too_large_to_quantise", "libimagequant can't take an image this large"};
  liq_result* found = nullptr;
  const liq_error quantised = liq_image_quantize(picture.get(), attributes.get(), &found);
  const Palette palette(found);
  if (quantised == LIQ_QUALITY_TOO_LOW) return below_minimum(range);
  if (quantised != LIQ_OK) return give_up(quantised);

  liq_set_dithering_level(palette.get(), 1.0F);
  Bytes indexes(std::size_t{rgba.width} * rgba.height);
  if (const liq_error error =
          liq_write_remapped_image(palette.get(), picture.get(), indexes.data(), indexes.size());
      error != LIQ_OK)
    return give_up(error);

  const liq_palette* entries = liq_get_palette(palette.get());
  std::vector<Color> colors;
  for (unsigned i = 0; i < entries->count; ++i) {
    const liq_color& entry = entries->entries[i];
    colors.push_back({entry.r, entry.g, entry.b, entry.a});
  }
  const int quality = liq_get_quantization_quality(palette.get());
  return Quantised{IndexedPicture(rgba.width, rgba.height, std::move(indexes), colors),
                   quality < 0 ? range.max : std::min(quality, range.max)};
}

#else

bool can_quantise() {
  return false;
}

Result<std::variant<Quantised, Reason>> quantise(const Image& /*image*/, QualityRange /*range*/) {
  return fail(ErrorCode::unsupported, "this build has no lossy PNG");
}

#endif

}  // namespace imgc::png
