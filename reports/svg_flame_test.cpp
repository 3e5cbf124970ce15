// Goal: a flame graph's boxes and the table's shares are those of the counts, whatever the file holds. Method: small files worked out by hand.
#include "reports/svg_flame.h"

#include <gtest/gtest.h>

namespace saksi::report {

static bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(FlameGraph, BoxesAreAsWideAsTheirShare) {
  const Language& lang = Language::get("en");
  const std::string svg = flame_graph("main 25\nmain;work 75\n", lang);
  EXPECT_TRUE(contains(svg, "<title>main: 100.00 %, 100 instructions</title><rect x=\"0.00\" y=\"20\" width=\"1031.40\"")) << svg;
  EXPECT_TRUE(contains(svg, "<title>work: 75.00 %, 75 instructions</title><rect x=\"0.00\" y=\"2\" width=\"773.40\"")) << svg;
}

TEST(FlameGraph, NamesAreEscapedAndGarbageIsSkipped) {
  const Language& lang = Language::get("en");
  const std::string svg = flame_graph("a<b>;\"c\" 10\nno number\n 5\nx -3\ny 99999999999999999999999999\n\n", lang);
  EXPECT_TRUE(contains(svg, "a&lt;b&gt;")) << svg;
  EXPECT_FALSE(contains(svg, "a<b>"));
  EXPECT_FALSE(contains(svg, "no number"));
  EXPECT_EQ(flame_graph("", lang), "");
  EXPECT_EQ(flame_graph("nothing 0\n", lang), "");
}

TEST(FlameGraph, TheTableCountsARecursionOnce) {
  const std::string rows = hot_functions("main;f 10\nmain;f;f 30\nmain 60\n", Language::get("en"));
  const std::string cell = "</td><td class=\"number\">";
  EXPECT_TRUE(contains(rows, "<code>f</code>" + cell + "40" + cell + "40.00 %" + cell + "40.00 %")) << rows;
  EXPECT_TRUE(contains(rows, "<code>main</code></td><td class=\"number\">60</td><td class=\"number\">60.00 %</td><td class=\"number\">100.00 %"))
      << rows;
}

}  // namespace saksi::report
