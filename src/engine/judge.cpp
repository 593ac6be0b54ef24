#include "engine/judge.h"

#include <algorithm>

#include "image/convert.h"

namespace imgc {

Result<void> Judge::prepare() {
  const Result<Image>& pixels = subject_.pixels();
  if (!pixels) return tl::unexpected(pixels.error());
  if (target_.holds_alpha || !has_transparency(*pixels)) {
    reference_.emplace(Picture{*pixels, subject_.metadata()});
  } else {
    const Image flattened = flatten(*pixels, background_.value_or(Rgb{}));
    reference_.emplace(Picture{flattened, subject_.metadata()});
  }
  return {};
}

Result<double> Judge::score(ByteView candidate) {
  if (!reference_)
    if (auto ready = prepare(); !ready) return tl::unexpected(std::move(ready.error()));
  const Result<Image> made = target_.decode(candidate, subject_.limits());
  if (!made) return tl::unexpected(made.error());
  Scored now{made->model, made->depth, digest_of(made->pixels), 0};
  const auto same = std::ranges::find_if(scored_, [&](const Scored& before) {
    return before.model == now.model && before.depth == now.depth && before.pixels == now.pixels;
  });
  if (same != scored_.end()) return same->score;
  Result<double> score = reference_->score({*made, subject_.metadata()}, subject_.for_each());
  if (!score) return score;
  now.score = *score;
  scored_.push_back(now);
  return score;
}

std::uint64_t Judge::working_bytes(const Probe& probe) {
  return ScoreReference::held_bytes(probe) + ScoreReference::working_bytes(probe) + probe.decoded_bytes();
}

}  // namespace imgc
