#include "reports/markup.h"

#include <gtest/gtest.h>

namespace saksi::report {

// Whatever a device or a file name holds must leave the page and the XML well formed.
TEST(Markup, EscapesWhatHasAMeaning) {
  EXPECT_EQ(escape("a<b> & \"c\" 'd'"), "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;");
  EXPECT_EQ(escape("tab\tline\n"), "tab\tline\n");
}

TEST(Markup, ReplacesWhatXmlForbids) {
  EXPECT_EQ(escape(std::string("a\0b\x1F", 4)),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
}

TEST(Markup, KeepsUtf8AndReplacesWhatIsBroken) {
  EXPECT_EQ(escape("\xC2\xB1\xE2\x80\x93\xF0\x9F\x93\xB7"), "\xC2\xB1\xE2\x80\x93\xF0\x9F\x93\xB7");
  EXPECT_EQ(escape("a\xC2"), "a\xEF\xBF\xBD");                                // cut off
  EXPECT_EQ(escape("\x80z"), "\xEF\xBF\xBDz");                                // no lead byte
  EXPECT_EQ(escape("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");                  // overlong
  EXPECT_EQ(escape("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // surrogate
}

// The vectors of RFC 4648, section 10.
TEST(Markup, Base64) {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) {
    const std::string text = plain;
    EXPECT_EQ(base64({text.begin(), text.end()}), coded);
  }
}

}  // namespace saksi::report
