// Writes JSON objects member by member, straight into text: for the lines that a run writes for every file,
// where building a tree of values first costs more than all else that imgc does for a small one.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "imgc/image.h"
#include "imgc/result.h"

namespace imgc {

// The text is one line, and an object only once close() was called for each that was opened. Names of members
// are taken as they are, so they must need no escape; text becomes UTF-8 by U+FFFD for each bad byte.
class JsonWriter {
 public:
  // Appends to `text`, which must outlive the writer, and opens the outermost object.
  explicit JsonWriter(std::string& text) : text_(&text) {
    text.reserve(text.size() + usual_bytes);
    open('{');
  }

  void put(std::string_view name, std::string_view value);
  void put(std::string_view name, const char* value) { put(name, std::string_view(value)); }
  void put(std::string_view name, std::unsigned_integral auto value) {
    put_number(name, static_cast<std::uint64_t>(value));
  }
  void put(std::string_view name, std::signed_integral auto value) {
    put_number(name, static_cast<std::int64_t>(value));
  }
  // `value` must be finite.
  void put(std::string_view name, double value);
  void put(std::string_view name, bool value);
  void put_null(std::string_view name);
  template <class Value>
  void put(std::string_view name, const std::optional<Value>& value) {
    if (value)
      put(name, *value);
    else
      put_null(name);
  }
  void put(std::string_view name, const Reason& reason);
  void put(std::string_view name, const Error& error);
  void put_or_null(std::string_view name, std::string_view value);  // empty text is null
  // As put_name of json.h.
  void put_name(std::string_view name, std::string_view value);

  void open_object(std::string_view name);
  void open_array(std::string_view name);
  void put_element(const Reason& reason);  // of an array
  void close_array() { close(']'); }
  void close() { close('}'); }

 private:
  static constexpr std::size_t usual_bytes = 1024;  // an object seldom takes more

  void begin(std::string_view name);
  void open(char bracket);
  void close(char bracket);
  void put_members(const Reason& reason);
  void put_number(std::string_view name, std::uint64_t value);
  void put_number(std::string_view name, std::int64_t value);
  void quote(std::string_view value);

  std::string* text_;
  bool first_ = true;
};

}  // namespace imgc
