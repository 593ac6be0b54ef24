#include "image/metadata_policy.h"

#include "image/exif.h"

namespace imgc {
namespace {

bool keeps(const MetadataPolicy& policy, const MetadataItem& item) {
  if (policy.keep_names.contains(item.name)) return true;
  if (policy.drop_names.contains(item.name)) return false;
  return policy.kinds.contains(item.kind);
}

}  // namespace

Metadata apply(const MetadataPolicy& policy, const Metadata& metadata) {
  Metadata out;
  for (const MetadataItem& item : metadata.items) {
    if (keeps(policy, item)) {
      out.items.push_back(item);
    } else if (item.kind == MetadataKind::exif && policy.orientation && exif_orientation(item.data) != 1) {
      out.items.push_back({MetadataKind::exif, item.name, minimal_exif(exif_orientation(item.data))});
    }
  }
  if (const MetadataItem* exif = out.find(MetadataKind::exif)) out.orientation = exif_orientation(exif->data);
  return out;
}

}  // namespace imgc
