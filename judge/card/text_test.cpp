// Goal: no name from a card can spoil a JSON file. Method: valid and broken encodings.
#include "judge/card/text.h"

#include <gtest/gtest.h>

namespace saksi::judge {
namespace {

TEST(Text, ValidUtf8StaysAndTheRestIsEscaped) {
  EXPECT_EQ(valid_utf8("CLIP 1 \xC3\xA9\xE2\x82\xAC\xF0\x9F\x93\xB7"), "CLIP 1 \xC3\xA9\xE2\x82\xAC\xF0\x9F\x93\xB7");
  EXPECT_EQ(valid_utf8("a\xFF\x80z"), "a\\xFF\\x80z");
  EXPECT_EQ(valid_utf8("\xC0\x80"), "\\xC0\\x80");          // overlong
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), "\\xED\\xA0\\x80");  // surrogate
  EXPECT_EQ(valid_utf8("\xE2\x82"), "\\xE2\\x82");          // cut short
  EXPECT_EQ(valid_utf8("a\nb"), "a\\x0Ab");
}

TEST(Text, Utf16BecomesUtf8) {
  EXPECT_EQ(utf8_of_utf16({'a', 0xE9, 0x20AC, 0xD83D, 0xDCF7}), "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x93\xB7");
  EXPECT_EQ(utf8_of_utf16({0xD83D}), "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace saksi::judge
