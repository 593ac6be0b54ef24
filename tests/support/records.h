// What the report says of a file, for tests of those who read it.
#pragma once

#include <cstdint>
#include <string>

#include "imgc/report.h"

#include "journal/report_json.h"

namespace imgc::test {

inline Record record_of(std::uint64_t id, const std::string& name, const Verdict& verdict,
                        std::uint64_t before = 0, std::uint64_t after = 0) {
  Record record;
  record.id = id;
  record.input = name;
  record.outcome.verdict = verdict;
  record.outcome.bytes_in = before;
  record.outcome.bytes_out = after;
  return record;
}

// As the report holds it.
inline Json json_of(const Record& record) {
  std::string text;
  JsonWriter json(text);
  put_members(json, record);
  json.close();
  return Json::parse(text);
}

}  // namespace imgc::test
