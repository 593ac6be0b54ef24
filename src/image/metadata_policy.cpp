#include "image/metadata_policy.h"

#include "image/exif.h"

namespace imgc {
namespace {

bool keeps(const MetadataPolicy& policy, const MetadataItem& item) {
  if (policy.keep_names.contains(item.name)) return true;
  if (policy.drop_names.contains(item.name)) return false;
  return policy.kinds.contains(item.kind);
}

// What of an EXIF block does not go out with it.
void trim(Bytes& exif, const MetadataPolicy& policy) {
  if (!policy.orientation && exif_orientation(exif) != 1) exif = with_orientation(exif, 1);
  if (!policy.thumbnail) exif = without_thumbnail(exif);
}

}  // namespace

Metadata apply(const MetadataPolicy& policy, const Metadata& metadata) {
  Metadata out;
  // Viewers find a motion photo's film or a gain map by what its XMP says of it.
  MetadataPolicy wider = policy;
  const MetadataItem* attached = metadata.find(MetadataKind::attached);
  if (attached != nullptr && keeps(policy, *attached)) wider.kinds.insert(MetadataKind::xmp);
  for (const MetadataItem& item : metadata.items) {
    if (keeps(wider, item)) {
      out.items.push_back(item);
      if (item.kind == MetadataKind::exif) trim(out.items.back().data, policy);
    } else if (item.kind == MetadataKind::exif && policy.orientation && exif_orientation(item.data) != 1) {
      out.items.push_back({MetadataKind::exif, item.name, minimal_exif(exif_orientation(item.data))});
    }
  }
  if (const MetadataItem* exif = out.find(MetadataKind::exif)) out.orientation = exif_orientation(exif->data);
  return out;
}

}  // namespace imgc
