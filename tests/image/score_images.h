// Pairs of images to score, made by integers alone so that every machine makes the same.
#pragma once

#include <string>
#include <vector>

#include "imgc/image.h"

namespace imgc::test {

// Several octaves of value noise: smooth and rough in places, as a photograph is.
Image fractal(std::uint32_t width, std::uint32_t height, ColorModel model, unsigned depth = 8);
// Dark strokes on a light ground.
Image strokes(std::uint32_t width, std::uint32_t height);
// A half transparent ring on nothing, in changing colours.
Image ring(std::uint32_t width, std::uint32_t height);

Image posterised(Image image, unsigned levels);
Image blurred(const Image& image);
Image noisy(Image image, unsigned amplitude);
Image in_blocks(Image image);
Image tinted(Image image, unsigned channel, int by);

// PNG's gAMA and cHRM for a gamma of 1.8 and the primaries of Adobe RGB.
Metadata wide_gamut();

struct ScoredPair {
  std::string name;
  Image reference;
  Image distorted;
  Metadata metadata;  // of both
  double score = 0;   // by the published program
};
std::vector<ScoredPair> scored_pairs();

}  // namespace imgc::test
