#include "reports/html_report.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "reports/report.h"
#include "reports/suite_report.h"
#include "reports/test-support/sample_run.h"

namespace saksi::report {

/// The first element that is not closed as it was opened; empty if all are.
static std::string first_unbalanced(const std::string& html) {
  static const std::regex tag("<(/?)([a-z][a-z0-9]*)((?:[^>\"]|\"[^\"]*\")*)>");
  static const std::set<std::string> kVoid = {"meta", "link", "img", "br"};
  std::vector<std::string> open;
  for (std::sregex_iterator it(html.begin(), html.end(), tag), end; it != end; ++it) {
    const std::string name = (*it)[2], rest = (*it)[3];
    if (kVoid.count(name) || (!rest.empty() && rest.back() == '/')) continue;
    if ((*it)[1].length() == 0) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return name;
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

static bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(HtmlReport, IsBalancedInEveryLanguageForEveryInput) {
  for (const std::string& lang : languages()) {
    for (const ReportInput& input : {sample_run(), sample_failed_run(), sample_bare_clip(), ReportInput()}) {
      EXPECT_EQ(first_unbalanced(html_report(input, lang)), "") << lang << " " << input.name;
    }
  }
}

TEST(HtmlReport, LoadsNothingFromElsewhere) {
  const std::string html = html_report(sample_run(), "en");
  for (const char* word : {"http:", "https:", "//cdn", "<script", "url(", "@import", "src=\"/"}) EXPECT_FALSE(contains(html, word)) << word;
  static const std::regex source("src=\"([^\"]{0,22})");
  for (std::sregex_iterator it(html.begin(), html.end(), source), end; it != end; ++it) EXPECT_EQ((*it)[1], "data:image/jpeg;base64");
}

TEST(HtmlReport, VerdictComesFirstAndInWords) {
  const std::string html = html_report(sample_failed_run(), "id");
  EXPECT_TRUE(contains(html, "<html lang=\"id\">"));
  const size_t word = html.find("Tidak lulus</p>"), table = html.find("<table");
  ASSERT_NE(word, std::string::npos);
  EXPECT_LT(word, table);
  EXPECT_TRUE(contains(html, "Perangkat melanggar 1 dari 3 persyaratan:"));
  EXPECT_TRUE(contains(html, "<li>Gambar pertama setelah penekanan diambil paling lambat setengah detik sesudahnya.</li>"));
}

TEST(HtmlReport, AnswersTheOfficersTwoQuestions) {
  const std::string html = html_report(sample_run(), "en");
  EXPECT_TRUE(contains(html, "was taken 41.2 ms after the press (\xC2\xB1 4.2 ms)."));
  EXPECT_TRUE(contains(html, "holds video from 3.0213 s before the press (\xC2\xB1 0.0042 s)."));
}

TEST(HtmlReport, EscapesWhatComesFromOutside) {
  const std::string html = html_report(sample_failed_run(), "en");
  EXPECT_TRUE(contains(html, "saksi-cam &lt;rev &quot;B&quot; &amp; co&gt;"));
  EXPECT_TRUE(contains(html, "The last fragment is cut &lt;off&gt;."));
}

TEST(HtmlReport, SaysWhoseKeySignedAndWhetherTheClockWasSet) {
  ReportInput input = sample_run();
  nlohmann::ordered_json& clip = input.verdicts["evidence"][0];
  clip["signature"] = "valid";
  clip["key"] = "trusted";
  clip["pending_frames"] = 12;
  clip["signing_key"] = {{"sha256", std::string(64, 'a')},
                         {"signed_from", "2026-11-28 14:00:00 UTC"},
                         {"signed_until", "2026-11-28 14:00:07 UTC"},
                         {"clock", "not-trusted"},
                         {"battery", "87%<b>"},
                         {"officer", "<b>7"},
                         {"serial_number", "0123AB"}};
  const std::string html = html_report(input, "en");
  for (const char* text :
       {"Key: trusted", "12 pictures not signed", "2026-11-28 14:00:00 UTC to 2026-11-28 14:00:07 UTC", "clock: not set", "0123AB",
        "Battery when recording began: 87%&lt;b&gt;", "&lt;b&gt;7", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</code>"}) {
    EXPECT_TRUE(contains(html, text)) << text;
  }
  EXPECT_FALSE(contains(html, "<b>7"));
  EXPECT_TRUE(contains(html_report(input, "id"), "Jam kamera: belum disetel"));
  EXPECT_EQ(first_unbalanced(html), "");
  clip["signing_key"]["battery"] = "unknown";
  EXPECT_TRUE(contains(html_report(input, "en"), "the camera could not tell"));
}

TEST(HtmlReport, SaysThatTheDeviceIsSimulatedAndHowToRunAgain) {
  const std::string html = html_report(sample_failed_run(), "en");
  EXPECT_TRUE(contains(html, "Simulated device"));
  EXPECT_TRUE(contains(html, "Source: Saksi&#39;s own"));
  EXPECT_TRUE(contains(html, "./saksi replay out/press-at-desk/bundle"));
  EXPECT_TRUE(contains(html, std::string(64, 'b')));
}

TEST(HtmlReport, EveryLimitSaysHowSureItIsAndWhenItHolds) {
  const std::string html = html_report(sample_run(), "en"), in_indonesian = html_report(sample_run(), "id");
  EXPECT_TRUE(contains(html, "Source: A book (2024), p. 8 (second-hand)"));
  EXPECT_TRUE(contains(html, "Source: Saksi&#39;s own (proposed)"));
  EXPECT_TRUE(contains(html, "Holds for: The darkest scene."));
  EXPECT_TRUE(contains(in_indonesian, "Sumber: A book (2024), p. 8 (kutipan tidak langsung)"));
  EXPECT_TRUE(contains(in_indonesian, "Berlaku untuk: Adegan tergelap."));
}

TEST(HtmlReport, WhatWasNotJudgedIsSaidBesideTheVerdict) {
  const std::string html = html_report(sample_run(), "en");
  const size_t said = html.find("Asked for but not judged: 1.");
  ASSERT_NE(said, std::string::npos);
  EXPECT_LT(said, html.find("<table"));
}

TEST(HtmlReport, StillsTellTheirDistanceFromThePress) {
  const std::string html = html_report(sample_run(), "en");
  EXPECT_TRUE(contains(html, "<strong>2.993 s before the press</strong>picture 1 of 105, \xC2\xB1 4.0 ms"));
  EXPECT_TRUE(contains(html, "<figure class=\"after\">"));
  EXPECT_TRUE(contains(html, "<strong>7.0 ms after the press</strong>picture 46 of 105"));
}

TEST(HtmlReport, DrawingsAreToldInWordsToo) {
  const std::string html = html_report(sample_failed_run(), "en");
  EXPECT_TRUE(contains(html, "aria-label=\"Time line of the scenario, in seconds: supply 3.7 V 0.100 s; press 5.500 s; supply cut 7.000 s"));
  EXPECT_TRUE(contains(html, "LED red 5.810 s"));
  EXPECT_TRUE(contains(html, "aria-label=\"Voltage and current of the rails over time: vsys: 3.63 to 3.70 V, up to 320 mA\""));
}

TEST(HtmlReport, ABareClipHasNoTimeLine) {
  const std::string html = html_report(sample_bare_clip(), "en");
  EXPECT_FALSE(contains(html, "id=\"timeline\""));
  EXPECT_TRUE(contains(html, "a bare MP4 holds no button press"));
}

TEST(HtmlReport, SameInputSameBytes) { EXPECT_EQ(html_report(sample_run(), "en"), html_report(sample_run(), "en")); }

TEST(SuiteReport, TheWorstVerdictLeadsAndEveryRunIsLinked) {
  const std::string html = suite_page({{sample_run(), "a/report.html"}, {sample_failed_run(), "b&c/report.html"}}, "en");
  EXPECT_EQ(first_unbalanced(html), "");
  EXPECT_TRUE(contains(html, "<p class=\"word\">Fail</p>"));
  EXPECT_TRUE(contains(html, "2 runs: 1 Fail, 1 Pass"));
  EXPECT_TRUE(contains(html, "<a href=\"b&amp;c/report.html\">"));
  EXPECT_TRUE(contains(html, "? The claimed seconds before the press are stored."));
}

}  // namespace saksi::report
