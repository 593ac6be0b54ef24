#include "formats/png/palette_search.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "formats/png/alpha_ends.h"

#if IMGC_WITH_IMAGEQUANT
#include <dlfcn.h>
#include <libimagequant.h>
#endif

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

// libimagequant's scale, on which 1 is the slowest: where more search stops paying, and where what is lost
// can be made up by refining the palette.
constexpr int thorough_speed = 4;
constexpr int quick_speed = 8;

tl::unexpected<Error> give_up(liq_error error) {
  if (error == LIQ_OUT_OF_MEMORY) return fail(ErrorCode::out_of_memory, "no memory to choose a palette");
  return fail(ErrorCode::internal,
              fmt::format("libimagequant failed with error {}", static_cast<int>(error)));
}

}  // namespace

bool can_quantise() {
  return true;
}

class PaletteSearch::Library {
 public:
  explicit Library(const Image& rgba) : rgba_(rgba), attributes_(liq_attr_create()) {
    if (attributes_ == nullptr) return;
    picture_.reset(liq_image_create_rgba(attributes_.get(), rgba_.pixels.data(),
                                         static_cast<int>(rgba_.width), static_cast<int>(rgba_.height), 0));
  }

  [[nodiscard]] bool has_attributes() const { return attributes_ != nullptr; }
  [[nodiscard]] bool has_picture() const { return picture_ != nullptr; }

  Result<std::optional<FoundPalette>> find(QualityRange range, Pace pace) {
    liq_set_speed(attributes_.get(), pace == Pace::quick ? quick_speed : thorough_speed);
    if (const liq_error error = liq_set_quality(attributes_.get(), range.min, range.max); error != LIQ_OK)
      return give_up(error);
    liq_result* found = nullptr;
    const liq_error error = liq_image_quantize(picture_.get(), attributes_.get(), &found);
    if (error == LIQ_QUALITY_TOO_LOW) return std::nullopt;
    if (error != LIQ_OK) return give_up(error);
    result_.reset(found);
    const int reached = liq_get_quantization_quality(found);
    return FoundPalette{colors(), reached < 0 ? range.max : std::min(reached, range.max)};
  }

  Result<IndexedPicture> dither() {
    liq_set_dithering_level(result_.get(), 1);
    Bytes indexes(std::size_t{rgba_.width} * rgba_.height);
    if (const liq_error error =
            liq_write_remapped_image(result_.get(), picture_.get(), indexes.data(), indexes.size());
        error != LIQ_OK)
      return give_up(error);
    std::vector<Color> palette = colors();
    keep_ends(rgba_, palette, indexes);
    return IndexedPicture(rgba_.width, rgba_.height, std::move(indexes), palette);
  }

 private:
  [[nodiscard]] std::vector<Color> colors() const {
    const liq_palette* entries = liq_get_palette(result_.get());
    std::vector<Color> colors;
    for (unsigned i = 0; i < entries->count; ++i) {
      const liq_color& entry = entries->entries[i];
      colors.push_back({entry.r, entry.g, entry.b, entry.a});
    }
    return colors;
  }

  const Image& rgba_;
  Attributes attributes_;
  QuantImage picture_;
  Palette result_;
};

Result<std::optional<PaletteSearch>> PaletteSearch::open(const Image& rgba) {
  work_on_one_thread();
  PaletteSearch search;
  search.library_ = std::make_unique<Library>(rgba);
  if (!search.library_->has_attributes()) return give_up(LIQ_OUT_OF_MEMORY);
  if (!search.library_->has_picture()) return std::nullopt;
  return search;
}

Result<std::optional<FoundPalette>> PaletteSearch::find(QualityRange range, Pace pace) {
  return library_->find(range, pace);
}

Result<IndexedPicture> PaletteSearch::dither() {
  return library_->dither();
}

#else

bool can_quantise() {
  return false;
}

namespace {

tl::unexpected<Error> without_library() {
  return fail(ErrorCode::unsupported, "this build has no lossy PNG");
}

}  // namespace

class PaletteSearch::Library {};

Result<std::optional<PaletteSearch>> PaletteSearch::open(const Image& /*rgba*/) {
  return without_library();
}

Result<std::optional<FoundPalette>> PaletteSearch::find(QualityRange /*range*/, Pace /*pace*/) {
  return without_library();
}

Result<IndexedPicture> PaletteSearch::dither() {
  return without_library();
}

#endif

std::uint64_t PaletteSearch::working_bytes(std::uint64_t pixels) {
  // Maps of noise and edges, a histogram, and floats of images up to 64 MB of them.
  constexpr std::uint64_t histogram = std::uint64_t{16} << 20U;
  constexpr std::uint64_t most_floats = std::uint64_t{64} << 20U;
  return 3 * pixels + std::min(16 * pixels, most_floats) + std::min(histogram, 64 * pixels);
}

PaletteSearch::PaletteSearch() = default;
PaletteSearch::~PaletteSearch() = default;
PaletteSearch::PaletteSearch(PaletteSearch&&) noexcept = default;
PaletteSearch& PaletteSearch::operator=(PaletteSearch&&) noexcept = default;

}  // namespace imgc::png
