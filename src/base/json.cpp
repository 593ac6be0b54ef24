#include "base/json.h"

#include "base/text.h"

namespace imgc {

std::string compact(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void put_name(Json& object, const std::string& field, std::string_view name) {
  object[field] = name.empty() ? Json(nullptr) : Json(replace_invalid_utf8(name));
  if (!is_utf8(name)) object[field + "_base64"] = base64(name);
}

std::string name_in(const Json& object, const std::string& field) {
  if (auto exact = from_base64(text_in(object, (field + "_base64").c_str())); exact && !exact->empty())
    return *std::move(exact);
  return text_in(object, field.c_str());
}

std::string text_in(const Json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json to_json(const Reason& reason) {
  return {{"code", replace_invalid_utf8(reason.code)}, {"text", replace_invalid_utf8(reason.text)}};
}

Json to_json(const Error& error) {
  return {{"code", name(error.code)}, {"message", replace_invalid_utf8(error.message)}};
}

Reason reason_of(const Json& json) {
  return {text_in(json, "code"), text_in(json, "text")};
}

Error error_of(const Json& json) {
  return {error_code_named(text_in(json, "code")).value_or(ErrorCode::internal), text_in(json, "message")};
}

}  // namespace imgc
