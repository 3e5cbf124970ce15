#include "reports/markup.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/error.h"

namespace saksi::report {

constexpr char kReplacement[] = "\xEF\xBF\xBD";

/// Length of the UTF-8 sequence that begins at `at`, 0 if it is broken.
static size_t sequence_length(const std::string& text, size_t at) {
  const uint8_t lead = static_cast<uint8_t>(text[at]);
  size_t length = lead < 0x80 ? 1 : lead >= 0xC2 && lead < 0xE0 ? 2 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
  if (length == 0 || at + length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((static_cast<uint8_t>(text[at + i]) & 0xC0) != 0x80) return 0;
  }
  const uint8_t second = length > 1 ? static_cast<uint8_t>(text[at + 1]) : 0;
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool beyond = (lead == 0xED && second >= 0xA0) || (lead == 0xF4 && second >= 0x90);
  return overlong || beyond ? 0 : length;
}

static std::string escape_ascii(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    case '\t':
    case '\n':
      return std::string(1, c);
    default:
      return static_cast<uint8_t>(c) < 0x20 || c == 0x7F ? kReplacement : std::string(1, c);
  }
}

std::string escape(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    size_t length = sequence_length(text, i);
    if (length > 1) {
      out.append(text, i, length);
    } else {
      out += length == 1 ? escape_ascii(text[i]) : kReplacement;
    }
    i += length == 0 ? 1 : length;
  }
  return out;
}

std::string base64(const std::vector<uint8_t>& bytes) {
  static const char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t n = std::min<size_t>(3, bytes.size() - i);
    uint32_t word = 0;
    for (size_t k = 0; k < 3; ++k) word = word << 8 | (k < n ? bytes[i + k] : 0u);
    for (size_t k = 0; k < 4; ++k) out += k <= n ? kDigits[word >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (!out) throw UsageError(path + ": cannot be written: " + std::strerror(errno));
}

}  // namespace saksi::report
