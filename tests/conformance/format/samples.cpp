#include "conformance/format/samples.h"

#include <algorithm>
#include <iterator>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "conformance/format/raw_format.h"
#include "engine/contest.h"
#include "support/images.h"

namespace imgc::test {
namespace {

std::string_view name(ColorModel model) {
  switch (model) {
    case ColorModel::gray:
      return "gray";
    case ColorModel::gray_alpha:
      return "gray and alpha";
    case ColorModel::rgb:
      return "rgb";
    case ColorModel::rgba:
      return "rgba";
    case ColorModel::cmyk:
      return "cmyk";
  }
  return "?";
}

std::vector<NamedImage> make_images() {
  std::vector<NamedImage> images;
  for (const ColorModel model :
       {ColorModel::gray, ColorModel::gray_alpha, ColorModel::rgb, ColorModel::rgba, ColorModel::cmyk}) {
    for (const unsigned depth : {8U, 16U}) {
      const auto add = [&](std::string_view kind, Image image) {
        images.push_back(
            {fmt::format("{} {}x{}, {}, {} bits", kind, image.width, image.height, name(model), depth),
             std::move(image)});
      };
      add("gradient", gradient(61, 37, model, depth));
      add("noise", noise(19, 23, model, depth));
      add("gradient", gradient(1, 1, model, depth));
      add("gradient", gradient(3, 70, model, depth));
    }
  }
  images.push_back({"two colours", blocks(50, 33, 2)});
  images.push_back({"nine colours with alpha", blocks(50, 33, 9, true)});
  images.push_back({"300 colours", blocks(160, 170, 300)});
  // Opaque 16-bit gray that 8-bit rgb without alpha says as well.
  Image reducible = gradient(40, 20, ColorModel::rgba, 16);
  for (std::size_t i = 0; i < reducible.pixels.size(); i += 8) {
    const std::uint8_t value = reducible.pixels[i + 1];
    std::fill_n(reducible.pixels.begin() + static_cast<std::ptrdiff_t>(i), 6, value);
    std::fill_n(reducible.pixels.begin() + static_cast<std::ptrdiff_t>(i) + 6, 2, std::uint8_t{255});
  }
  images.push_back({"reducible 16-bit rgba", std::move(reducible)});
  return images;
}

Metadata all_metadata(const Format& format, ByteView bytes) {
  auto metadata = format.metadata(bytes, Limits{});
  REQUIRE(metadata.has_value());
  return *std::move(metadata);
}

Probe probed(const Format& format, ByteView bytes) {
  auto probe = format.probe(bytes, Limits{});
  REQUIRE(probe.has_value());
  return *std::move(probe);
}

}  // namespace

const std::vector<NamedImage>& images() {
  static const std::vector<NamedImage> all = make_images();
  return all;
}

Options options(Fidelity fidelity, Effort effort, int quality) {
  Options options;
  options.fidelity = fidelity;
  options.effort = effort;
  options.quality.all = {0, quality};
  options.background = Rgb{255, 255, 255};
  return options;
}

std::optional<Bytes> made(const Attempt& attempt) {
  if (!attempt) return std::nullopt;
  const auto* candidate = std::get_if<Candidate>(&*attempt);
  if (candidate == nullptr) return std::nullopt;
  return candidate->bytes;
}

std::optional<Bytes> converted(const Subject& subject, const Format& format, const Options& options) {
  const auto lineup = format.lineup(subject.probe(), options);
  if (!lineup) return std::nullopt;
  ContestResult result = contest(*lineup, subject, unbounded);
  if (!result.winner) return std::nullopt;
  return std::move(result.winner->candidate.bytes);
}

std::vector<Sample> samples(const Format& format) {
  std::vector<Sample> found;
  for (const NamedImage& each : images()) {
    const RawSubject subject(each.image);
    auto bytes = converted(*subject, format, options(Fidelity::exact));
    if (!bytes) bytes = converted(*subject, format, options(Fidelity::perceptual, Effort::fast, 90));
    if (bytes) found.push_back({&format, each.name, *std::move(bytes)});
  }
  REQUIRE_FALSE(found.empty());
  return found;
}

Sample typical_sample(const Format& format) {
  const RawSubject subject(gradient(61, 37, ColorModel::rgb));
  auto bytes = converted(*subject, format, options(Fidelity::exact));
  if (!bytes) bytes = converted(*subject, format, options(Fidelity::perceptual, Effort::fast, 90));
  REQUIRE(bytes.has_value());
  return {&format, "gradient 61x37", *std::move(bytes)};
}

FileSubject::FileSubject(const Format& format, Bytes bytes)
    : bytes_(std::move(bytes)),
      subject_(bytes_, probed(format, bytes_), all_metadata(format, bytes_), Limits{}) {}

}  // namespace imgc::test
