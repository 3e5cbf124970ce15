// Goal: requirement files are read strictly, and survive the way through a recording's manifest. Method: the shipped file; one mistake each.
#include "judge/verdict/requirement.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "base/error.h"

namespace saksi::judge {
namespace {

constexpr char kGood[] = R"(
- id: press-to-record
  text: {en: "Soon.", id: "Segera."}
  measurement: press_to_record
  limit: {max: 1.0, unit: s}
  source: ours
- id: pre-event-complete
  text: {en: "Long.", id: "Panjang."}
  measurement: pre_event_s
  needs_claim: pre_event_s
  limit: {min: {claim: pre_event_s, minus_gops: 1, at_least: 0}, unit: s}
  source: {name: A book, date: "2024", page: p. 7}
  note: Why not.
- id: clock-right
  text: {en: "Right.", id: "Tepat."}
  conditions: {en: "After a shift.", id: "Setelah satu giliran."}
  not_measured: no reference of time
  limit: {max: 1, unit: s/d}
  source: {name: A book, date: "2024", page: p. 8}
  standing: second-hand
)";

RequirementSet parse(const std::string& text) { return RequirementSet::parse(YamlNode::parse(text, "r.yaml")); }

std::string error_of(const std::string& text) {
  try {
    parse(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

std::string replaced(const std::string& from, const std::string& to) {
  std::string text = kGood;
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(Requirement, TheShippedFilesAreRightAndWholeAndSayHowSureTheirNumbersAre) {
  std::set<std::string> files, ids;
  for (const auto& file : std::filesystem::directory_iterator(SAKSI_SOURCE_DIR "/scenarios/requirements")) files.insert(file.path().string());
  EXPECT_GE(files.size(), 7u);
  for (const std::string& file : files) {
    const RequirementSet set = RequirementSet::load(file);
    for (const Requirement& r : set.entries()) {
      EXPECT_FALSE(r.text_en.empty() || r.text_id.empty() || r.source.name.empty() || r.standing.empty()) << r.id;
      EXPECT_TRUE(ids.insert(r.id).second) << r.id << " stands in two files";
      EXPECT_EQ(Requirement::from_json(r.to_json(), "x").to_json(), r.to_json()) << r.id;
    }
  }
}

TEST(Requirement, EntriesAreRead) {
  const RequirementSet set = parse(kGood);
  const Requirement* r = set.find("pre-event-complete");
  ASSERT_NE(r, nullptr);
  EXPECT_EQ(r->limit.min->claim, "pre_event_s");
  EXPECT_EQ(r->needs_claim, "pre_event_s");
  EXPECT_EQ(r->source.page, "p. 7");
  EXPECT_EQ(r->standing, "");
  EXPECT_EQ(set.find("nothing"), nullptr);
  EXPECT_EQ(set.find("press-to-record")->standing, "proposed");
  const Requirement* clock = set.find("clock-right");
  ASSERT_NE(clock, nullptr);
  EXPECT_EQ(clock->measurement, "");
  EXPECT_EQ(clock->not_measured, "no reference of time");
  EXPECT_EQ(clock->standing, "second-hand");
  EXPECT_EQ(clock->conditions_id, "Setelah satu giliran.");
}

TEST(Requirement, MistakesHaveAPlaceAndSayWhatWasExpected) {
  EXPECT_EQ(error_of(kGood), "no error");
  EXPECT_NE(error_of(replaced("measurement: press_to_record", "measurement: press_to_recrod"))
                .find("r.yaml:4:16: there is no measurement 'press_to_recrod'; did you mean 'press_to_record'? Known here: press_to_record, "),
            std::string::npos);
  EXPECT_EQ(error_of(replaced("max: 1.0, unit: s", "max: 1.0, unit: ms")), "r.yaml:5:27: press_to_record is measured in 's', not in 'ms'");
  EXPECT_NE(error_of(replaced("max: 1.0", "maximum: 1.0")).find("unknown key 'maximum'"), std::string::npos);
  EXPECT_EQ(error_of(replaced("max: 1.0, ", "")), "r.yaml:5:10: one of 'min', 'max', 'equal' was expected here");
  EXPECT_NE(error_of(replaced("max: 1.0", "max: soon")).find("'soon' is not a number"), std::string::npos);
  EXPECT_EQ(error_of(replaced("id: pre-event-complete", "id: press-to-record")), "r.yaml:7:7: the id 'press-to-record' stands twice");
  EXPECT_NE(error_of(replaced("claim: pre_event_s, minus_gops: 1,", "minus_gops: 1,")).find("one of 'claim', 'frame_periods', 'measurement' was expected here"), std::string::npos);
  EXPECT_NE(error_of(replaced(", page: p. 7", "")).find("key 'page' is missing"), std::string::npos);
  EXPECT_EQ(error_of(replaced("standing: second-hand", "standing: secondhand")),
            "r.yaml:20:13: 'secondhand' is not one of: standard, tender, product, second-hand, proposed; did you mean 'second-hand'?");
  EXPECT_EQ(error_of(replaced("source: ours", "source: ours\n  standing: standard")),
            "r.yaml:7:13: a limit whose source is 'ours' is 'proposed' and no more");
  const std::string either = "a requirement has either 'measurement' (what the judge measures) or 'not_measured' (why it cannot)";
  EXPECT_EQ(error_of(replaced("  not_measured: no reference of time\n", "")), "r.yaml:14:3: " + either);
  EXPECT_EQ(error_of(replaced("not_measured: no", "measurement: pts_error\n  not_measured: no")), "r.yaml:14:3: " + either);
  EXPECT_EQ(error_of(replaced("not_measured: no reference of time", "not_measured: ''")), "r.yaml:17:17: a reason was expected here");
  EXPECT_NE(error_of("requirements: 1").find("a list was expected"), std::string::npos);
}

const char kPercentile[] = R"(- id: p95
  text: {en: Soon., id: Segera.}
  measurement: press_to_record
  limit: {max: 1.0, unit: s}
  percentile: {share: 95, confidence: 95, plan: {n: 208, late: 5}}
  source: ours
)";

std::string percentile_with(const std::string& from, const std::string& to) {
  std::string text = kPercentile;
  return text.replace(text.find(from), from.size(), to);
}

TEST(Requirement, APercentilePlansItsPresses) {
  const Requirement given = parse(kPercentile).entries()[0];
  ASSERT_TRUE(given.percentile);
  EXPECT_EQ(given.percentile->n, 208);
  EXPECT_EQ(given.percentile->late, 5);
  EXPECT_EQ(Requirement::from_json(given.to_json(), "again").to_json(), given.to_json());
  const Requirement least = parse(percentile_with(", plan: {n: 208, late: 5}", "")).entries()[0];
  EXPECT_EQ(least.percentile->n, 59);
  EXPECT_EQ(least.percentile->late, 0);
}

TEST(Requirement, APercentileThatItsPlanCannotShowIsRefused) {
  EXPECT_EQ(error_of(percentile_with("n: 208", "n: 207")),
            "r.yaml:5:49: 207 presses with at most 5 late do not show 95 % with 95 % confidence; 208 presses do");
  EXPECT_EQ(error_of(percentile_with("max: 1.0", "min: 1.0")), "r.yaml:5:15: 'percentile' needs a limit that has 'max' alone, and as a number");
  EXPECT_EQ(error_of(percentile_with("measurement: press_to_record", "not_measured: no clock")),
            "r.yaml:5:15: 'percentile' needs a 'measurement': of what is not measured there are no values to count");
  EXPECT_EQ(error_of(percentile_with("share: 95, confidence: 95, plan: {n: 208, late: 5}", "share: 99.99, confidence: 99, plan: {n: 9, late: 900}")),
            "r.yaml:5:15: more than 100000 presses would be needed to show this; lower 'share', 'confidence' or 'late'");
  try {
    parse(kPercentile).check(YamlNode::parse("[p95]", "s.yaml"));
    FAIL() << "a single run was asked for a percentile";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("'p95' needs 208 presses, so a single run cannot require it"), std::string::npos);
  }
}

TEST(Requirement, AScenariosListIsChecked) {
  const RequirementSet set = parse(kGood);
  const auto check = [&](const std::string& list) {
    try {
      return std::to_string(set.check(YamlNode::parse(list, "s.yaml")).size());
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
  };
  EXPECT_EQ(check("[pre-event-complete, press-to-record]"), "2");
  EXPECT_EQ(check("[press-to-recrod]"),
            "s.yaml:1:2: there is no requirement 'press-to-recrod'; did you mean 'press-to-record'? Known here: press-to-record, pre-event-complete, "
            "clock-right");
  EXPECT_EQ(check("[clock-right]"), "s.yaml:1:2: the judge cannot measure 'clock-right', so a run cannot require it: no reference of time");
  EXPECT_EQ(check("[press-to-record, press-to-record]"), "s.yaml:1:19: the requirement 'press-to-record' stands twice");
}

}  // namespace
}  // namespace saksi::judge
