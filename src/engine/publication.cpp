#include "engine/publication.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "engine/stopwatch.h"

namespace imgc {

// All names that the output may get.
std::vector<Key> Publication::possible_outputs() const {
  std::vector<Key> keys = {job_.output};
  if (job_.output_follows_format)
    for (const Format* format : formats())
      if (Key key = named_as(job_.output, *format); key != job_.output) keys.push_back(std::move(key));
  return keys;
}

Result<std::optional<Verdict>> Publication::check(Store& input) const {
  for (const Key& key : possible_outputs()) {
    Result<std::optional<Attributes>> there = output_.head(key);
    if (!there) return tl::unexpected(std::move(there.error()));
    if (!*there) continue;
    if (auto left_alone = check_existing(input, **there); !left_alone || *left_alone) return left_alone;
  }
  return std::nullopt;
}

Result<std::optional<Verdict>> Publication::check_existing(Store& input, const Attributes& existing) const {
  if (options_.overwrite == Overwrite::never && !options_.in_place)
    return Skipped{{"exists", "the output exists already"}};
  const Result<std::optional<Attributes>> source = input.head(job_.input);
  if (!source) return tl::unexpected(source.error());
  if (!*source) return std::nullopt;  // reading it will say what is wrong
  if (options_.in_place) return check_links(**source);
  if ((*source)->object && (*source)->object == existing.object)
    return fail(ErrorCode::refused, "the output is the input itself; use --in-place to replace it");
  if (options_.overwrite == Overwrite::changed && existing.modified_ns && (*source)->modified_ns &&
      *existing.modified_ns >= *(*source)->modified_ns)
    return Skipped{{"up_to_date", "the output is not older than the input"}};
  return std::nullopt;
}

Result<std::optional<Verdict>> Publication::check_links(const Attributes& source) const {
  if (source.links < 2 || options_.break_hard_links) return std::nullopt;
  return fail(ErrorCode::refused,
              fmt::format("it has {} hard links, which replacing it would part; use --break-hardlinks",
                          source.links));
}

Result<Verdict> Publication::put(ByteView bytes, const Format* target, Compressed compressed) {
  outcome_.format_out = target == nullptr ? std::string() : std::string(target->name);
  outcome_.bytes_out = bytes.size();
  if (options_.in_place && !options_.backup_suffix.empty())
    if (auto backup = back_up(); !backup) return tl::unexpected(std::move(backup.error()));
  if (auto written = write_output(bytes, target); !written) return tl::unexpected(std::move(written.error()));
  return compressed;
}

// The first backup is the true original, so it is never replaced by the result of an earlier run.
Result<void> Publication::back_up() {
  const Key backup = job_.output + options_.backup_suffix;
  const Result<std::optional<Attributes>> there = output_.head(backup);
  if (!there) return tl::unexpected(there.error());
  if (*there)
    return fail(ErrorCode::refused,
                fmt::format("its backup {} exists already; move it away or choose another --backup",
                            printable(backup)));
  return write(backup, original_.bytes);
}

Result<Verdict> Publication::keep(Reason reason, const Format* format) {
  outcome_.format_out = outcome_.format_in;
  outcome_.bytes_out = original_.bytes.size();
  if (!options_.in_place)
    if (auto written = write_output(original_.bytes, format); !written)
      return tl::unexpected(std::move(written.error()));
  return Kept{std::move(reason)};
}

Result<void> Publication::write_output(ByteView bytes, const Format* format) {
  if (job_.output_follows_format && format != nullptr)
    if (Key followed = named_as(job_.output, *format); followed != job_.output)
      outcome_.output = std::move(followed);
  outcome_.output_digest = digest_of(bytes);
  return write(outcome_.output.value_or(job_.output), bytes);
}

Result<void> Publication::write(const Key& key, ByteView bytes) {
  const Stopwatch watch(outcome_.timings.write);
  const Attributes& source = original_.attributes;
  Attributes attributes;
  if (options_.preserve.mode) attributes.mode = source.mode;
  if (options_.preserve.owner) {
    attributes.owner = source.owner;
    attributes.group = source.group;
  }
  if (options_.preserve.times) {
    attributes.modified_ns = source.modified_ns;
    attributes.accessed_ns = source.accessed_ns;
  }
  return output_.write(key, bytes, attributes);
}

}  // namespace imgc
