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

namespace {

// libimagequant's view of one image.
class Quantiser {
 public:
  explicit Quantiser(const Image& rgba) : rgba_(rgba), attributes_(liq_attr_create()) {}

  // False when libimagequant can't take an image this large.
  Result<bool> open() {
    if (attributes_ == nullptr) return give_up(LIQ_OUT_OF_MEMORY);
    liq_set_speed(attributes_.get(), search_speed);
    picture_.reset(liq_image_create_rgba(attributes_.get(), rgba_.pixels.data(),
                                         static_cast<int>(rgba_.width), static_cast<int>(rgba_.height), 0));
    return picture_ != nullptr;
  }

  // Null when `range.min` is out of reach.
  Result<Palette> palette(QualityRange range) {
    if (const liq_error error = liq_set_quality(attributes_.get(), range.min, range.max); error != LIQ_OK)
      return give_up(error);
    liq_result* found = nullptr;
    const liq_error error = liq_image_quantize(picture_.get(), attributes_.get(), &found);
    if (error != LIQ_OK && error != LIQ_QUALITY_TOO_LOW) return give_up(error);
    return Palette(found);
  }

  Result<IndexedPicture> apply(liq_result* palette, float dither) {
    liq_set_dithering_level(palette, dither);
    Bytes indexes(std::size_t{rgba_.width} * rgba_.height);
    if (const liq_error error =
            liq_write_remapped_image(palette, picture_.get(), indexes.data(), indexes.size());
        error != LIQ_OK)
      return give_up(error);
    const liq_palette* entries = liq_get_palette(palette);
    std::vector<Color> colors;
    for (unsigned i = 0; i < entries->count; ++i) {
      const liq_color& entry = entries->entries[i];
      colors.push_back({entry.r, entry.g, entry.b, entry.a});
    }
    return IndexedPicture(rgba_.width, rgba_.height, std::move(indexes), colors);
  }

 private:
  const Image& rgba_;
  Attributes attributes_;
  QuantImage picture_;
};

}  // namespace

Result<std::variant<std::vector<Quantised>, Reason>> quantise(const Image& image, QualityRange range,
                                                              std::span<const Manner> manners) {
  work_on_one_thread();
  const bool is_rgba8 = image.model == ColorModel::rgba && image.depth == 8;
  const Image converted = is_rgba8 ? Image{} : to_rgba8(image);
  Quantiser quantiser(is_rgba8 ? image : converted);
  const Result<bool> open = quantiser.open();
  if (!open) return tl::unexpected(open.error());
  if (!*open) return Reason{"too_large_to_quantise", "libimagequant can't take an image this large"};
  const Result<Palette> fewest = quantiser.palette(range);
  if (!fewest) return tl::unexpected(fewest.error());
  if (*fewest == nullptr) return below_minimum(range);
  const int reached = liq_get_quantization_quality(fewest->get());
  const int quality = reached < 0 ? range.max : std::min(reached, range.max);

  std::vector<Quantised> made;
  Palette every;
  for (const Manner& manner : manners) {
    if (manner.every_color && every == nullptr) {
      auto found = quantiser.palette({0, 100});
      if (!found) return tl::unexpected(found.error());
      every = *std::move(found);
    }
    auto picture = quantiser.apply(manner.every_color ? every.get() : fewest->get(), manner.dither);
    if (!picture) return tl::unexpected(picture.error());
    made.push_back({*std::move(picture), quality});
  }
  return made;
}

#else

bool can_quantise() {
  return false;
}

Result<std::variant<std::vector<Quantised>, Reason>> quantise(const Image& /*image*/, QualityRange /*range*/,
                                                              std::span<const Manner> /*manners*/) {
  return fail(ErrorCode::unsupported, "this build has no lossy PNG");
}

#endif

}  // namespace imgc::png
