#include "base/json_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <iterator>

#include <fmt/format.h>

#include "base/text.h"

namespace imgc {
namespace {

template <class Number>
void append_number(std::string& text, Number value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  text.append(digits.data(), end.ptr);
}

constexpr bool needs_escape(char character) {
  return static_cast<unsigned char>(character) < 0x20 || character == '"' || character == '\\';
}

}  // namespace

void JsonWriter::begin(std::string_view name) {
  *text_ += first_ ? "\"" : ",\"";
  first_ = false;
  (*text_ += name) += "\":";
}

void JsonWriter::open(char bracket) {
  *text_ += bracket;
  first_ = true;
}

void JsonWriter::close(char bracket) {
  *text_ += bracket;
  first_ = false;
}

// RFC 8259, section 7.
void JsonWriter::quote(std::string_view value) {
  if (!is_utf8(value)) return quote(replace_invalid_utf8(value));
  *text_ += '"';
  for (std::size_t from = 0; from < value.size();) {
    const auto rest = value.substr(from);
    const auto plain = static_cast<std::size_t>(std::ranges::find_if(rest, needs_escape) - rest.begin());
    *text_ += rest.substr(0, plain);
    if (plain < rest.size()) {
      const char special = rest[plain];
      if (special == '"' || special == '\\')
        (*text_ += '\\') += special;
      else
        fmt::format_to(std::back_inserter(*text_), "\\u{:04x}", static_cast<unsigned char>(special));
    }
    from += plain + 1;
  }
  *text_ += '"';
}

void JsonWriter::put(std::string_view name, std::string_view value) {
  begin(name);
  quote(value);
}

void JsonWriter::put(std::string_view name, double value) {
  begin(name);
  append_number(*text_, value);
}

void JsonWriter::put(std::string_view name, bool value) {
  begin(name);
  *text_ += value ? "true" : "false";
}

void JsonWriter::put_null(std::string_view name) {
  begin(name);
  *text_ += "null";
}

void JsonWriter::put_number(std::string_view name, std::uint64_t value) {
  begin(name);
  append_number(*text_, value);
}

void JsonWriter::put_number(std::string_view name, std::int64_t value) {
  begin(name);
  append_number(*text_, value);
}

void JsonWriter::put(std::string_view name, const Reason& reason) {
  begin(name);
  put_members(reason);
}

void JsonWriter::put_element(const Reason& reason) {
  if (!first_) *text_ += ',';
  put_members(reason);
}

void JsonWriter::put_members(const Reason& reason) {
  open('{');
  put("code", reason.code);
  put("text", reason.text);
  close();
}

void JsonWriter::put(std::string_view name, const Error& error) {
  open_object(name);
  put("code", imgc::name(error.code));
  put("message", error.message);
  close();
}

void JsonWriter::put_or_null(std::string_view name, std::string_view value) {
  if (value.empty())
    put_null(name);
  else
    put(name, value);
}

void JsonWriter::put_name(std::string_view name, std::string_view value) {
  put_or_null(name, value);
  if (!is_utf8(value)) put(fmt::format("{}_base64", name), std::string_view(base64(value)));
}

void JsonWriter::open_object(std::string_view name) {
  begin(name);
  open('{');
}

void JsonWriter::open_array(std::string_view name) {
  begin(name);
  open('[');
}

}  // namespace imgc
