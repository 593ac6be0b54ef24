// JSON values for the report, the journal and the cache, and back.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "imgc/image.h"
#include "imgc/result.h"

namespace imgc {

// Keeps the order of insertion, so that a report reads from the general to the particular.
using Json = nlohmann::ordered_json;

// One line without a line feed. Bytes that are not UTF-8 become U+FFFD.
std::string compact(const Json& json);

// Puts `name`, which may hold any bytes, as text with U+FFFD for what is not UTF-8, and then also the exact
// bytes as `field`_base64. An empty name is null.
void put_name(Json& object, const std::string& field, std::string_view name);
// The exact bytes of what put_name put; empty when there is no such field.
std::string name_in(const Json& object, const std::string& field);

// A field that is text; empty when there is none.
std::string text_in(const Json& object, const char* field);

Json to_json(const Reason& reason);
Json to_json(const Error& error);
// The other way round; what is not there stays empty.
Reason reason_of(const Json& json);
Error error_of(const Json& json);

}  // namespace imgc
