#include "journal/report_json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <variant>

#include <fmt/format.h>
#include <libdeflate.h>
#if IMGC_WITH_IMAGEQUANT
#include <libimagequant.h>
#endif

#include "base/text.h"
#include "formats/format.h"
#include "journal/options_json.h"

namespace imgc {
namespace {

Json text(std::string_view value) {
  return replace_invalid_utf8(value);
}

Json text_or_null(std::string_view value) {
  return value.empty() ? Json(nullptr) : text(value);
}

Json texts(const std::vector<std::string>& values) {
  Json list = Json::array();
  for (const std::string& value : values) list.push_back(text(value));
  return list;
}

// Digits beyond what the clock resolves would only swell the report. JSON has no infinity: 0 stands for it.
double rounded(double value, double steps_per_unit) {
  return std::isfinite(value) ? std::round(value * steps_per_unit) / steps_per_unit : 0;
}

double seconds(Milliseconds time) {
  return rounded(time.count() / 1000, 1000);
}

double ratio(double numerator, double denominator, double steps_per_unit) {
  return denominator > 0 ? rounded(numerator / denominator, steps_per_unit) : 0;
}

void put_timings(JsonWriter& json, const Timings& timings) {
  const auto put = [&](std::string_view name, Milliseconds time) {
    json.put(name, rounded(time.count(), 1000));
  };
  json.open_object("timings_ms");
  put("read", timings.read);
  put("decode", timings.decode);
  put("encode", timings.encode);
  put("verify", timings.verify);
  put("write", timings.write);
  put("total", timings.total);
  json.close();
}

Json to_json(const Totals& totals) {
  // Signed: converted images may grow.
  const std::int64_t saved =
      static_cast<std::int64_t>(totals.bytes_in) - static_cast<std::int64_t>(totals.bytes_out);
  return {{"files",
           {{"total", totals.files()},
            {"compressed", totals.compressed},
            {"kept", totals.kept},
            {"skipped", totals.skipped},
            {"failed", totals.failed}}},
          {"bytes_in", totals.bytes_in},
          {"bytes_out", totals.bytes_out},
          {"bytes_saved", saved},
          {"saved_fraction", ratio(static_cast<double>(saved), static_cast<double>(totals.bytes_in), 1e6)}};
}

void put_invocation(Json& object, const Invocation& invocation) {
  object["inputs"] = texts(invocation.inputs);
  if (!std::ranges::all_of(invocation.inputs, [](const std::string& input) { return is_utf8(input); })) {
    Json exact = Json::array();
    for (const std::string& input : invocation.inputs) exact.push_back(base64(input));
    object["inputs_base64"] = std::move(exact);
  }
  put_name(object, "output", invocation.output);
  put_name(object, "files_from", invocation.files_from);
  put_name(object, "files0_from", invocation.files0_from);
  put_name(object, "manifest", invocation.manifest);
  object["include"] = texts(invocation.include);
  object["exclude"] = texts(invocation.exclude);
  object["follow"] = invocation.follow ? Json(*invocation.follow) : Json(nullptr);
  object["on_collision"] = text_or_null(invocation.on_collision);
  object["durability"] = text_or_null(invocation.durability);
  object["dry_run"] = invocation.dry_run;
  object["check"] = invocation.check;
  object["shard"] = text_or_null(invocation.shard);
  object["retries"] = invocation.retries;
}

void put_run_options(Json& object, const RunOptions& run) {
  object["jobs"] = run.jobs;
  object["memory_limit"] = run.memory_limit;
  object["fail_fast"] = run.fail_fast;
  object["max_errors"] = run.max_errors ? Json(*run.max_errors) : Json(nullptr);
  object["deadline_seconds"] = run.deadline ? Json(run.deadline->count()) : Json(nullptr);
}

void put_verdict(JsonWriter& json, const Verdict& verdict) {
  std::visit(
      [&](const auto& what) {
        using What = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<What, Compressed>) {
          json.put("recipe", what.recipe);
          json.put("quality", what.quality);
          json.put("score", what.score ? std::optional(rounded(*what.score, 100)) : std::nullopt);
        } else if constexpr (std::is_same_v<What, Failed>) {
          json.put("error", what.error);
        } else {
          json.put("reason", what.reason);
        }
      },
      verdict);
}

std::optional<std::uint32_t> size_if_known(std::uint32_t value) {
  return value == 0 ? std::nullopt : std::optional(value);
}

}  // namespace

std::vector<LibraryVersion> library_versions(const std::vector<std::string>& more) {
  std::vector<LibraryVersion> all;
  const auto add = [&](std::string name, std::string version) {
    const bool known = std::ranges::any_of(all, [&](const LibraryVersion& row) { return row.name == name; });
    if (!known) all.push_back({std::move(name), std::move(version)});
  };
  for (const Format* format : formats()) add(std::string(format->library), format->library_version());
  add("libdeflate", LIBDEFLATE_VERSION_STRING);
#if IMGC_WITH_IMAGEQUANT
  // liq_version() of 2.17 says 2.16.
  add("libimagequant", LIQ_VERSION_STRING);
#endif
  for (const std::string& library : more) {
    const std::size_t space = std::min(library.rfind(' '), library.size());
    add(library.substr(0, space), space < library.size() ? library.substr(space + 1) : std::string());
  }
  return all;
}

Json to_json(const RunHeader& header) {
  Json libraries = Json::object();
  for (const LibraryVersion& library : library_versions(header.more_libraries))
    libraries[library.name] = text(library.version);
  Json options = Json::object();
  put_invocation(options, header.invocation);
  options.update(to_json(header.options));
  put_run_options(options, header.run);

  Json json = Json::object();
  json["schema"] = report_schema;
  json["imgc"] = {{"version", IMGC_VERSION}, {"libraries", std::move(libraries)}};
  json["started"] = rfc3339(header.started);
  json["options"] = std::move(options);
  json["machine"] = {{"cpus", header.cpus},
                     {"jobs", header.run.jobs},
                     {"memory_limit_bytes", header.run.memory_limit},
                     {"sandbox", text_or_null(header.sandbox)}};
  return json;
}

void put_members(JsonWriter& json, const Record& record) {
  const Outcome& outcome = record.outcome;
  json.put("id", record.id);
  json.put_name("input", record.input);
  json.put_name("output", record.output);
  json.put_name("duplicate_of", outcome.duplicate_of.value_or(Key()));
  json.put("outcome", name(outcome.verdict));
  put_verdict(json, outcome.verdict);
  json.open_array("notes");
  for (const Reason& note : outcome.notes) json.put_element(note);
  json.close_array();
  json.put_or_null("format_in", outcome.format_in);
  json.put_or_null("format_out", outcome.format_out);
  json.put("width", size_if_known(outcome.width));
  json.put("height", size_if_known(outcome.height));
  json.put("bytes_in", outcome.bytes_in);
  json.put("bytes_out", outcome.bytes_out);
  put_timings(json, outcome.timings);
}

Json to_json(const Summary& summary) {
  const double wall = summary.wall.count() / 1000;
  Json json = Json::object();
  json["status"] = name(summary.status);
  json["stopped_by"] = summary.stopped_by ? to_json(*summary.stopped_by) : Json(nullptr);
  json.update(to_json(summary.totals));
  json["wall_seconds"] = seconds(summary.wall);
  json["cpu_seconds"] = seconds(summary.cpu);
  json["files_per_second"] = ratio(static_cast<double>(summary.totals.files()), wall, 1000);
  json["mb_per_second"] = ratio(static_cast<double>(summary.totals.bytes_in) / 1e6, wall, 1000);
  json["peak_rss_bytes"] = summary.peak_rss_bytes;
  json["unchanged"] = summary.unchanged;
  Json by_format = Json::object();
  for (const auto& [format, totals] : summary.by_format) by_format[format] = to_json(totals);
  json["by_format"] = std::move(by_format);
  return json;
}

std::string rfc3339(std::chrono::system_clock::time_point time) {
  const auto millisecond = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(millisecond);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{millisecond - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

}  // namespace imgc
