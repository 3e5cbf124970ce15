#include "sim/debug/gdb_packet.h"

#include <algorithm>

namespace saksi::sim {

namespace {

constexpr char kInterruptByte = 0x03;
constexpr char kEscape = '}';
constexpr char kEscapeFlip = 0x20;

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

uint8_t checksum(std::string_view bytes) {
  uint8_t sum = 0;
  for (const char c : bytes) sum = static_cast<uint8_t>(sum + static_cast<uint8_t>(c));
  return sum;
}

std::string without_escapes(std::string_view raw) {
  std::string payload;
  for (size_t i = 0; i < raw.size(); ++i) {
    const bool escaped = raw[i] == kEscape && i + 1 < raw.size();
    payload += escaped ? static_cast<char>(raw[++i] ^ kEscapeFlip) : raw[i];
  }
  return payload;
}

}  // namespace

std::optional<GdbPacketReader::Event> GdbPacketReader::next() {
  while (!buffer_.empty()) {
    if (buffer_[0] == '$' || skipping_) return take_packet();
    const char first = buffer_[0];
    buffer_.erase(0, 1);
    if (first == kInterruptByte) return Event{Event::Kind::kInterrupt, ""};
    if (first == '-') return Event{Event::Kind::kNack, ""};
    if (first == '+') continue;
    const size_t dropped = std::min(buffer_.find_first_of("$+-\x03"), buffer_.size());
    garbage_ += 1 + dropped;
    buffer_.erase(0, dropped);
  }
  return std::nullopt;
}

/// The packet at the beginning of the buffer, as soon as it is there as a whole.
std::optional<GdbPacketReader::Event> GdbPacketReader::take_packet() {
  const size_t end = buffer_.find('#');
  if (end == std::string::npos || end + 2 >= buffer_.size()) {
    if (buffer_.size() > kGdbPacketMax + 4 && end == std::string::npos) {
      skipping_ = true;
      garbage_ += buffer_.size();
      buffer_.clear();
    }
    return std::nullopt;
  }
  // A '$' never stands inside a packet: the one before it was cut short.
  const size_t begin = buffer_.rfind('$', end);
  const bool too_long = skipping_ || end - begin > kGdbPacketMax;
  skipping_ = false;
  const std::string raw = too_long ? "" : buffer_.substr(begin + 1, end - begin - 1);
  const int high = digit(buffer_[end + 1]);
  const int low = digit(buffer_[end + 2]);
  buffer_.erase(0, end + 3);
  if (too_long) return Event{Event::Kind::kTooLong, ""};
  if (high < 0 || low < 0 || checksum(raw) != high * 16 + low) return Event{Event::Kind::kBadChecksum, ""};
  return Event{Event::Kind::kPacket, without_escapes(raw)};
}

std::string gdb_frame(std::string_view payload) {
  std::string raw;
  for (const char c : payload) {
    if (c == '#' || c == '$' || c == kEscape || c == '*') {
      raw += kEscape;
      raw += static_cast<char>(c ^ kEscapeFlip);
    } else {
      raw += c;
    }
  }
  const char sum = static_cast<char>(checksum(raw));
  return "$" + raw + "#" + to_hex(std::string_view(&sum, 1));
}

std::string to_hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<uint8_t>(c) >> 4];
    text += kDigits[static_cast<uint8_t>(c) & 15];
  }
  return text;
}

std::string little_endian_hex(uint64_t value, size_t size) {
  std::string bytes;
  for (size_t i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i));
  return to_hex(bytes);
}

std::optional<std::string> from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (size_t i = 0; i < digits.size(); i += 2) {
    const int high = digit(digits[i]);
    const int low = digit(digits[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::optional<uint64_t> take_number(std::string_view* text) {
  constexpr size_t kDigitsMax = 16;
  uint64_t value = 0;
  size_t used = 0;
  while (used < text->size() && used < kDigitsMax && digit((*text)[used]) >= 0) value = value * 16 + static_cast<uint64_t>(digit((*text)[used++]));
  if (used == 0) return std::nullopt;
  text->remove_prefix(used);
  return value;
}

bool take_word(std::string_view* text, std::string_view word) {
  if (text->substr(0, word.size()) != word) return false;
  text->remove_prefix(word.size());
  return true;
}

}  // namespace saksi::sim
