#include "journal/journal_line.h"

#include <array>
#include <charconv>
#include <cstddef>

#include <fmt/format.h>
#include <libdeflate.h>
#include <xxhash.h>

#include "base/json.h"

namespace imgc {
namespace {

constexpr std::string_view crc_head = R"({"crc":")";
constexpr std::string_view id_head = R"("id":")";
constexpr std::string_view source_head = R"(","source":")";
constexpr std::string_view target_head = R"(","target":")";
constexpr std::string_view outcome_head = R"(","outcome":")";
constexpr std::string_view run_head = R"("run":)";
constexpr std::size_t crc_digits = 8;
constexpr std::size_t mark_digits = 16;
// Where what the CRC is of begins: behind `{"crc":"01234567",`.
constexpr std::size_t body_at = crc_head.size() + crc_digits + 2;

std::uint32_t crc_of(std::string_view body) {
  return libdeflate_crc32(0, body.data(), body.size());
}

std::string signed_line(std::string_view body) {
  return fmt::format("{}{:08x}\",{}\n", crc_head, crc_of(body), body);
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

std::string hex_of(const Digest& digest) {
  return fmt::format("{:016x}{:016x}", digest.high, digest.low);
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

Json look_json(const Look& look) {
  if (look.inode == 0) return {{"size", look.size}, {"mtime_ns", look.modified_ns}};
  return {{"size", look.size},
          {"mtime_ns", look.modified_ns},
          {"ctime_ns", look.changed_ns},
          {"inode", look.inode}};
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
  Json rest = Json::object();
  put_name(rest, "output", entry.output);
  put_name(rest, "input", entry.input);
  rest["from"] = look_json(entry.source);
  rest["sure"] = entry.source_is_sure;
  if (entry.digest) rest["xxh3"] = hex_of(*entry.digest);
  rest["made_with"] = fmt::format("{:016x}", entry.made_with);
  if (entry.target) rest["to"] = look_json(*entry.target);
  if (!entry.written.empty()) put_name(rest, "written", entry.written);
  if (entry.error) rest["error"] = to_json(*entry.error);
  const std::uint64_t source = entry.source_is_sure ? source_mark(entry.source, entry.made_with) : 0;
  const std::uint64_t target = entry.target ? target_mark(*entry.target) : 0;
  return signed_line(fmt::format("{}{}{}{:016x}{}{:016x}{}{}\",{}", id_head, hex_of(output_id(entry.output)),
                                 source_head, source, target_head, target, outcome_head, entry.outcome,
                                 compact(rest).substr(1)));
}

std::string line_of(const JournalRun& run) {
  return signed_line(fmt::format("{}\"{}\",\"made_with\":\"{:016x}\"}}", run_head,
                                 run.completed ? "completed" : "begun", run.made_with));
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
