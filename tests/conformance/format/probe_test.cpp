// What every format makes of good, cut and damaged files.
#include <algorithm>

#include <doctest/doctest.h>

#include "conformance/format/samples.h"
#include "support/images.h"

namespace imgc::test {
namespace {

// Whatever the bytes are, the answers must be of this shape.
void check_survives(const Format& format, ByteView bytes) {
  Limits limits;
  limits.max_pixels = 4'000'000;
  limits.memory = 64U << 20U;
  const auto probe = format.probe(bytes, limits);
  const auto image = format.decode(bytes, limits);
  const auto metadata = format.metadata(bytes, limits);
  if (probe) {
    CHECK(probe->format == &format);
    CHECK(probe->pixel_count() > 0);
    CHECK(probe->pixel_count() <= limits.max_pixels);
  } else {
    CHECK_FALSE(probe.error().message.empty());
  }
  if (!metadata) CHECK_FALSE(metadata.error().message.empty());
  if (image) {
    REQUIRE(image->pixels.size() == image->row_bytes() * image->height);
    // The cost of a job is planned by its probe.
    REQUIRE(probe.has_value());
    CHECK(image->width == probe->width);
    CHECK(image->height == probe->height);
    CHECK(image->model == probe->model);
    CHECK(image->pixels.size() == probe->decoded_bytes());
  } else {
    CHECK_FALSE(image.error().message.empty());
  }
  std::uint64_t end = 0;
  for (const Segment& segment : format.segments(bytes)) {
    CHECK(segment.offset >= end);
    end = segment.offset + segment.bytes;
    CHECK(end <= bytes.size());
  }
}

}  // namespace

TEST_CASE("formats: the probe of a whole file agrees with its pixels") {
  for_each_format([](const Format& format) {
    for (const Sample& sample : samples(format)) {
      INFO(std::string(format.name), ": ", sample.name);
      REQUIRE(format.decode(sample.bytes, Limits{}).has_value());
      check_survives(format, sample.bytes);
      const auto probe = format.probe(sample.bytes, Limits{});
      CHECK_FALSE(probe->untouchable.has_value());
      CHECK_FALSE(probe->encoding.empty());
      CHECK(probe->frames == 1);
      CHECK(probe->orientation == 1);
      if (probe->lossy) CHECK(probe->quality.has_value());
    }
  });
}

TEST_CASE("formats: the segments cover a whole file without gap") {
  for_each_format([](const Format& format) {
    for (const Sample& sample : samples(format)) {
      INFO(std::string(format.name), ": ", sample.name);
      std::uint64_t at = 0;
      for (const Segment& segment : format.segments(sample.bytes)) {
        CHECK_FALSE(segment.name.empty());
        at += segment.bytes;
      }
      // A signature in front need not be a segment.
      CHECK(at + 16 >= sample.bytes.size());
    }
  });
}

TEST_CASE("formats: a prefix probes like the whole or asks for more") {
  for_each_format([](const Format& format) {
    const Sample sample = typical_sample(format);
    const auto whole = format.probe(sample.bytes, Limits{});
    REQUIRE(whole.has_value());
    bool known = false;
    for (std::size_t length = 0; length <= sample.bytes.size(); ++length) {
      INFO(std::string(format.name), ", ", length, " of ", sample.bytes.size(), " bytes");
      const auto part = format.probe(ByteView(sample.bytes).first(length), Limits{});
      if (part) {
        known = true;
        CHECK(part->width == whole->width);
        CHECK(part->height == whole->height);
        CHECK(part->model == whole->model);
        CHECK(part->depth == whole->depth);
      } else {
        // Before the signature is there, it is no file of this format yet.
        CHECK((part.error().code == ErrorCode::truncated ||
               !format.sniff(ByteView(sample.bytes).first(length))));
        // Once enough of the header is there, more never hurts.
        CHECK_FALSE(known);
      }
    }
    CHECK(known);
  });
}

TEST_CASE("formats: a file that is cut does not decode") {
  for_each_format([](const Format& format) {
    const Sample sample = typical_sample(format);
    for (std::size_t length = 0; length + 16 < sample.bytes.size(); length += 5) {
      INFO(std::string(format.name), ", ", length, " of ", sample.bytes.size(), " bytes");
      CHECK_FALSE(format.decode(ByteView(sample.bytes).first(length), Limits{}).has_value());
      check_survives(format, ByteView(sample.bytes).first(length));
    }
  });
}

TEST_CASE("formats: more pixels than allowed are a limit, named with its option") {
  for_each_format([](const Format& format) {
    INFO(std::string(format.name));
    const Sample sample = typical_sample(format);
    Limits limits;
    limits.max_pixels = std::uint64_t{61} * 37 - 1;
    const auto probe = format.probe(sample.bytes, limits);
    REQUIRE_FALSE(probe.has_value());
    CHECK(probe.error().code == ErrorCode::limit);
    CHECK(probe.error().message.find("--max-pixels") != std::string::npos);
    const auto image = format.decode(sample.bytes, limits);
    REQUIRE_FALSE(image.has_value());
    CHECK(image.error().code == ErrorCode::limit);
    limits.max_pixels = std::uint64_t{61} * 37;
    CHECK(format.probe(sample.bytes, limits).has_value());
    CHECK(format.decode(sample.bytes, limits).has_value());
  });
}

TEST_CASE("formats: too little memory for the pixels is an error, not a crash") {
  for_each_format([](const Format& format) {
    INFO(std::string(format.name));
    Limits limits;
    limits.memory = 2000;
    const auto image = format.decode(typical_sample(format).bytes, limits);
    REQUIRE_FALSE(image.has_value());
    CHECK((image.error().code == ErrorCode::limit || image.error().code == ErrorCode::out_of_memory));
  });
}

TEST_CASE("formats: garbage behind a good beginning never crashes") {
  for_each_format([](const Format& format) {
    const Bytes good = typical_sample(format).bytes;
    const Bytes garbage = noise(30, 30, ColorModel::rgb, 8, 7).pixels;
    check_survives(format, {});
    check_survives(format, garbage);
    check_survives(format, Bytes(5000, 0));
    check_survives(format, Bytes(5000, 0xFF));
    for (std::size_t keep = 1; keep < std::min<std::size_t>(good.size(), 200); ++keep) {
      Bytes bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(keep));
      bytes.insert(bytes.end(), garbage.begin(), garbage.end());
      check_survives(format, bytes);
    }
  });
}

TEST_CASE("formats: flipped bits never crash") {
  for_each_format([](const Format& format) {
    std::uint32_t state = 12345;
    const auto random = [&state](std::size_t below) {
      state ^= state << 13U;
      state ^= state >> 17U;
      state ^= state << 5U;
      return state % below;
    };
    for (const Sample& sample : samples(format)) {
      INFO(std::string(format.name), ": ", sample.name);
      for (int round = 0; round < 60; ++round) {
        Bytes bytes = sample.bytes;
        for (std::size_t flips = 1 + random(4); flips-- > 0;) {
          // Half of them in the header, where they hurt most.
          const std::size_t at =
              random(round % 2 == 0 ? std::min<std::size_t>(64, bytes.size()) : bytes.size());
          bytes[at] ^= static_cast<std::uint8_t>(1U << random(8));
        }
        check_survives(format, bytes);
      }
    }
  });
}

}  // namespace imgc::test
