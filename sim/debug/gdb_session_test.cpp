// Goal: packets are cut, answered and refused as GDB's manual says ("Remote Protocol"), and no bytes whatever do harm.
// Method: payloads against a target of a little memory. (The fuzzer's corpus has a test of its own, fuzz_corpus.gdb.)
#include "sim/debug/gdb_session.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/debug/fake_target_for_test.h"
#include "sim/debug/gdb_packet.h"

namespace saksi::sim {
namespace {

using Event = GdbPacketReader::Event;
using Action = GdbAction::Kind;

std::vector<Event> events(GdbPacketReader& reader, const std::string& bytes) {
  reader.feed(bytes);
  std::vector<Event> all;
  while (const auto event = reader.next()) all.push_back(*event);
  return all;
}

TEST(GdbPacket, AreCutOutOfAnyStream) {
  GdbPacketReader reader;
  EXPECT_TRUE(events(reader, "+$qSuppor").empty());
  const auto got = events(reader, std::string("ted#37\x03-$g#67$m0,1#f"));
  ASSERT_EQ(got.size(), 4u);
  EXPECT_EQ(got[0].kind, Event::Kind::kPacket);
  EXPECT_EQ(got[0].payload, "qSupported");
  EXPECT_EQ(got[1].kind, Event::Kind::kInterrupt);
  EXPECT_EQ(got[2].kind, Event::Kind::kNack);
  EXPECT_EQ(got[3].payload, "g");
  EXPECT_EQ(reader.unread(), "$m0,1#f");
  EXPECT_EQ(reader.garbage(), 0u);
}

TEST(GdbPacket, WrongChecksumsAndGarbageAreSaid) {
  GdbPacketReader reader;
  EXPECT_EQ(events(reader, "$g#68")[0].kind, Event::Kind::kBadChecksum);
  EXPECT_EQ(events(reader, "$g#zz")[0].kind, Event::Kind::kBadChecksum);
  EXPECT_TRUE(events(reader, "GET / HTTP/1.0\r\n\r\n").empty());
  EXPECT_EQ(reader.garbage(), 18u);
  const auto cut = events(reader, "$qSup$g#67");
  ASSERT_EQ(cut.size(), 1u);
  EXPECT_EQ(cut[0].payload, "g") << "a packet that was cut short is forgotten";
}

TEST(GdbPacket, TooLongOnesAreDroppedAndTheNextOneIsRead) {
  GdbPacketReader reader;
  EXPECT_TRUE(events(reader, "$" + std::string(3 * kGdbPacketMax, 'a')).empty());
  EXPECT_LE(reader.unread().size(), kGdbPacketMax);
  const auto got = events(reader, std::string(100, 'a') + "#00$g#67");
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(got[0].kind, Event::Kind::kTooLong);
  EXPECT_EQ(got[1].payload, "g");
}

TEST(GdbPacket, EveryByteGoesThroughAFrame) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  GdbPacketReader reader;
  const auto got = events(reader, gdb_frame(all));
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].payload, all);
}

class Session : public ::testing::Test {
 protected:
  std::string ask(const std::string& packet) {
    const GdbAnswer answer = session.handle(packet);
    action = answer.action;
    std::string text;
    for (const std::string& reply : answer.replies) text += (text.empty() ? "" : " ") + reply;
    return text;
  }
  FakeTarget target;
  GdbSession session{target};
  GdbAction action;
};

TEST_F(Session, RegistersByNumberInTargetOrder) {
  target.registers[2] = 0x80001234;
  target.registers[kGdbPc] = 0x80000010;
  const std::string all = ask("g");
  EXPECT_EQ(all.size(), 33u * 8);
  EXPECT_EQ(all.substr(16, 8), "34120080");
  EXPECT_EQ(ask("p20"), "10000080");
  EXPECT_EQ(ask("P2=78563412"), "OK");
  EXPECT_EQ(target.registers[2], 0x12345678u);
  EXPECT_EQ(ask("P22=8877665544332211"), "OK");
  EXPECT_EQ(target.floats[1], 0x1122334455667788u);
  EXPECT_EQ(ask("p22"), "8877665544332211");
  EXPECT_EQ(ask("P22=44332211"), "E16") << "half of one";
  EXPECT_EQ(ask("p341"), "00180000") << "mstatus: 65 + 0x300";
  EXPECT_EQ(ask("P341=88000000"), "OK");
  EXPECT_EQ(target.csrs[0x300], 0x88u);
  EXPECT_EQ(ask("Pc41=00000000"), "E01") << "cycle is read-only";
  EXPECT_EQ(ask("p342"), "E01") << "the hart has no misa here";
  EXPECT_EQ(ask("G" + all), "OK");
  EXPECT_EQ(target.registers[2], 0x80001234u);
}

TEST_F(Session, MemoryEndsWhereItEnds) {
  target.memory.replace(4092, 4, "\x01\x02\x03\x04");
  EXPECT_EQ(ask("m80000ffc,10"), "01020304") << "as much as there is";
  EXPECT_EQ(ask("m0,4"), "E0e");
  EXPECT_EQ(ask("M80000000,2:beef"), "OK");
  EXPECT_EQ(target.memory.substr(0, 2), "\xBE\xEF");
  EXPECT_EQ(ask("M80000fff,2:beef"), "E0e");
  EXPECT_EQ(ask("X80000002,2:ab"), "OK");
  EXPECT_EQ(target.memory.substr(2, 2), "ab");
  EXPECT_EQ(ask("X80000002,0:"), "OK") << "gdb asks by this whether there is X";
  EXPECT_EQ(ask("m80000000,ffffffffffff"), "E16");
}

TEST_F(Session, StopPointsByTheirKind) {
  for (const char* set : {"Z0,80000004,2", "Z1,80000004,4", "Z2,80000100,4", "Z3,80000104,1", "Z4,80000108,8"}) EXPECT_EQ(ask(set), "OK") << set;
  EXPECT_EQ(target.stop_points.size(), 5u);
  EXPECT_EQ(ask("z4,80000108,8"), "OK");
  EXPECT_EQ(target.stop_points.size(), 4u);
  EXPECT_EQ(ask("Z5,80000000,4"), "") << "not supported";
  EXPECT_EQ(ask("Z0,80000001,2"), "E16");
  EXPECT_EQ(ask("Z2,80000000,0"), "E16");
}

TEST_F(Session, ResumingIsAskedForOfTheOwner) {
  EXPECT_EQ(ask("c"), "");
  EXPECT_EQ(action.kind, Action::kContinue);
  ask("vCont;s:1;c");
  EXPECT_EQ(action.kind, Action::kStep);
  ask("vCont;r80000000,80000010:1");
  EXPECT_EQ(action.range_begin, 0x80000000u);
  EXPECT_EQ(action.range_end, 0x80000010u);
  ask("bs");
  EXPECT_EQ(action.kind, Action::kReverseStep);
  ask("bc");
  EXPECT_EQ(action.kind, Action::kReverseContinue);
  EXPECT_EQ(ask("D"), "OK");
  EXPECT_EQ(action.kind, Action::kDetach);
  ask("k");
  EXPECT_EQ(action.kind, Action::kKill);
  EXPECT_EQ(ask("vKill;1"), "OK");
  EXPECT_EQ(action.kind, Action::kKill);
  ask("s80000040");
  EXPECT_EQ(action.kind, Action::kStep);
  EXPECT_EQ(target.registers[kGdbPc], 0x80000040u);
  EXPECT_EQ(ask("vCont;x"), "E16");
}

TEST_F(Session, SaysWhatItCanAndWhatItIs) {
  const std::string features = ask("qSupported:multiprocess+;swbreak+;hwbreak+;vContSupported+");
  for (const char* one : {"ReverseStep+", "ReverseContinue+", "QStartNoAckMode+", "qXfer:features:read+"}) {
    EXPECT_NE(features.find(one), std::string::npos) << one;
  }
  std::string xml, part;
  do {
    part = ask("qXfer:features:read:target.xml:" + fmt::format("{:x}", xml.size()) + ",800");
    xml += part.substr(1);
  } while (part[0] == 'm');
  EXPECT_EQ(part[0], 'l');
  EXPECT_NE(xml.find("name=\"mstatus\" bitsize=\"32\" regnum=\"833\""), std::string::npos) << xml;
  EXPECT_EQ(xml.find("mepc"), std::string::npos) << "only what the hart has";
  EXPECT_EQ(ask("qXfer:features:read:target.xml:0,10"), "m" + xml.substr(0, 16));
  EXPECT_EQ(ask("qfThreadInfo"), "m1");
  EXPECT_EQ(ask("Hg7"), "E01");
  EXPECT_EQ(ask("vMustReplyEmpty"), "");
  EXPECT_EQ(ask(""), "");
}

TEST_F(Session, StopsAreReportedInWordsThatTheClientKnows) {
  EXPECT_EQ(session.report({5, "swbreak:;"}), "T05thread:1;") << "it has not said that it knows swbreak";
  ask("qSupported:swbreak+");
  EXPECT_EQ(session.report({5, "swbreak:;"}), "T05swbreak:;thread:1;");
  EXPECT_EQ(session.report({2, ""}), "T02thread:1;");
  EXPECT_EQ(session.report({5, "watch:80000100;"}), "T05watch:80000100;thread:1;");
  EXPECT_EQ(ask("?"), "T05watch:80000100;thread:1;");
}

std::string text_of(const std::string& reply) {
  std::string text;
  for (size_t at = 0; at < reply.size();) {
    const size_t end = std::min(reply.find(' ', at), reply.size());
    const std::string word = reply.substr(at, end - at);
    if (word[0] == 'O' && word != "OK") text += from_hex(word.substr(1)).value_or("?");
    at = end + 1;
  }
  return text;
}

TEST_F(Session, MonitorShowsAndWritesRegistersByName) {
  const auto monitor = [&](const std::string& line) { return text_of(ask("qRcmd," + to_hex(std::string_view(line)))); };
  target.block[FakeTarget::kBlock] = 0x31;
  target.block[FakeTarget::kBlock + 0x1C] = 9;
  EXPECT_EQ(monitor("reg fake.ctrl"), "0x10000000  rw   CTRL                   0x00000031 START=1 MODE=3\n");
  const std::string all = monitor("regs fake");
  EXPECT_NE(all.find("SLOT[3]                0x00000009"), std::string::npos) << all;
  EXPECT_NE(all.find("SLOT[...], 15 of 16 are 0"), std::string::npos) << all;
  EXPECT_NE(all.find("KICK                   (cannot be read)"), std::string::npos) << all;
  monitor("reg fake.SLOT[2] 0x55");
  EXPECT_EQ(target.block[FakeTarget::kBlock + 0x18], 0x55u);
  EXPECT_NE(monitor("blocks").find("fake       0x10000000    7  A block for tests"), std::string::npos);
  EXPECT_EQ(monitor("trace 20"), "trace of 20\n");
}

TEST_F(Session, MonitorSaysWhatThereIsWhenItDoesNotKnow) {
  const auto monitor = [&](const std::string& line) { return text_of(ask("qRcmd," + to_hex(std::string_view(line)))); };
  EXPECT_NE(monitor("rest").find("'rest' is no monitor command. There are:\nmonitor help"), std::string::npos);
  EXPECT_EQ(monitor("regs uart"), "there is no block 'uart' on this board; there are: fake\n");
  EXPECT_EQ(monitor("reg fake.NONE"), "fake has no register 'NONE'; it has: CTRL, LEVEL, KICK, SLOT[0..15]\n");
  EXPECT_EQ(monitor("reg fake.SLOT[16]"), "SLOT is an array: name an element, SLOT[0] to SLOT[15]\n");
  EXPECT_EQ(monitor("reg fake.LEVEL 256"), "'256' is no value of 8 bits\n");
  EXPECT_NE(monitor("trace -1").find("a number from 1"), std::string::npos);
  EXPECT_NE(monitor("reg fake").find("BLOCK.REGISTER was expected"), std::string::npos);
}

}  // namespace
}  // namespace saksi::sim
