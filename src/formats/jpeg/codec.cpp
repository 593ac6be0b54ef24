#include "formats/jpeg/codec.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <climits>
#include <cstring>
#include <new>
#include <string>

#include <jerror.h>

namespace imgc::jpeg {
namespace {

CodecTrap& trap_of(j_common_ptr info) {
  return *static_cast<CodecTrap*>(info->client_data);
}

[[noreturn]] void jump(CodecTrap& trap, ErrorCode code) {
  trap.code = code;
  // NOLINTNEXTLINE(cert-err52-cpp): libjpeg offers nothing else
  std::longjmp(trap.trap.target, 1);
}

[[noreturn]] void jump_with(CodecTrap& trap, ErrorCode code, const char* message) {
  static_cast<void>(std::snprintf(trap.trap.message, sizeof trap.trap.message, "%s", message));
  jump(trap, code);
}

[[noreturn]] void jump_with_own_message(j_common_ptr info, ErrorCode code) {
  char text[JMSG_LENGTH_MAX] = {};
  info->err->format_message(info, text);
  jump_with(trap_of(info), code, text);
}

ErrorCode code_of(int message) {
  switch (message) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE:
      return ErrorCode::out_of_memory;
    case JERR_MISMATCHED_QUANT_TABLE:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_SOF_UNSUPPORTED:
    case JERR_BAD_PRECISION:
    case JERR_IMAGE_TOO_BIG:
      return ErrorCode::unsupported;
    default:
      return ErrorCode::malformed;
  }
}

void on_error(j_common_ptr info) noexcept {
  jump_with_own_message(info, code_of(info->err->msg_code));
}

// Negative levels are warnings that the data are damaged, others are traces.
void on_message(j_common_ptr info, int level) noexcept {
  if (level >= 0) return;
  const int message = info->err->msg_code;
  // These are about the header, change no pixel, and come from real encoders.
  if (message == JWRN_JFIF_MAJOR || message == JWRN_NOT_SEQUENTIAL) return;
  if (trap_of(info).accept_damage) return;
  jump_with_own_message(info, ErrorCode::damaged);
}

void print_nothing(j_common_ptr /*info*/) noexcept {}

void on_progress(j_common_ptr info) noexcept {
  CodecTrap& trap = trap_of(info);
  // Only ever set on decompression structs, which j_common_ptr is the head of.
  const auto* decompress = reinterpret_cast<const jpeg_decompress_struct*>(info);
  if (decompress->input_scan_number > static_cast<int>(trap.max_scans))
    jump_with(trap, ErrorCode::limit, "the JPEG has more scans than the limit");
}

void init_source(j_decompress_ptr /*info*/) noexcept {}

// What is missing counts as the end of the image, as it does for every decoder that goes on.
boolean fill_input_buffer(j_decompress_ptr info) noexcept {
  static constexpr std::array<JOCTET, 2> end_of_image = {0xFF, JPEG_EOI};
  CodecTrap& trap = *static_cast<CodecTrap*>(info->client_data);
  if (!trap.accept_damage) jump_with(trap, ErrorCode::damaged, "the JPEG's data end too early");
  info->src->next_input_byte = end_of_image.data();
  info->src->bytes_in_buffer = end_of_image.size();
  return TRUE;
}

void skip_input_data(j_decompress_ptr info, long count) noexcept {
  if (count <= 0) return;
  if (static_cast<unsigned long>(count) > info->src->bytes_in_buffer) {
    fill_input_buffer(info);
    return;
  }
  info->src->next_input_byte += count;
  info->src->bytes_in_buffer -= static_cast<std::size_t>(count);
}

void term_source(j_decompress_ptr /*info*/) noexcept {}

long as_long(std::uint64_t bytes) {
  return static_cast<long>(std::min<std::uint64_t>(bytes, LONG_MAX));
}

}  // namespace

CodecTrap::CodecTrap() {
  jpeg_std_error(&manager);
  manager.error_exit = on_error;
  manager.emit_message = on_message;
  manager.output_message = print_nothing;
}

Error CodecTrap::error() const {
  std::string text = trap.message;
  // libjpeg writes sentences, imgc phrases; but "DCT" stays as it is.
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0)
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  if (code == ErrorCode::out_of_memory)
    text = "the image needs more memory than the limit; raise it with --memory-limit";
  return {code, text};
}

Decompressor::Decompressor(ByteView bytes, const Limits& limits) : bytes_(bytes), limits_(limits) {
  trap_.max_scans = limits.jpeg_scans;
  trap_.accept_damage = limits.accept_damage;
  info_.err = &trap_.manager;
  info_.client_data = &trap_;
  source_.init_source = init_source;
  source_.fill_input_buffer = fill_input_buffer;
  source_.skip_input_data = skip_input_data;
  source_.resync_to_restart = jpeg_resync_to_restart;
  source_.term_source = term_source;
  source_.next_input_byte = bytes.data();
  source_.bytes_in_buffer = bytes.size();
  progress_.progress_monitor = on_progress;
}

Decompressor::~Decompressor() {
  jpeg_destroy_decompress(&info_);
}

Result<void> Decompressor::read_header() {
  return run([this] {
    jpeg_create_decompress(&info_);
    info_.mem->max_memory_to_use = as_long(limits_.memory);
    info_.src = &source_;
    info_.progress = &progress_;
    jpeg_read_header(&info_, TRUE);
  });
}

}  // namespace imgc::jpeg
