#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <lcms2.h>

#include "base/landlock.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "formats/format.h"
#include "journal/report_json.h"

namespace imgc {
namespace {

struct Row {
  const Format* format;
  std::string lossless;  // "yes", "own" when only its own files can be written so, or "no"
  bool lossy;
};

// Whether `format` can be made of such an image with that fidelity: asked of the format itself, so that the
// table can't claim what this build does not do.
bool can_write(const Format& format, const Probe& from, Fidelity fidelity) {
  Options options;
  options.fidelity = fidelity;
  const Result<Lineup> lineup = format.lineup(from, options);
  return lineup && std::ranges::any_of(lineup->recipes,
                                       [&](const Recipe& recipe) { return recipe.fidelity == fidelity; });
}

Probe plain_image(const Format& format, bool lossy) {
  Probe probe;
  probe.format = &format;
  probe.width = 64;
  probe.height = 64;
  probe.lossy = lossy;
  // Better than any quality asked for, so that none is a reason to leave the image alone.
  if (lossy) probe.quality = 100;
  return probe;
}

Row row_of(const Format& format) {
  const auto all = formats();
  const auto can = [&](const Format& from, Fidelity fidelity) {
    return can_write(format, plain_image(from, false), fidelity) ||
           can_write(format, plain_image(from, true), fidelity);
  };
  const bool from_others = std::ranges::any_of(
      all, [&](const Format* other) { return other != &format && can(*other, Fidelity::exact); });
  return {&format,
          from_others                    ? "yes"
          : can(format, Fidelity::exact) ? "own"
                                         : "no",
          can(format, Fidelity::perceptual)};
}

std::string library_of(const Format& format) {
  return fmt::format("{} {}", format.library, format.library_version());
}

Json row_json(const Row& row) {
  Json extensions = Json::array();
  for (const std::string_view extension : row.format->extensions) extensions.push_back(extension);
  return {{"name", row.format->name},
          {"extensions", std::move(extensions)},
          {"reads", true},
          {"writes_lossless", row.lossless},
          {"writes_lossy", row.lossy},
          {"alpha", row.format->holds_alpha},
          {"library", row.format->library},
          {"library_version", row.format->library_version()}};
}

std::string table_text(const std::vector<Row>& rows) {
  const auto line = [](auto... cells) {
    std::string text = fmt::format("{:<8}{:<22}{:<7}{:<16}{:<7}{:<7}{}", cells...);
    return text + '\n';
  };
  const auto yes_no = [](bool value) { return value ? "yes" : "no"; };
  std::string text = line("FORMAT", "EXTENSIONS", "READS", "LOSSLESS", "LOSSY", "ALPHA", "LIBRARY");
  for (const Row& row : rows)
    text += line(row.format->name, fmt::format("{}", fmt::join(row.format->extensions, " ")), "yes",
                 row.lossless == "own" ? "own files only" : row.lossless, yes_no(row.lossy),
                 yes_no(row.format->holds_alpha), library_of(*row.format));
  return text;
}

}  // namespace

int list_formats(bool json) {
  std::vector<Row> rows;
  for (const Format* format : formats()) rows.push_back(row_of(*format));
  if (!json) return print_output(table_text(rows));
  Json list = Json::array();
  for (const Row& row : rows) list.push_back(row_json(row));
  return print_output(compact(list) + '\n');
}

std::string version_text(const std::vector<std::string>& more) {
  std::vector<std::string> others = more;
  const int lcms = cmsGetEncodedCMMversion();
  others.push_back(fmt::format("lcms2 {}.{}", lcms / 1000, lcms % 1000 / 10));
  std::string text = fmt::format("imgc {}\n", IMGC_VERSION);
  for (const LibraryVersion& library : library_versions(others))
    text += fmt::format("{} {}\n", library.name, library.version);
  const unsigned landlock = landlock_version();
  text += landlock > 0 ? fmt::format("sandbox: Landlock {}\n", landlock)
                       : std::string("sandbox: none, since this kernel has no Landlock\n");
  // The licence that a binary comes under depends on this.
  text += IMGC_WITH_IMAGEQUANT ? "lossy PNG: yes, through libimagequant (GPL-3.0-or-later)"
                               : "lossy PNG: not in this build, which is without libimagequant";
  return text;
}

}  // namespace imgc
