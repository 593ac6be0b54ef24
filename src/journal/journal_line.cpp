#include "journal/journal_line.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <utility>

#include <libdeflate.h>
#include <xxhash.h>

#include "base/json.h"
#include "base/json_writer.h"

namespace imgc {
namespace {

constexpr std::string_view crc_head = R"({"crc":")";
constexpr std::string_view id_head = R"("id":")";
constexpr std::string_view source_head = R"(","source":")";
constexpr std::string_view target_head = R"(","target":")";
constexpr std::string_view outcome_head = R"(","outcome":")";
constexpr std::string_view run_head = R"("run":)";
constexpr std::string_view no_crc = "00000000";
constexpr std::size_t crc_digits = no_crc.size();
constexpr std::size_t mark_digits = 16;
// Where what the CRC is of begins: behind `{"crc":"01234567",`.
constexpr std::size_t body_at = crc_head.size() + crc_digits + 2;

std::uint32_t crc_of(std::string_view body) {
  return libdeflate_crc32(0, body.data(), body.size());
}

std::string hex_of(std::uint64_t value, std::size_t digits = mark_digits) {
  std::string text(digits, '0');
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, value >>= 4U)
    *digit = "0123456789abcdef"[value & 15U];
  return text;
}

std::string hex_of(const Digest& digest) {
  return hex_of(digest.high) + hex_of(digest.low);
}

// Ends the object and the line, and puts the CRC in the place that was left for it.
std::string signed_line(JsonWriter& json, std::string& line) {
  json.close();
  line.replace(crc_head.size(), crc_digits,
               hex_of(crc_of(std::string_view(line).substr(body_at)), crc_digits));
  return std::move(line += '\n');
}

std::optional<std::uint64_t> hex(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<Digest> hex_digest(std::string_view digits) {
  if (digits.size() != 2 * mark_digits) return std::nullopt;
  const auto high = hex(digits.substr(0, mark_digits));
  const auto low = hex(digits.substr(mark_digits));
  if (!high || !low) return std::nullopt;
  return Digest{*high, *low};
}

// What stands behind the CRC, if that is right.
std::optional<std::string_view> body_of(std::string_view line) {
  if (line.size() <= body_at || !line.starts_with(crc_head)) return std::nullopt;
  const auto crc = hex(line.substr(crc_head.size(), crc_digits));
  const std::string_view body = line.substr(body_at);
  if (line.substr(body_at - 2, 2) != "\",") return std::nullopt;
  if (!crc || *crc != crc_of(body)) return std::nullopt;
  return body;
}

// Takes text of a known form from the front.
class Cutter {
 public:
  explicit Cutter(std::string_view text) : left_(text) {}

  bool skip(std::string_view expected) {
    if (!left_.starts_with(expected)) return false;
    left_.remove_prefix(expected.size());
    return true;
  }
  std::string_view take(std::size_t count) {
    const std::string_view taken = left_.substr(0, count);
    left_.remove_prefix(taken.size());
    return taken;
  }

 private:
  std::string_view left_;
};

std::uint64_t hash_of(std::initializer_list<std::uint64_t> numbers) {
  const std::uint64_t hash = XXH3_64bits(numbers.begin(), numbers.size() * sizeof(std::uint64_t));
  return hash == 0 ? 1 : hash;  // 0 says that there is none
}

void put(JsonWriter& json, std::string_view name, const Look& look) {
  json.open_object(name);
  json.put("size", look.size);
  json.put("mtime_ns", look.modified_ns);
  if (look.inode != 0) {
    json.put("ctime_ns", look.changed_ns);
    json.put("inode", look.inode);
  }
  json.close();
}

Look look_of(const Json& object) {
  return {object.value("size", std::uint64_t{0}), object.value("mtime_ns", std::int64_t{0}),
          object.value("ctime_ns", std::int64_t{0}), object.value("inode", std::uint64_t{0})};
}

}  // namespace

std::uint64_t source_mark(const Look& look, std::uint64_t made_with) {
  return hash_of({look.size, static_cast<std::uint64_t>(look.modified_ns),
                  static_cast<std::uint64_t>(look.changed_ns), look.inode, made_with});
}

std::uint64_t target_mark(const Look& look) {
  return hash_of({look.size, static_cast<std::uint64_t>(look.modified_ns)});
}

Digest output_id(std::string_view output) {
  return digest_of({reinterpret_cast<const std::uint8_t*>(output.data()), output.size()});
}

std::string line_of(const JournalEntry& entry) {
  std::string line;
  JsonWriter json(line);
  json.put("crc", no_crc);
  // These have their places, where slot_in looks for them.
  json.put("id", hex_of(output_id(entry.output)));
  json.put("source", hex_of(entry.source_is_sure ? source_mark(entry.source, entry.made_with) : 0));
  json.put("target", hex_of(entry.target ? target_mark(*entry.target) : 0));
  json.put("outcome", entry.outcome);
  json.put_name("output", entry.output);
  json.put_name("input", entry.input);
  put(json, "from", entry.source);
  json.put("sure", entry.source_is_sure);
  if (entry.digest) json.put("xxh3", hex_of(*entry.digest));
  json.put("made_with", hex_of(entry.made_with));
  if (entry.target) put(json, "to", *entry.target);
  if (!entry.written.empty()) json.put_name("written", entry.written);
  if (entry.error) json.put("error", *entry.error);
  return signed_line(json, line);
}

std::string line_of(const JournalRun& run) {
  std::string line;
  JsonWriter json(line);
  json.put("crc", no_crc);
  json.put("run", run.completed ? "completed" : "begun");
  json.put("made_with", hex_of(run.made_with));
  return signed_line(json, line);
}

std::optional<JournalSlot> slot_in(std::string_view line) {
  const auto body = body_of(line);
  if (!body) return std::nullopt;
  Cutter cutter(*body);
  if (!cutter.skip(id_head)) return std::nullopt;
  const auto id = hex_digest(cutter.take(2 * mark_digits));
  if (!id || !cutter.skip(source_head)) return std::nullopt;
  const auto source = hex(cutter.take(mark_digits));
  if (!source || !cutter.skip(target_head)) return std::nullopt;
  const auto target = hex(cutter.take(mark_digits));
  if (!target || !cutter.skip(outcome_head)) return std::nullopt;
  const std::string_view outcome = cutter.take(1);
  if (outcome.empty()) return std::nullopt;
  return JournalSlot{*id, *source, *target, 0, outcome[0], false};
}

std::optional<JournalRun> run_in(std::string_view line) {
  const auto body = body_of(line);
  if (!body || !body->starts_with(run_head)) return std::nullopt;
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  return JournalRun{hex(text_in(json, "made_with")).value_or(0), json.value("run", "") == "completed"};
}

std::optional<JournalEntry> entry_in(std::string_view line) {
  if (!slot_in(line)) return std::nullopt;
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  JournalEntry entry;
  entry.output = name_in(json, "output");
  entry.input = name_in(json, "input");
  entry.source = look_of(json.value("from", Json::object()));
  entry.source_is_sure = json.value("sure", false);
  entry.digest = hex_digest(text_in(json, "xxh3"));
  entry.made_with = hex(text_in(json, "made_with")).value_or(0);
  entry.outcome = text_in(json, "outcome");
  if (json.contains("to")) entry.target = look_of(json.at("to"));
  entry.written = name_in(json, "written");
  if (json.contains("error")) entry.error = error_of(json.at("error"));
  return entry;
}

}  // namespace imgc
