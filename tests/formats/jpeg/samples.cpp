#include "formats/jpeg/samples.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <doctest/doctest.h>
#include <jpeglib.h>

#include "formats/jpeg/coefficients.h"
#include "formats/jpeg/jpeg.h"
#include "formats/jpeg/markers.h"
#include "support/images.h"

namespace imgc::test {
namespace {

Image pixels_for(const JpegSample& sample) {
  switch (sample.colors) {
    case JpegColors::gray:
      return gradient(sample.width, sample.height, ColorModel::gray);
    case JpegColors::ycc:
    case JpegColors::rgb:
      return gradient(sample.width, sample.height, ColorModel::rgb);
    case JpegColors::cmyk:
    case JpegColors::ycck:
      break;
  }
  Image image = gradient(sample.width, sample.height, ColorModel::rgba);
  image.model = ColorModel::cmyk;
  return image;
}

J_COLOR_SPACE space_of(JpegColors colors) {
  switch (colors) {
    case JpegColors::gray:
      return JCS_GRAYSCALE;
    case JpegColors::ycc:
      return JCS_YCbCr;
    case JpegColors::rgb:
      return JCS_RGB;
    case JpegColors::cmyk:
      return JCS_CMYK;
    case JpegColors::ycck:
      return JCS_YCCK;
  }
  return JCS_UNKNOWN;
}

void set_up(jpeg_compress_struct& info, const JpegSample& sample, const Image& image,
            std::vector<jpeg_scan_info>& scans) {
  info.image_width = image.width;
  info.image_height = image.height;
  info.input_components = static_cast<int>(image.pixel_bytes());
  info.in_color_space = image.model == ColorModel::gray  ? JCS_GRAYSCALE
                        : image.model == ColorModel::rgb ? JCS_RGB
                                                         : JCS_CMYK;
  jpeg_set_defaults(&info);
  jpeg_set_colorspace(&info, space_of(sample.colors));
  jpeg_set_quality(&info, sample.quality, TRUE);
  for (int i = 0; i < info.num_components; ++i) {
    const bool full = i == 0 || i == 3 || info.num_components == 1;
    info.comp_info[i].h_samp_factor = full ? sample.h : 1;
    info.comp_info[i].v_samp_factor = full ? sample.v : 1;
  }
  info.arith_code = sample.arithmetic ? TRUE : FALSE;
  info.restart_interval = sample.restart_interval;
  if (!sample.jfif) info.write_JFIF_header = FALSE;
  if (!sample.adobe) info.write_Adobe_marker = FALSE;
  if (sample.progressive) jpeg_simple_progression(&info);
  if (!sample.interleaved) {
    for (int i = 0; i < info.num_components; ++i) scans.push_back({1, {i, 0, 0, 0}, 0, 63, 0, 0});
    info.scan_info = scans.data();
    info.num_scans = static_cast<int>(scans.size());
  }
}

// A stand-in for another format: it decodes to the image that was put here.
Image& pixels_to_decode() {
  thread_local Image image;
  return image;
}

constexpr Format pixels_format = {
    .name = "pixels",
    .extensions = {},
    .library = {},
    .library_version = nullptr,
    .holds_alpha = true,
    .sniff = nullptr,
    .probe = nullptr,
    .metadata = nullptr,
    .decode = [](ByteView, const Limits&) { return Result<Image>(pixels_to_decode()); },
    .segments = nullptr,
    .lineup = nullptr,
};

}  // namespace

Options exact(Effort effort) {
  Options options;
  options.effort = effort;
  return options;
}

Options lossy(int quality, Effort effort) {
  Options options;
  options.fidelity = Fidelity::perceptual;
  options.quality.all.max = quality;
  options.effort = effort;
  return options;
}

Attempt from_pixels(const Image& image, const Options& options, const Metadata& outgoing) {
  Probe probe;
  probe.format = &pixels_format;
  probe.width = image.width;
  probe.height = image.height;
  probe.model = image.model;
  probe.depth = image.depth;
  const auto lineup = jpeg_format.lineup(probe, options);
  if (!lineup) return tl::unexpected(lineup.error());
  pixels_to_decode() = image;
  const Subject subject({}, probe, outgoing, options.limits);
  return lineup->recipes.at(0).run(subject, SIZE_MAX);
}

Bytes make_jpeg(const JpegSample& sample) {
  Image image = pixels_for(sample);
  std::vector<jpeg_scan_info> scans;
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* made = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &made, &size);
  set_up(info, sample, image, scans);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = image.row(info.next_scanline);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  Bytes bytes(made, made + size);
  jpeg_destroy_compress(&info);
  std::free(made);
  if (sample.segments.empty()) return bytes;
  const bool has_jfif = bytes[3] == jpeg::marker::app0;
  bytes.insert(bytes.begin() + (has_jfif ? 20 : 2), sample.segments.begin(), sample.segments.end());
  return bytes;
}

Probe probed(const Bytes& jpeg) {
  const auto probe = jpeg_format.probe(jpeg, Limits{});
  REQUIRE_MESSAGE(probe, probe.error().message);
  return *probe;
}

Image decoded(const Bytes& jpeg) {
  auto image = jpeg_format.decode(jpeg, Limits{});
  REQUIRE_MESSAGE(image, image.error().message);
  return std::move(*image);
}

Bytes segment(std::uint8_t code, std::string_view head, ByteView body) {
  const std::size_t length = 2 + head.size() + body.size();
  Bytes made(2 + length);
  made[0] = 0xFF;
  made[1] = code;
  made[2] = static_cast<std::uint8_t>(length >> 8U);
  made[3] = static_cast<std::uint8_t>(length);
  const auto after_head = std::copy(head.begin(), head.end(), made.begin() + 4);
  std::copy(body.begin(), body.end(), after_head);
  return made;
}

Bytes with_segment(const Bytes& jpeg, const Bytes& inserted) {
  Bytes made = jpeg;
  made.insert(made.begin() + 2, inserted.begin(), inserted.end());
  return made;
}

std::size_t payload_of(const Bytes& jpeg, std::uint8_t code) {
  jpeg::MarkerWalk walk(jpeg);
  while (const auto found = walk.next())
    if (found->code == code) return found->offset + 4;
  FAIL("no such segment");
  return 0;
}

jpeg::Coefficients read_coefficients(const Bytes& jpeg) {
  auto coefficients = jpeg::Coefficients::read(jpeg, Limits{});
  REQUIRE_MESSAGE(coefficients, coefficients.error().message);
  return *std::move(coefficients);
}

std::vector<int> coefficients_of(const Bytes& jpeg) {
  const auto read = jpeg::Coefficients::read(jpeg, Limits{});
  REQUIRE_MESSAGE(read, read.error().message);
  std::vector<int> all;
  for (const jpeg::Component& component : read->components()) {
    for (JBLOCKROW row : component.rows)
      for (std::uint32_t x = 0; x < component.blocks_wide; ++x) all.insert(all.end(), row[x], row[x] + 64);
    all.insert(all.end(), component.quant.begin(), component.quant.end());
    all.push_back(static_cast<int>(component.h * 16 + component.v));
    all.push_back(component.id);
  }
  return all;
}

Bytes compress(const Bytes& jpeg, const Options& options) {
  const auto probe = jpeg_format.probe(jpeg, options.limits);
  REQUIRE_MESSAGE(probe, probe.error().message);
  const auto lineup = jpeg_format.lineup(*probe, options);
  REQUIRE_MESSAGE(lineup, lineup.error().message);
  const Subject subject(jpeg, *probe, {}, options.limits);
  Bytes best = jpeg;
  for (const Recipe& recipe : lineup->recipes) {
    auto attempt = recipe.run(subject, best.size() - 1);
    REQUIRE_MESSAGE(attempt, attempt.error().message);
    if (auto* candidate = std::get_if<Candidate>(&*attempt)) best = std::move(candidate->bytes);
  }
  return best;
}

Bytes run_recipe(const Bytes& jpeg, const Options& options, std::string_view name, const Metadata& outgoing) {
  const auto probe = jpeg_format.probe(jpeg, options.limits);
  REQUIRE_MESSAGE(probe, probe.error().message);
  const auto lineup = jpeg_format.lineup(*probe, options);
  REQUIRE_MESSAGE(lineup, lineup.error().message);
  const auto recipe = std::ranges::find(lineup->recipes, name, &Recipe::name);
  REQUIRE(recipe != lineup->recipes.end());
  const Subject subject(jpeg, *probe, outgoing, options.limits);
  auto attempt = recipe->run(subject, SIZE_MAX);
  REQUIRE_MESSAGE(attempt, attempt.error().message);
  auto* candidate = std::get_if<Candidate>(&*attempt);
  REQUIRE(candidate != nullptr);
  return std::move(candidate->bytes);
}

}  // namespace imgc::test
