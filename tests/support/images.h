// Images for tests, made and not stored, and where the stored ones are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "imgc/bytes.h"
#include "imgc/image.h"

namespace imgc::test {

// A smooth, slightly textured image; alpha runs from 0 to full when the model has it.
Image gradient(std::uint32_t width, std::uint32_t height, ColorModel model, unsigned depth = 8);
// Deterministic noise: the worst case of every codec.
Image noise(std::uint32_t width, std::uint32_t height, ColorModel model, unsigned depth = 8,
            std::uint32_t seed = 1);
// Opaque gray in RGBA, from black at the left to white at the right.
Image slope(std::uint32_t width, std::uint32_t height);
// `colors` flat colours in blocks, like an icon or a chart.
Image blocks(std::uint32_t width, std::uint32_t height, unsigned colors, bool alpha = false);

Bytes read_file(const std::filesystem::path& path);
std::filesystem::path testdata(const std::string& name);
// ../shared/corpus or $IMGC_CORPUS, when it is there; else says that the test is skipped.
std::optional<std::filesystem::path> shared_corpus();

}  // namespace imgc::test
