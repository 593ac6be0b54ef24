#include "formats/jpeg/coefficients.h"

#include <algorithm>
#include <utility>

namespace imgc::jpeg {

Result<Coefficients> Coefficients::read(ByteView bytes, const Limits& limits) {
  auto header = read_decodable_header(bytes, limits);
  if (!header) return tl::unexpected(header.error());
  Coefficients result;
  result.header_ = std::move(*header);
  result.decompressor_ = std::make_unique<Decompressor>(bytes, limits);
  if (auto read = result.decompressor_->read_header(); !read) return tl::unexpected(read.error());
  jpeg_decompress_struct& info = result.decompressor_->info();
  jvirt_barray_ptr* arrays = nullptr;
  if (auto read = result.decompressor_->run([&info, &arrays] { arrays = jpeg_read_coefficients(&info); });
      !read)
    return tl::unexpected(read.error());
  if (static_cast<std::size_t>(info.num_components) != result.header_.components.size())
    return fail(ErrorCode::malformed, "the JPEG has two frame headers");
  for (std::size_t i = 0; i < result.header_.components.size(); ++i)
    if (auto taken = result.take_component(i, arrays[i]); !taken) return tl::unexpected(taken.error());
  result.check_complete();
  return result;
}

Coefficients Coefficients::empty(std::uint32_t width, std::uint32_t height, std::size_t components,
                                 unsigned across, unsigned down) {
  Coefficients result;
  result.header_.width = width;
  result.header_.height = height;
  result.header_.jfif = true;
  for (std::size_t i = 0; i < components; ++i) {
    const bool is_luma = i == 0;
    Component component;
    component.id = static_cast<std::uint8_t>(i + 1);
    component.h = is_luma ? across : 1;
    component.v = is_luma ? down : 1;
    const auto blocks = [](std::uint32_t pixels, unsigned most, unsigned own) {
      const std::uint32_t samples = (pixels * own + most - 1) / most;
      return (samples + DCTSIZE - 1) / DCTSIZE;
    };
    component.blocks_wide = blocks(width, across, component.h);
    component.blocks_high = blocks(height, down, component.v);
    component.quant.fill(1);
    component.kind = is_luma ? TableKind::luma : TableKind::chroma;
    result.header_.components.push_back({.id = component.id, .h = component.h, .v = component.v});
    result.add_empty(std::move(component));
  }
  return result;
}

Coefficients Coefficients::empty_like(const Coefficients& other, bool transposed) {
  Coefficients result;
  result.header_ = other.header_;
  if (transposed) {
    std::swap(result.header_.width, result.header_.height);
    for (ComponentHeader& component : result.header_.components) std::swap(component.h, component.v);
  }
  for (Component component : other.components_) {
    if (transposed) {
      std::swap(component.h, component.v);
      std::swap(component.blocks_wide, component.blocks_high);
      for (std::size_t v = 0; v < DCTSIZE; ++v)
        for (std::size_t u = 0; u < v; ++u)
          std::swap(component.quant[v * DCTSIZE + u], component.quant[u * DCTSIZE + v]);
    }
    result.add_empty(std::move(component));
  }
  return result;
}

void Coefficients::add_empty(Component component) {
  auto& owned = blocks_.emplace_back(
      std::make_unique<JCOEF[][DCTSIZE2]>(std::size_t{component.blocks_wide} * component.blocks_high));
  component.rows.clear();
  for (std::uint32_t y = 0; y < component.blocks_high; ++y)
    component.rows.push_back(&owned[std::size_t{y} * component.blocks_wide]);
  components_.push_back(std::move(component));
}

Result<void> Coefficients::take_component(std::size_t index, jvirt_barray_ptr array) {
  jpeg_decompress_struct& info = decompressor_->info();
  const jpeg_component_info& from = info.comp_info[index];
  if (from.quant_table == nullptr)
    return fail(ErrorCode::unsupported, "the JPEG has a component without any data");
  Component component;
  component.id = static_cast<std::uint8_t>(from.component_id);
  component.h = static_cast<unsigned>(from.h_samp_factor);
  component.v = static_cast<unsigned>(from.v_samp_factor);
  component.blocks_wide = from.width_in_blocks;
  component.blocks_high = from.height_in_blocks;
  std::copy(std::begin(from.quant_table->quantval), std::end(from.quant_table->quantval),
            component.quant.begin());
  component.kind = table_kind(color_space(), index);
  component.rows.resize(component.blocks_high);
  // The arrays are in memory as a whole: libjpeg is never given a backing store. So its rows stay in place.
  JBLOCKROW* const rows = component.rows.data();
  const JDIMENSION count = component.blocks_high;
  auto accessed = decompressor_->run([&info, array, rows, count] {
    for (JDIMENSION y = 0; y < count; ++y)
      rows[y] = (*info.mem->access_virt_barray)(reinterpret_cast<j_common_ptr>(&info), array, y, 1, TRUE)[0];
  });
  if (!accessed) return accessed;
  components_.push_back(std::move(component));
  return {};
}

void Coefficients::check_complete() {
  const jpeg_decompress_struct& info = decompressor_->info();
  if (info.progressive_mode == FALSE || info.coef_bits == nullptr) return;
  for (std::size_t i = 0; i < components_.size(); ++i)
    complete_ = complete_ && std::all_of(info.coef_bits[i], info.coef_bits[i] + DCTSIZE2,
                                         [](int bits) { return bits == 0; });
}

}  // namespace imgc::jpeg
