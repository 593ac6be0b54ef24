#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "engine/parallel.h"
#include "formats/format.h"
#include "image/metric.h"
#include "image/ssimulacra2.h"
#include "image/turn.h"
#include "journal/report_json.h"
#include "store/local.h"
#include "store/stream.h"

namespace imgc {
namespace {

struct Decoded {
  Image image;
  Metadata metadata;

  [[nodiscard]] Picture picture() const { return {image, metadata}; }
};

struct Scores {
  double ssimulacra2 = 0;
  double psnr = 0;
};

Result<Decoded> decode(Store& store, const std::string& file, const Limits& limits) {
  const Result<Blob> blob = store.read(file, limits.memory);
  if (!blob) return tl::unexpected(blob.error());
  const Format* format = sniff(blob->bytes);
  if (format == nullptr) {
    const std::string_view foreign = foreign_format(blob->bytes);
    return fail(ErrorCode::unsupported, foreign.empty() ? "not an image that imgc knows"
                                                        : fmt::format("{} is not supported", foreign));
  }
  Result<Metadata> metadata = format->metadata(blob->bytes, limits);
  if (!metadata) return tl::unexpected(std::move(metadata.error()));
  Result<Image> image = format->decode(blob->bytes, limits);
  if (!image) return tl::unexpected(std::move(image.error()));
  const Turn turn = turn_of_orientation(metadata->orientation);
  return Decoded{turn.is_none() ? *std::move(image) : turned(*image, turn), *std::move(metadata)};
}

// Pair by pair: a ScoreReference would save little here, and an image of 500 megapixels would need 8 GB for
// it.
Result<Scores> compare(const Decoded& reference, const Decoded& distorted) {
  const Result<double> value = score(reference.picture(), distorted.picture(), in_parallel());
  if (!value) return tl::unexpected(value.error());
  return Scores{*value, psnr(reference.image, distorted.image)};
}

std::string line(const std::string& file, const Scores& scores) {
  return fmt::format("{:>11.4f} {:>9.2f}  {}\n", scores.ssimulacra2, scores.psnr, printable(file));
}

std::string json_line(const std::string& reference, const std::string& file, const Result<Scores>& scores) {
  Json json = Json::object();
  put_name(json, "reference", reference);
  put_name(json, "file", file);
  if (scores) {
    json["ssimulacra2"] = scores->ssimulacra2;
    json["psnr"] = scores->psnr;
  } else {
    json["error"] = {{"code", name(scores.error().code)},
                     {"message", replace_invalid_utf8(scores.error().message)}};
  }
  return compact(json) + '\n';
}

void complain(const std::string& file, const Error& error) {
  fmt::print(stderr, "imgc: {}: {}\n", printable(file), printable(error.message));
}

}  // namespace

int score_files(const std::string& reference, const std::vector<std::string>& files, bool json,
                const Limits& limits) {
  LocalStore local({.remove_litter = false});
  StreamStore store(local, limits.memory);
  const Result<Decoded> first = decode(store, reference, limits);
  if (!first) {
    complain(reference, first.error());
    return exit_some_failed;
  }
  if (!json)
    if (print_output("SSIMULACRA2   PSNR dB  file\n") != exit_done) return exit_some_failed;
  int exit_code = exit_done;
  for (const std::string& file : files) {
    const Result<Scores> scores = decode(store, file, limits).and_then([&](const Decoded& distorted) {
      return compare(*first, distorted);
    });
    if (!scores) {
      complain(file, scores.error());
      exit_code = exit_some_failed;
    }
    const std::string text = json     ? json_line(reference, file, scores)
                             : scores ? line(file, *scores)
                                      : std::string();
    if (print_output(text) != exit_done) return exit_some_failed;
  }
  return exit_code;
}

}  // namespace imgc
