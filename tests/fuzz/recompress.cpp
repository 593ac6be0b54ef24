// From any bytes through every fast recipe and back: exact results must have equal pixels.
#include "formats/format.h"
#include "fuzz/limits.h"
#include "image/convert.h"

namespace {

using imgc::fuzz::require;

// Pixels beyond this are left to the other targets, so that recipes stay quick.
constexpr std::uint64_t most_pixels = 64'000;

void check(const imgc::Subject& subject, const imgc::Format& target, const imgc::Recipe& recipe) {
  const std::size_t unbounded = static_cast<std::size_t>(-1);
  const imgc::Attempt attempt = recipe.run(subject, unbounded);
  if (!attempt) {
    require(attempt.error().code != imgc::ErrorCode::internal, attempt.error().message.c_str());
    return;
  }
  const auto* candidate = std::get_if<imgc::Candidate>(&*attempt);
  if (candidate == nullptr) return;
  const auto decoded = target.decode(candidate->bytes, imgc::Limits{});
  // A recipe that copies coefficients or bitstreams may do so from an image that is cut off.
  if (!subject.pixels()) return;
  require(decoded.has_value(), "the result does not decode");
  if (recipe.fidelity == imgc::Fidelity::exact)
    require(imgc::same_pixels(*subject.pixels(), *decoded), "an exact recipe changed pixels");
  require(decoded->width == subject.probe().width && decoded->height == subject.probe().height,
          "the result has another size");
}

void recompress(const imgc::Format& source, const imgc::Probe& probe, const imgc::Format& target,
                imgc::ByteView bytes) {
  const auto metadata = source.metadata(bytes, imgc::fuzz::limits());
  if (!metadata) return;
  const imgc::Subject subject(bytes, probe, *metadata, imgc::fuzz::limits());
  for (const imgc::Fidelity fidelity : {imgc::Fidelity::exact, imgc::Fidelity::perceptual}) {
    imgc::Options options;
    options.fidelity = fidelity;
    options.effort = imgc::Effort::fast;
    options.quality.all = {0, 60};
    options.background = imgc::Rgb{255, 255, 255};
    const auto lineup = target.lineup(probe, options);
    if (!lineup) continue;
    for (const imgc::Recipe& recipe : lineup->recipes) check(subject, target, recipe);
  }
}

// Row by row, and compared so.
void recompress_lean(const imgc::Format& format, const imgc::Probe& probe, imgc::ByteView bytes) {
  const auto metadata = format.metadata(bytes, imgc::fuzz::limits());
  if (!metadata || format.lean_lineup == nullptr) return;
  const imgc::Subject subject(bytes, probe, *metadata, imgc::fuzz::limits());
  imgc::Options options;
  options.effort = imgc::Effort::fast;
  const auto lineup = format.lean_lineup(probe, options);
  if (!lineup) return;
  const imgc::Attempt attempt = lineup->recipes[0].run(subject, bytes.size());
  if (!attempt) {
    require(attempt.error().code != imgc::ErrorCode::internal, attempt.error().message.c_str());
    return;
  }
  const auto* candidate = std::get_if<imgc::Candidate>(&*attempt);
  if (candidate == nullptr) return;
  const auto same = format.same_picture(bytes, candidate->bytes, imgc::fuzz::limits());
  require(same.has_value(), "a lean result does not decode");
  require(*same, "a lean recipe changed pixels");
}

// Three quarters after one quarter show what was there.
void turn_around(const imgc::Format& format, imgc::ByteView bytes) {
  if (format.turn_file == nullptr) return;
  const auto quarter = format.turn_file(bytes, imgc::rotation(90), imgc::fuzz::limits());
  if (!quarter || !*quarter) return;
  const auto around = format.turn_file(**quarter, imgc::rotation(270), imgc::fuzz::limits());
  const auto before = format.decode(bytes, imgc::fuzz::limits());
  if (!before) return;
  require(around.has_value(), "a turned file can't be read");
  if (!*around) return;
  const auto after = format.decode(**around, imgc::Limits{});
  require(after.has_value(), "a turned file does not decode");
  require(imgc::same_pixels(*before, *after), "turning around changed pixels");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const imgc::ByteView bytes(data, size);
  const imgc::Format* source = imgc::sniff(bytes);
  if (source == nullptr) return 0;
  const auto probe = source->probe(bytes, imgc::fuzz::limits());
  if (!probe || probe->untouchable || probe->pixel_count() > most_pixels) return 0;
  // The last byte chooses the target, and the rest stays a file.
  const auto targets = imgc::formats();
  turn_around(*source, bytes);
  recompress(*source, *probe, *source, bytes);
  recompress_lean(*source, *probe, bytes);
  recompress(*source, *probe, *targets[data[size - 1] % targets.size()], bytes);
  return 0;
}
