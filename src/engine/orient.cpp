#include "engine/orient.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "image/exif.h"

namespace imgc {
namespace {

void set_orientation(Metadata& metadata, int orientation) {
  metadata.orientation = orientation;
  const auto exif = std::ranges::find(metadata.items, MetadataKind::exif, &MetadataItem::kind);
  if (exif != metadata.items.end())
    exif->data = with_orientation(exif->data, orientation);
  else if (orientation != 1)
    metadata.items.push_back({MetadataKind::exif, "EXIF", minimal_exif(orientation)});
}

// What speaks of the pixels as they lay in the file.
void turn_metadata(Metadata& metadata, Turn turn) {
  constexpr std::size_t density_bytes = 9;
  for (MetadataItem& item : metadata.items) {
    if (item.kind == MetadataKind::exif) item.data = exif_of_turned(item.data, turn.transposed);
    if (item.kind == MetadataKind::density && item.data.size() == density_bytes && turn.transposed)
      std::swap_ranges(item.data.begin(), item.data.begin() + 4, item.data.begin() + 4);
  }
}

// The tag says what the pixels do not show.
Result<Oriented> by_tag(const Options& options, Metadata& metadata, int orientation, std::string why) {
  Oriented result;
  result.differs = metadata.orientation != orientation;
  result.note = Reason{"turned_by_tag", fmt::format("turned by its orientation tag alone: {}", why)};
  if (options.rotate != 0 && !options.metadata.orientation)
    return fail(ErrorCode::refused, fmt::format("can't be turned but by its orientation tag, which --strip "
                                                "drops: {}",
                                                why));
  set_orientation(metadata, orientation);
  return result;
}

// Why the pixels have to stay as they are.
std::optional<std::string> obstacle(const Probe& probe, const Format& target, const Options& options,
                                    bool by_rows, const Metadata& metadata) {
  if (probe.animated) return "it is animated";
  if (by_rows) return "its rows don't fit into the memory limit at once";
  const bool stays = &target == probe.format;
  if (stays && metadata.find(MetadataKind::attached) != nullptr &&
      options.metadata.kinds.contains(MetadataKind::attached))
    return "what stands behind the image goes by how it lies; --strip attached drops that";
  return std::nullopt;
}

bool is_turning(const Options& options, const Probe& probe, const Format& target) {
  const bool tag_would_be_lost = &target != probe.format && options.metadata.orientation;
  return options.auto_orient || options.rotate != 0 || tag_would_be_lost;
}

}  // namespace

Turn asked_turn(const Options& options, const Probe& probe, const Format& target) {
  if (!is_turning(options, probe, target)) return {};
  return then(turn_of_orientation(probe.orientation), rotation(options.rotate));
}

Result<Oriented> orient(ByteView bytes, const Probe& probe, const Format& target, const Options& options,
                        const Limits& limits, bool by_rows, Metadata& metadata) {
  Oriented result;
  if (!is_turning(options, probe, target)) return result;
  const Turn turn = asked_turn(options, probe, target);
  if (turn.is_none()) {
    result.differs = metadata.orientation != 1;
    set_orientation(metadata, 1);
    return result;
  }
  if (auto why = obstacle(probe, target, options, by_rows, metadata))
    return by_tag(options, metadata, orientation_of(turn), *std::move(why));
  const bool in_own_coding = &target == probe.format && target.turn_file != nullptr;
  if (in_own_coding) {
    auto file = target.turn_file(bytes, turn, limits);
    if (!file) return tl::unexpected(std::move(file.error()));
    if (*file) result.file = **std::move(file);
  }
  const bool would_lose =
      result.file.empty() && &target == probe.format && probe.lossy && target.codes_photographs;
  if (would_lose && options.fidelity == Fidelity::exact)
    return by_tag(options, metadata, orientation_of(turn),
                  in_own_coding ? "a side ends inside a block, so that its pixels can only be turned --lossy"
                                : "its pixels can only be turned --lossy");
  result.differs = true;
  if (result.file.empty()) result.turn = turn;
  set_orientation(metadata, 1);
  turn_metadata(metadata, turn);
  return result;
}

}  // namespace imgc
