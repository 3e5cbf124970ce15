#ifndef SAKSI_JUDGE_CARD_TEXT_H_
#define SAKSI_JUDGE_CARD_TEXT_H_

#include <cstdint>
#include <string>
#include <vector>

namespace saksi::judge {

/// The text with every byte that is not part of valid UTF-8, and every control character, written as \xNN.
std::string valid_utf8(const std::string& text);

/// UTF-16 code units as UTF-8; unpaired surrogates become U+FFFD.
std::string utf8_of_utf16(const std::vector<uint16_t>& units);

}  // namespace saksi::judge

#endif
