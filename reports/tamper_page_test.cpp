// Goal: the page of attacks shows every one in the reader's language, and lets no text of a clip become markup. Method: a small matrix.
#include "reports/tamper_page.h"

#include <gtest/gtest.h>

namespace saksi::report {

static const nlohmann::ordered_json kMatrix = {{"file", "<b>.mp4"},
                                               {"passed", false},
                                               {"attacks",
                                                {{{"id", "slice-bit"},
                                                  {"text", {{"en", "one bit"}, {"id", "satu bit"}}},
                                                  {"expected", "detected"},
                                                  {"found", "not-detectable"},
                                                  {"why", {{"en", "hash list"}, {"id", "daftar hash"}}},
                                                  {"problems", {"signature-invalid"}},
                                                  {"passed", false}}}}};

TEST(TamperPage, ShowsEachAttackInBothLanguages) {
  const std::string english = tamper_page(kMatrix, Language::get("en")), indonesian = tamper_page(kMatrix, Language::get("id"));
  for (const char* text : {"slice-bit", "one bit", "hash list", "signature-invalid", "&#10007;", "&lt;b&gt;.mp4"}) {
    EXPECT_NE(english.find(text), std::string::npos) << text;
  }
  EXPECT_NE(indonesian.find("satu bit"), std::string::npos);
  EXPECT_EQ(english.find("<b>.mp4"), std::string::npos);
}

}  // namespace saksi::report
