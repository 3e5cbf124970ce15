#include "reports/language.h"

#include <gtest/gtest.h>

#include <regex>

#include "base/error.h"
#include "reports/report.h"

namespace saksi::report {

static std::vector<std::string> fields_of(const std::string& text) {
  static const std::regex field("\\{[^}]*\\}");
  std::vector<std::string> fields;
  for (std::sregex_iterator it(text.begin(), text.end(), field), end; it != end; ++it) fields.push_back(it->str());
  std::sort(fields.begin(), fields.end());
  return fields;
}

TEST(Language, EveryKeyStandsInEveryLanguage) {
  const Language& english = Language::get("en");
  for (const std::string& code : languages()) {
    EXPECT_EQ(Language::get(code).keys(), english.keys()) << "reports/lang/" << code << ".yaml";
  }
}

TEST(Language, EveryTextHasTheSameFields) {
  const Language& english = Language::get("en");
  for (const std::string& code : languages()) {
    for (const std::string& key : english.keys()) EXPECT_EQ(fields_of(Language::get(code)(key)), fields_of(english(key))) << code << ": " << key;
  }
}

TEST(Language, FillsFieldsIn) { EXPECT_EQ(Language::get("id")("limit.max", "500 ms"), "paling banyak 500 ms"); }

TEST(Language, UnknownCodeNamesTheKnownOnes) {
  try {
    Language::get("nl");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(), "no language 'nl' for reports; there are en, id");
  }
}

TEST(Language, UnknownKeyIsOurMistake) { EXPECT_THROW(Language::get("en")("no.such.key"), std::logic_error); }

}  // namespace saksi::report
