// Encoded files of every format in the registry, made by the formats themselves from raw pixels.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "imgc/bytes.h"
#include "imgc/image.h"
#include "imgc/options.h"

#include "formats/format.h"

namespace imgc::test {

inline constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

struct NamedImage {
  std::string name;  // for messages
  Image image;
};

// Every colour model at every depth, small and odd-sized; smooth, noisy, and of few colours.
const std::vector<NamedImage>& images();

Options options(Fidelity fidelity, Effort effort = Effort::fast, int quality = 70);

// A file, and what is known of it.
struct Sample {
  const Format* format = nullptr;
  std::string name;
  Bytes bytes;
};

// What `format` makes of images(), exactly where it can and else lossy. Images that it refuses are missing.
std::vector<Sample> samples(const Format& format);
// One of them, with more than a few hundred bytes of pixels.
Sample typical_sample(const Format& format);

// The file that wins `format`'s contest for the subject; nothing when the line-up or every recipe refuses.
std::optional<Bytes> converted(const Subject& subject, const Format& format, const Options& options);

// An attempt's bytes, or nothing when it failed or declined.
std::optional<Bytes> made(const Attempt& attempt);

// A subject that owns its bytes, with all of the file's metadata going out. Not to be moved, so made in
// place.
class FileSubject {
 public:
  FileSubject(const Format& format, Bytes bytes);

  [[nodiscard]] const Subject& operator*() const { return subject_; }
  [[nodiscard]] const Subject* operator->() const { return &subject_; }

 private:
  Bytes bytes_;
  Subject subject_;
};

// Runs `test(format)` for each row of the registry.
template <class Test>
void for_each_format(const Test& test) {
  for (const Format* format : formats()) test(*format);
}

}  // namespace imgc::test
