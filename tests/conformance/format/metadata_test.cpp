// What travels beside the pixels, through every recipe.
#include <doctest/doctest.h>
#include <lcms2.h>

#include "conformance/format/raw_format.h"
#include "conformance/format/samples.h"
#include "image/exif.h"
#include "image/metadata_policy.h"
#include "support/images.h"

namespace imgc::test {
namespace {

Bytes srgb_profile() {
  cmsHPROFILE profile = cmsCreate_sRGBProfile();
  cmsUInt32Number size = 0;
  REQUIRE(cmsSaveProfileToMem(profile, nullptr, &size) != 0);
  Bytes bytes(size);
  REQUIRE(cmsSaveProfileToMem(profile, bytes.data(), &size) != 0);
  cmsCloseProfile(profile);
  return bytes;
}

// Longer than one JPEG segment, and not to be compressed; the header says so.
Bytes long_profile() {
  Bytes bytes = srgb_profile();
  const Bytes filler = noise(200, 120, ColorModel::rgb).pixels;
  bytes.insert(bytes.end(), filler.begin(), filler.end());
  for (unsigned i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(bytes.size() >> (8U * (3 - i)));
  return bytes;
}

Bytes xmp_packet() {
  const std::string_view text =
      "<?xpacket begin=\"\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>"
      "<?xpacket end=\"r\"?>";
  return Bytes(text.begin(), text.end());
}

Metadata everything(Bytes icc) {
  Metadata metadata;
  metadata.items = {{MetadataKind::icc, "ICC", std::move(icc)},
                    {MetadataKind::exif, "EXIF", minimal_exif(6)},
                    {MetadataKind::xmp, "XMP", xmp_packet()}};
  metadata.orientation = 6;
  return metadata;
}

void check_carries(const Format& format, const Bytes& file, const Metadata& expected) {
  const auto metadata = format.metadata(file, Limits{});
  REQUIRE(metadata.has_value());
  for (const MetadataItem& item : expected.items) {
    const MetadataItem* found = metadata->find(item.kind);
    REQUIRE(found != nullptr);
    CHECK((found->data == item.data));
  }
  CHECK(metadata->items.size() == expected.items.size());
  CHECK(metadata->orientation == expected.orientation);
  const auto probe = format.probe(file, Limits{});
  REQUIRE(probe.has_value());
  CHECK(probe->orientation == expected.orientation);
  CHECK_FALSE(probe->untouchable.has_value());
}

template <class Test>
void for_each_result(const Subject& subject, const Format& format, const Test& test) {
  for (const Fidelity fidelity : {Fidelity::exact, Fidelity::perceptual}) {
    const auto lineup = format.lineup(subject.probe(), options(fidelity));
    if (!lineup) continue;
    for (const Recipe& recipe : lineup->recipes) {
      INFO(std::string(format.name), ", ", recipe.name);
      const auto bytes = made(recipe.run(subject, unbounded));
      if (bytes) test(*bytes);
    }
  }
}

}  // namespace

TEST_CASE("metadata: profile, EXIF, orientation and XMP go through every recipe from pixels") {
  for_each_format([](const Format& format) {
    for (const Bytes& icc : {srgb_profile(), long_profile()}) {
      const Metadata all = everything(icc);
      const RawSubject subject(gradient(61, 37, ColorModel::rgb), all);
      unsigned results = 0;
      for_each_result(*subject, format, [&](const Bytes& file) {
        check_carries(format, file, all);
        ++results;
      });
      CHECK(results > 0);
    }
  });
}

TEST_CASE("metadata: profile, EXIF, orientation and XMP go from any format to any other") {
  const Metadata all = everything(srgb_profile());
  for_each_format([&](const Format& source) {
    const RawSubject raw(gradient(61, 37, ColorModel::rgb), all);
    auto file = converted(*raw, source, options(Fidelity::exact));
    if (!file) file = converted(*raw, source, options(Fidelity::perceptual, Effort::fast, 90));
    REQUIRE(file.has_value());
    const FileSubject subject(source, *file);
    CHECK(subject->probe().orientation == 6);
    for_each_format([&](const Format& target) {
      INFO("from ", std::string(source.name));
      for_each_result(*subject, target, [&](const Bytes& made) { check_carries(target, made, all); });
    });
  });
}

TEST_CASE("metadata: what does not go out is gone, but the orientation stays by default") {
  const Metadata all = everything(srgb_profile());
  const Metadata safe = apply(MetadataPolicy{}, all);
  REQUIRE(safe.items.size() == 2);
  MetadataPolicy nothing;
  nothing.kinds.clear();
  nothing.orientation = false;
  for_each_format([&](const Format& format) {
    const RawSubject raw(gradient(61, 37, ColorModel::rgb), all);
    auto file = converted(*raw, format, options(Fidelity::exact));
    if (!file) file = converted(*raw, format, options(Fidelity::perceptual, Effort::fast, 90));
    REQUIRE(file.has_value());
    const auto probe = format.probe(*file, Limits{});
    const auto metadata = format.metadata(*file, Limits{});
    REQUIRE(metadata.has_value());
    const Subject stripped(*file, *probe, apply(MetadataPolicy{}, *metadata), Limits{});
    for_each_result(stripped, format, [&](const Bytes& made) { check_carries(format, made, safe); });
    const Subject bare(*file, *probe, apply(nothing, *metadata), Limits{});
    for_each_result(bare, format, [&](const Bytes& made) { check_carries(format, made, {}); });
  });
}

TEST_CASE("metadata: keeping all of it keeps a file's own chunks through its exact recipes") {
  const Metadata all = everything(srgb_profile());
  for_each_format([&](const Format& format) {
    const RawSubject raw(gradient(61, 37, ColorModel::rgb), all);
    auto file = converted(*raw, format, options(Fidelity::exact));
    if (!file) file = converted(*raw, format, options(Fidelity::perceptual, Effort::fast, 90));
    REQUIRE(file.has_value());
    const auto before = format.metadata(*file, Limits{});
    REQUIRE(before.has_value());
    const FileSubject subject(format, *file);
    const auto after = converted(*subject, format, options(Fidelity::exact));
    REQUIRE(after.has_value());
    CHECK(format.metadata(*after, Limits{})->items == before->items);
  });
}

}  // namespace imgc::test
