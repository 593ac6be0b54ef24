#include "image/metadata_policy.h"

#include <doctest/doctest.h>

#include "image/exif.h"

namespace imgc {
namespace {

Metadata everything() {
  Metadata metadata;
  metadata.items = {{MetadataKind::icc, "iCCP", {1}},
                    {MetadataKind::color, "gAMA", {2}},
                    {MetadataKind::exif, "eXIf", minimal_exif(6)},
                    {MetadataKind::xmp, "iTXt", {3}},
                    {MetadataKind::iptc, "APP13", {4}},
                    {MetadataKind::text, "tEXt", {5}},
                    {MetadataKind::time, "tIME", {6}},
                    {MetadataKind::density, "pHYs", {7}},
                    {MetadataKind::other, "prVt", {8}}};
  // More than the orientation, so that the minimal block can be told from it.
  metadata.items[2].data.resize(40);
  metadata.orientation = 6;
  return metadata;
}

}  // namespace

TEST_CASE(
    "metadata: safe keeps what changes how the image looks, and the orientation out of the EXIF block") {
  const Metadata out = apply(MetadataPolicy{}, everything());
  REQUIRE(out.items.size() == 4);
  CHECK(out.find(MetadataKind::icc));
  CHECK(out.find(MetadataKind::color));
  CHECK(out.find(MetadataKind::density));
  REQUIRE(out.find(MetadataKind::exif));
  CHECK(out.find(MetadataKind::exif)->data == minimal_exif(6));
  CHECK(out.orientation == 6);
}

TEST_CASE("metadata: an upright EXIF block leaves nothing behind when it is dropped") {
  Metadata metadata;
  metadata.items = {{MetadataKind::exif, "eXIf", minimal_exif(1)}};
  CHECK(apply(MetadataPolicy{}, metadata).items.empty());
}

TEST_CASE("metadata: with nothing to keep the orientation stays, unless it is named too") {
  MetadataPolicy none;
  none.kinds.clear();
  CHECK(apply(none, everything()).items.size() == 1);
  CHECK(apply(none, everything()).orientation == 6);
  none.orientation = false;
  CHECK(apply(none, everything()).items.empty());
  CHECK(apply(none, everything()).orientation == 1);
}

TEST_CASE("metadata: a whole EXIF block keeps its orientation") {
  MetadataPolicy policy;
  policy.kinds.insert(MetadataKind::exif);
  const Metadata out = apply(policy, everything());
  CHECK(out.find(MetadataKind::exif)->data.size() == 40);
  CHECK(out.orientation == 6);
}

TEST_CASE("metadata: the orientation goes out of a block that stays, when it alone is named") {
  MetadataPolicy policy;
  policy.kinds.insert(MetadataKind::exif);
  policy.orientation = false;
  const Metadata out = apply(policy, everything());
  CHECK(out.find(MetadataKind::exif)->data.size() == 40);
  CHECK(exif_orientation(out.find(MetadataKind::exif)->data) == 1);
  CHECK(out.orientation == 1);
}

TEST_CASE("metadata: names overrule kinds, both ways") {
  MetadataPolicy policy;
  policy.keep_names = {"prVt"};
  policy.drop_names = {"gAMA"};
  const Metadata out = apply(policy, everything());
  CHECK(out.find(MetadataKind::other));
  CHECK_FALSE(out.find(MetadataKind::color));
}

}  // namespace imgc
