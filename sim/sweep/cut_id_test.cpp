// Goal: the id of a cut is short, readable and gives the cut back; what a damage does to a card is what its name says. Method: ids there and back,
// and cards of a few sectors whose damaged contents follow from the definition of each damage.
#include "sim/sweep/cut_id.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace saksi::sim {
namespace {

TEST(CutId, IsReadAsItWasWritten) {
  for (const char* text :
       {"cut=0", "cut=1234", "cut=1234,torn=3,seed=7", "cut=12,reorder,seed=0", "cut=1234/17", "cut=9,shorn=2,seed=4/5,torn,seed=1/2"}) {
    EXPECT_EQ(CutId::parse(text).text(), text);
  }
  EXPECT_EQ(CutId::parse("cut=1234/17").file_name(), "cut=1234+17");
}

TEST(CutId, SaysWhatIsWrong) {
  for (const char* text : {"", "1234", "cut=", "cut=x", "cut=1,broken", "cut=1,torn,shorn", "cut=1,torn=x", "cut=1//2", "cut=99999999999999999999"}) {
    EXPECT_THROW(CutId::parse(text), UsageError) << text;
  }
  try {
    CutId::parse("cut=1,turn");
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("known: none, torn, shorn, reorder, paired, rollback"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace saksi::sim
