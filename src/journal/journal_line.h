// The lines of the journal; see journal.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "imgc/digest.h"

#include "journal/journal.h"

namespace imgc {

// What names an output in a line and in a slot.
Digest output_id(std::string_view output);

// With the line feed.
std::string line_of(const JournalEntry& entry);
std::string line_of(const JournalRun& run);

// Of a line without its line feed; nothing when it is not one that line_of made. The offset is left at 0.
std::optional<JournalSlot> slot_in(std::string_view line);
std::optional<JournalRun> run_in(std::string_view line);
std::optional<JournalEntry> entry_in(std::string_view line);

}  // namespace imgc
