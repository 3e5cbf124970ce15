// Goal: other tools can replay what a card was written, and we can read what they wrote. Method: the bytes of a saved log are held against the
// layout of dm-log-writes by offsets written down here; logs come back as they were; damaged ones are refused with what is wrong.
#include "base/write_log.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/error.h"
#include "base/temp_folder.h"

namespace saksi {
namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

uint64_t at(const std::string& bytes, size_t offset) {
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i) value |= uint64_t{static_cast<uint8_t>(bytes.at(offset + i))} << 8 * i;
  return value;
}

WriteLog two_writes_and_an_erase() {
  WriteLog log;
  WriteLog::Sector sector;
  sector.fill(0xA5);
  log.write(7, sector.data());
  sector.fill(0x5A);
  log.write(9, sector.data());
  log.settle();
  log.erase(100, 8);
  return log;
}

std::string refusal(const std::string& path) {
  try {
    WriteLog::load(path);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(WriteLog, HasTheLayoutOfDmLogWrites) {
  const TempFolder folder;
  const std::string path = (folder.path() / "log").string();
  two_writes_and_an_erase().save(path);
  const std::string bytes = bytes_of(path);
  ASSERT_EQ(bytes.size(), 6u * 512);  // super, header, data, header, data, header
  EXPECT_EQ(at(bytes, 0), 0x6a736677736872u);
  EXPECT_EQ(at(bytes, 8), 1u);
  EXPECT_EQ(at(bytes, 16), 3u);
  EXPECT_EQ(at(bytes, 24), 512u);
  EXPECT_EQ(at(bytes, 512), 7u);
  EXPECT_EQ(at(bytes, 512 + 8), 1u);
  EXPECT_EQ(at(bytes, 512 + 16), 0u);
  EXPECT_EQ(static_cast<uint8_t>(bytes[1024]), 0xA5);
  EXPECT_EQ(at(bytes, 1536), 9u);
  EXPECT_EQ(at(bytes, 1536 + 16), 1u) << "the end of busy is a flush";
  EXPECT_EQ(at(bytes, 2560), 100u);
  EXPECT_EQ(at(bytes, 2560 + 8), 8u);
  EXPECT_EQ(at(bytes, 2560 + 16) & 4u, 4u) << "an erase is a discard";
}

TEST(WriteLog, ComesBackAsItWas) {
  const TempFolder folder;
  const std::string path = (folder.path() / "log").string();
  const WriteLog log = two_writes_and_an_erase();
  log.save(path);
  const WriteLog back = WriteLog::load(path);
  ASSERT_EQ(back.entries().size(), log.entries().size());
  for (size_t i = 0; i < log.entries().size(); ++i) {
    EXPECT_EQ(back.entries()[i].lba, log.entries()[i].lba);
    EXPECT_EQ(back.entries()[i].count, log.entries()[i].count);
    EXPECT_EQ(back.entries()[i].is_erase, log.entries()[i].is_erase);
    EXPECT_EQ(back.entries()[i].is_settled, log.entries()[i].is_settled);
    if (log.entries()[i].is_erase) continue;
    EXPECT_EQ(back.data(back.entries()[i]), log.data(log.entries()[i]));
  }
}

TEST(WriteLog, SaysWhatIsWrongWithAFile) {
  const TempFolder folder;
  const std::string path = (folder.path() / "log").string();
  EXPECT_NE(refusal(path).find("cannot be read"), std::string::npos);
  two_writes_and_an_erase().save(path);
  const std::string whole = bytes_of(path);
  std::ofstream(path, std::ios::binary) << whole.substr(0, 1600);
  EXPECT_NE(refusal(path).find("breaks off in entry 2 of 3"), std::string::npos) << refusal(path);
  std::ofstream(path, std::ios::binary) << "not a log" << std::string(1000, ' ');
  EXPECT_NE(refusal(path).find("is no log of block writes"), std::string::npos);
  std::string other = whole;
  other[8] = 2;
  std::ofstream(path, std::ios::binary) << other;
  EXPECT_NE(refusal(path).find("version 2"), std::string::npos);
}

}  // namespace
}  // namespace saksi
