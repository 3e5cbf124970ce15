#include "reports/junit.h"

#include <gtest/gtest.h>

#include "reports/test-support/sample_run.h"

namespace saksi::report {

static bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Junit, OneSuiteForEachRunAndOneCaseForEachRequirement) {
  const std::string xml = junit({sample_run(), sample_failed_run()});
  EXPECT_TRUE(contains(xml, "<testsuites name=\"saksi\" tests=\"6\" failures=\"1\" errors=\"0\" skipped=\"1\">"));
  EXPECT_TRUE(contains(xml, "<testsuite name=\"press-at-desk\" tests=\"3\" failures=\"0\" errors=\"0\" skipped=\"0\" time=\"9.125\">"));
  EXPECT_TRUE(contains(xml, "<testcase classname=\"saksi.press-at-desk\" name=\"press-to-record\"/>"));
}

TEST(Junit, AFailureSaysWhatWasMeasuredAndWhatTheLimitIs) {
  const std::string xml = junit({sample_failed_run()});
  EXPECT_TRUE(contains(
      xml,
      "<failure message=\"fail: The first picture after the press is taken at most half a second after it. Measured 1.312 s (\xC2\xB1 0.021 s), "
      "limit at most 500 ms.\" type=\"fail\">"));
}

TEST(Junit, InconclusiveIsSkippedWithItsReason) { EXPECT_TRUE(contains(junit({sample_failed_run()}), "the limit lies inside the uncertainty\"/>")); }

TEST(Junit, TheRigsFaultIsAnError) {
  ReportInput input;
  input.name = "a<b";
  input.verdicts = {{"verdict", "infra-error"}, {"reason", "the host's disk is full"}, {"requirements", Json::array()}};
  const std::string xml = junit({input});
  EXPECT_TRUE(contains(xml, "<testsuite name=\"a&lt;b\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">"));
  EXPECT_TRUE(contains(xml, "<error message=\"infra-error: the host&#39;s disk is full\" type=\"infra-error\">"));
}

}  // namespace saksi::report
