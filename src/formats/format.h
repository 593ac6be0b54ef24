// The seam between the engine and the formats: a format is a constant table of functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "imgc/bytes.h"
#include "imgc/image.h"
#include "imgc/options.h"
#include "imgc/result.h"

#include "base/for_each.h"
#include "formats/finals.h"
#include "image/turn.h"

namespace imgc {

// One image on its way through the engine: the original bytes, what its header says, the metadata that is to
// go out, and the pixels, decoded when first asked for. Safe to share between the candidates' threads.
class Subject {
 public:
  // With a `turn` the probe becomes that of the turned picture.
  Subject(ByteView bytes, Probe probe, Metadata outgoing, const Limits& limits, Turn turn = {});
  ~Subject();
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  [[nodiscard]] ByteView bytes() const { return bytes_; }
  [[nodiscard]] const Probe& probe() const { return probe_; }
  [[nodiscard]] const Metadata& metadata() const { return outgoing_; }
  [[nodiscard]] const Limits& limits() const { return limits_; }
  // For the parts of one candidate that can be made at the same time.
  [[nodiscard]] const ForEach& for_each() const { return for_each_; }
  void set_for_each(ForEach for_each) { for_each_ = std::move(for_each); }
  [[nodiscard]] const Result<Image>& pixels() const;
  [[nodiscard]] bool is_decoded() const;
  // How long pixels() took when it was first called; 0 before.
  [[nodiscard]] double decode_ms() const;

 private:
  struct Decoded;
  ByteView bytes_;
  Probe probe_;
  Metadata outgoing_;
  Limits limits_;
  ForEach for_each_ = one_after_the_other;
  Turn turn_;
  std::unique_ptr<Decoded> decoded_;
};

// What the picture of such a file will be when its pixels have been turned.
Probe turned(Probe probe, Turn turn);
// Whether recipes may build on how the image is coded in its file, which is one of this format.
bool is_coded_as(const Probe& probe, const Format& format);

struct Candidate {
  Bytes bytes;
  std::optional<int> quality;  // that was used, for a lossy recipe
};

// A recipe that has nothing to offer for this image; not an error.
struct Declined {
  // Worth telling the user (below the minimum quality, …); absent when it is only larger than the bound.
  std::optional<Reason> reason;
  // The reason is why the file is kept as it is, not a note beside another one.
  bool conclusive = false;
};

using Attempt = Result<std::variant<Candidate, Declined>>;
// An estimated size to rank by, or Declined.
using Estimate = Result<std::variant<std::size_t, Declined>>;

// A named way to make a candidate. Pure: the same subject gives the same bytes on any thread.
struct Recipe {
  std::string name;  // as in the report, for example "png-paeth"
  Fidelity fidelity = Fidelity::exact;
  std::uint64_t working_bytes = 0;  // peak memory beside the subject's bytes and pixels
  // Cheap and only good for ranking; without one the recipe always runs.
  std::function<Estimate(const Subject&)> estimate;
  // May give up as soon as the result is sure to be larger than `bound` bytes; a result of exactly `bound`
  // must be returned, or the outcome would depend on which candidate ended first.
  std::function<Attempt(const Subject&, std::size_t bound)> run;
  bool divides = false;  // run works on several parts at the same time
  // Makes what recipes of the line-up share, with the help of all threads; may be missing. Before all
  // estimates, of which those that found it in the making would only wait for it.
  std::function<void(const Subject&)> prepare = nullptr;
};

// The candidates for one image. Among equal sizes the earlier recipe wins.
struct Lineup {
  std::vector<Recipe> recipes;
  Finals finals;
  std::optional<Reason> note;  // why these and no others, for example already_at_quality
};

// Decodes a picture from the top, for those who need not hold it whole.
class StripReader {
 public:
  StripReader() = default;
  StripReader(const StripReader&) = delete;
  StripReader& operator=(const StripReader&) = delete;
  virtual ~StripReader() = default;

  // The next so many rows, or those that are left.
  [[nodiscard]] virtual Result<Image> next(std::uint32_t rows) = 0;
};

// A stretch of the file as `imgc inspect` shows it.
struct Segment {
  std::string name;  // "IHDR", "APP1 Exif", "VP8L"
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;  // with its header and check sum
};

struct Format {
  std::string_view name;  // "png"; also the extension of converted outputs, unless extensions says otherwise
  std::span<const std::string_view> extensions;  // lower case, without the dot, the preferred one first
  std::string_view library;                      // for `imgc formats`, what reads and writes it
  std::string (*library_version)();
  bool holds_alpha;
  // Has recipes that aim at Options::target, for a minimum quality that nothing else reaches.
  bool rounds = false;
  bool codes_photographs = false;  // has a lossy coding, so that a lossy image is not much larger in it
  bool (*sniff)(ByteView);
  // From as little of the file as its header needs. `truncated` means that more bytes may help.
  Result<Probe> (*probe)(ByteView, const Limits&);
  Result<Metadata> (*metadata)(ByteView, const Limits&);
  Result<Image> (*decode)(ByteView, const Limits&);
  // The most that decode takes beside the file and the pixels. Null where that is next to nothing.
  std::uint64_t (*decoding_bytes)(const Probe&) = nullptr;
  // What decode gives, in strips. Null where decode is all there is.
  Result<std::unique_ptr<StripReader>> (*read_strips)(ByteView, const Limits&) = nullptr;
  std::vector<Segment> (*segments)(ByteView);
  // The same image turned in its own coding, where turning its pixels would lose more: nothing when that
  // can't be done without loss. With what it takes beside the bytes and the result. Both null where no coding
  // loses.
  Result<std::optional<Bytes>> (*turn_file)(ByteView, Turn, const Limits&) = nullptr;
  std::uint64_t (*turning_bytes)(const Probe&) = nullptr;
  // How to make this format from an image of `probe.format`, which may be another one. An error says why it
  // can't be done without losing something.
  Result<Lineup> (*lineup)(const Probe&, const Options&);
  // What a search for a score feels its way with: a line-up of little effort whose lossy results' scores rise
  // with the quality. Null when that of the least effort does so.
  Result<Lineup> (*scouts)(const Probe&, const Options&) = nullptr;
  // For a file of this very format that is too large for that: exact recipes that never touch
  // Subject::pixels(), and whose working_bytes hold beside the file and a result that is no larger. An error
  // says why this image can't be made so. Null where the format has no such way.
  Result<Lineup> (*lean_lineup)(const Probe&, const Options&) = nullptr;
  // Whether two files of this format show the same at full depth, in every frame, found without holding
  // either image whole. An error when one does not decode. Null only where there is no need for it:
  // without lean_lineup, and with animations that lineup refuses.
  Result<bool> (*same_picture)(ByteView, ByteView, const Limits&) = nullptr;
};

// Every format, in the order `imgc formats` lists them.
std::span<const Format* const> formats();
// By content; null when none knows it.
const Format* sniff(ByteView bytes);
// How much of a file's beginning is enough for sniff and foreign_format.
inline constexpr std::size_t sniff_bytes = 64;
const Format* format_named(std::string_view name);
const Format* format_by_extension(std::string_view extension);
// The file name with the preferred extension of `format` in place of another format's, or behind one that is
// no format's; as it is when it has an extension of `format`.
std::string named_as(std::string_view name, const Format& format);
// The name of an image format that imgc recognises but does not handle ("GIF"), for a better message.
std::string_view foreign_format(ByteView bytes);

}  // namespace imgc
