// Goal: a design that is named by its sources alone is verilated once, coupled, and does on the bus what it does; mistakes are told by their place.
// Method: the copier of testdata/ (APB, 32-bit AXI4-Lite master, reset active high) and rtl/sha256 by the examples of its standard, both made
// at the test's run time; the tests share a cache in the build folder but where the cache is what is tested.
#include "hw-models/rtl-build/rtl_library.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <regex>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/temp_folder.h"
#include "hw-models/base/systemc_test.h"
#include "hw-models/rtl-block/rtl_block.h"
#include "hw-models/soc/bus.h"
#include "hw-models/soc/ram.h"
#include "hw-models/waves/wave_list_for_test.h"
#include "regs/sha256_regs.hpp"

namespace saksi::hw {
namespace {

using sc_core::sc_time;

constexpr uint32_t kRam = 0x80000000;
constexpr uint32_t kRamSize = 0x200000;
const std::string kTestdata = SAKSI_SOURCE_DIR "/hw-models/rtl-build/testdata";

void no_telling(const std::string&, bool) {}

RtlSource source_of(const std::string& top, const std::vector<std::string>& files) {
  RtlSource source;
  source.block = "mine";
  source.place = "board.yaml:7:5";
  source.top = top;
  source.folder = kTestdata;
  for (const std::string& file : files) source.files.push_back({file, "board.yaml:8:9"});
  return source;
}

RtlSource word_copier(const std::string& increment) {
  RtlSource source = source_of("word_copier", {kTestdata + "/word_copier.sv"});
  source.include_dirs = {{kTestdata, "board.yaml:9:9"}};
  source.parameters = {{"INCREMENT", increment}};
  return source;
}

RtlSource sha256_circuit() {
  const std::string rtl = SAKSI_SOURCE_DIR "/rtl/sha256/";
  return source_of("sha256", {rtl + "sha256.vlt", SAKSI_BUILD_DIR "/generated/regs/sha256_regs_pkg.sv", rtl + "sha256_core.sv",
                              rtl + "sha256_registers.sv", rtl + "sha256_stream.sv", rtl + "sha256.sv"});
}

struct Bench : sc_core::sc_module {
  explicit Bench(const RtlSource& source, const sc_core::sc_module_name& name = "bench")
      : sc_module(name),
        bus("bus"),
        ram("ram", RamConfig{kRamSize}),
        block("mine", config(source), load_rtl(build_rtl(source, no_telling))),
        cpu("cpu") {
    bus.map(kRam, kRamSize, ram.target);
    cpu.bind(block.reg_target);
    block.dma.socket.bind(bus.target);
    block.irq.connect([this](bool level) { irq = level; });
  }
  /// The bus serves no memory before the simulation has started.
  static void begin() { sc_core::sc_start(sc_time(1, sc_core::SC_US), sc_core::SC_RUN_TO_TIME); }
  static RtlBlockConfig config(const RtlSource& source) {
    RtlBlockConfig config;
    config.ports = source.ports;
    return config;
  }
  bool access(tlm::tlm_command command, uint32_t offset, void* data, unsigned size = 4) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(offset);
    payload.set_data_ptr(static_cast<uint8_t*>(data));
    payload.set_data_length(size);
    payload.set_streaming_width(size);
    sc_time delay;
    cpu->b_transport(payload, delay);
    return payload.is_response_ok();
  }
  void write(uint32_t offset, uint32_t value) { EXPECT_TRUE(access(tlm::TLM_WRITE_COMMAND, offset, &value)); }
  uint32_t read(uint32_t offset) {
    uint32_t value = 0;
    EXPECT_TRUE(access(tlm::TLM_READ_COMMAND, offset, &value));
    return value;
  }
  uint32_t* word(uint32_t address) { return reinterpret_cast<uint32_t*>(ram.direct() + (address - kRam)); }
  void finish() {
    for (int i = 0; !irq && i < 5000; ++i) sc_core::sc_start(sc_time(20, sc_core::SC_US), sc_core::SC_RUN_TO_TIME);
    ASSERT_TRUE(irq);
  }

  Bus bus;
  Ram ram;
  RtlBlock block;
  tlm_utils::simple_initiator_socket<Bench> cpu;
  bool irq = false;
};

/// The compiler's cache, which is in the same place by default, stays where it is.
void use_cache(const std::string& folder) {
  setenv("XDG_CACHE_HOME", folder.c_str(), 1);
  setenv("CCACHE_DIR", SAKSI_BUILD_DIR "/rtl-cache/ccache", 1);
}

class RtlLibraryTest : public SystemcTest {
 protected:
  RtlLibraryTest() { use_cache(SAKSI_BUILD_DIR "/rtl-cache"); }
};

// Registers of the copier.
constexpr uint32_t kCtrl = 0x00, kStatus = 0x04, kSource = 0x08, kTarget = 0x0C, kWords = 0x10, kFaulty = 0x14;

TEST_F(RtlLibraryTest, AnApbBlockWithALiteMasterCopies) {
  Bench bench(word_copier("5"));
  Bench::begin();
  constexpr uint32_t kCount = 500;
  for (uint32_t i = 0; i < kCount; ++i) *bench.word(kRam + 0x1000 + 4 * i) = i * 0x01010101;
  bench.write(kSource, kRam + 0x1000);
  bench.write(kTarget, kRam + 0x8004);
  bench.write(kWords, kCount);
  EXPECT_EQ(bench.read(kSource), kRam + 0x1000);
  bench.write(kCtrl, 1);
  uint32_t left = kCount;
  while (!bench.irq) {  // each access takes back what was run ahead
    sc_core::sc_start(sc_time(1234, sc_core::SC_NS), sc_core::SC_RUN_TO_TIME);
    const uint32_t now = bench.read(kWords);
    ASSERT_LE(now, left);
    left = now;
  }
  EXPECT_GT(bench.block.roll_backs(), 10u);
  EXPECT_EQ(bench.read(kStatus), 0u);
  for (uint32_t i = 0; i < kCount; ++i) ASSERT_EQ(*bench.word(kRam + 0x8004 + 4 * i), i * 0x01010101 + 5) << i;
  EXPECT_EQ(*bench.word(kRam + 0x8000), 0u);
  EXPECT_EQ(bench.block.delivered().written_bytes, 4 * kCount);
  bench.write(kStatus, 0);
  EXPECT_FALSE(bench.irq);
}

TEST_F(RtlLibraryTest, ErrorsReachBothSides) {
  Bench bench(word_copier("5"));
  Bench::begin();
  uint32_t value = 0;
  EXPECT_FALSE(bench.access(tlm::TLM_READ_COMMAND, kFaulty, &value)) << "pslverr";
  EXPECT_FALSE(bench.access(tlm::TLM_WRITE_COMMAND, kSource, &value, 2)) << "a slave without strobes takes whole words";
  EXPECT_TRUE(bench.access(tlm::TLM_READ_COMMAND, kSource, &value, 2));
  bench.write(kSource, 0x40000000);
  bench.write(kTarget, kRam);
  bench.write(kWords, 1);
  bench.write(kCtrl, 1);
  bench.finish();
  EXPECT_EQ(bench.read(kStatus), 2u);
}

TEST_F(RtlLibraryTest, ItsWavesShowEachWordOnce) {
  WaveList waves;
  Bench bench(word_copier("5"));
  bench.block.keep_history();
  Bench::begin();
  bench.block.open_waves(waves);
  constexpr uint32_t kCount = 50;
  std::vector<uint32_t> expected;
  for (uint32_t i = 0; i < kCount; ++i) {
    *bench.word(kRam + 0x1000 + 4 * i) = i * 0x01010101;
    expected.push_back(i * 0x01010101 + 5);
  }
  bench.write(kSource, kRam + 0x1000);
  bench.write(kTarget, kRam + 0x1000);  // in place: what is gone through again must read what was there
  bench.write(kWords, kCount);
  bench.write(kCtrl, 1);
  while (!bench.irq) {
    sc_core::sc_start(sc_time(777, sc_core::SC_NS), sc_core::SC_RUN_TO_TIME);
    bench.block.show_waves();
    if (!bench.irq) bench.read(kWords);  // takes back what was run ahead
  }
  std::vector<uint32_t> written;
  const std::string top = "top.word_copier.";
  for (const uint64_t ps : waves.rises(top + "clk_i")) {
    if (ps == waves.times[0] || !waves.before(top + "m_axi_wvalid", ps).at(0) || !waves.before(top + "m_axi_wready", ps).at(0)) continue;
    written.push_back(waves.before(top + "m_axi_wdata", ps).at(0));
  }
  EXPECT_EQ(written, expected);
  EXPECT_EQ(waves.rises(top + "irq_o").size(), 1u);
}

TEST_F(RtlLibraryTest, AResetLeavesNothing) {
  Bench bench(word_copier("5"));
  Bench::begin();
  bench.write(kSource, 77);
  bench.block.reset();
  EXPECT_EQ(bench.read(kSource), 0u);
}

std::string hashed(Bench& bench, const std::string& message) {
  namespace reg = regs::sha256;
  constexpr uint32_t kMessage = kRam + 0x10000, kDescriptor = kRam + 0x1000, kLast = 1;
  std::memcpy(bench.word(kMessage), message.data(), message.size());
  const uint32_t words[4] = {kMessage, static_cast<uint32_t>(message.size()), 0, kLast};
  std::memcpy(bench.word(kDescriptor), words, sizeof words);
  bench.write(reg::kIrqEnable, reg::kIrqEnableDone.put(1));
  bench.write(reg::kDescAddr, kDescriptor);
  bench.write(reg::kCtrl, reg::kCtrlStart.put(1));
  bench.finish();
  bench.write(reg::kIrqStatus, bench.read(reg::kIrqStatus));
  std::string digest;
  for (uint32_t i = 0; i < 8; ++i) {
    char text[9];
    std::snprintf(text, sizeof text, "%08x", bench.read(reg::kDigest0 + 4 * i));
    digest += text;
  }
  return digest;
}

// Examples of NIST's "Secure Hash Standard" pages.
TEST_F(RtlLibraryTest, TheHashBlockGivesTheExamplesOfItsStandard) {
  Bench bench(sha256_circuit());
  Bench::begin();
  EXPECT_EQ(hashed(bench, "abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hashed(bench, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hashed(bench, ""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hashed(bench, std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

void write_file(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

/// A design that does nothing, with ports as given.
std::string idle_design(const std::string& ports, const std::string& body = "") {
  return "module idle (\n  input logic clk,\n  input logic rst_n,\n" + ports +
         "  input logic psel, penable, pwrite,\n  input logic [11:0] paddr,\n  input logic [31:0] pwdata,\n  output logic [31:0] prdata\n);\n" +
         body + "  assign prdata = 32'd0;\nendmodule\n";
}

std::string refusal(const RtlSource& source) {
  try {
    build_rtl(source, no_telling);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

#define EXPECT_SAYS(text, part) EXPECT_NE((text).find(part), std::string::npos) << "'" << (part) << "' is not in: " << (text)

class RtlLibraryMessages : public SystemcTest {
 protected:
  RtlLibraryMessages() { use_cache(folder.file("cache")); }
  RtlSource design(const std::string& text) {
    write_file(folder.file("idle.sv"), text);
    RtlSource source = source_of("idle", {folder.file("idle.sv")});
    source.folder = folder.path().string();
    return source;
  }
  TempFolder folder;
};

TEST_F(RtlLibraryMessages, AMissingFileIsNamedWithItsPlaceInTheBoardFile) {
  RtlSource source = source_of("idle", {"/nowhere/idle.sv"});
  EXPECT_SAYS(refusal(source), "board.yaml:8:9: /nowhere/idle.sv: there is no such file");
  source = design(idle_design(""));
  source.include_dirs = {{"/nowhere", "board.yaml:9:3"}};
  EXPECT_SAYS(refusal(source), "board.yaml:9:3: /nowhere: there is no such folder");
}

TEST_F(RtlLibraryMessages, AMistakeInTheSourceIsShownWithItsLine) {
  const std::string text = refusal(design(idle_design("", "  assign foo bar;\n")));
  EXPECT_SAYS(text, "board.yaml:7:5: block 'mine' cannot be verilated:");
  EXPECT_SAYS(text, folder.file("idle.sv") + ":9:14: syntax error");
  EXPECT_SAYS(text, "assign foo bar;");
  EXPECT_EQ(text.find("Exiting due to"), std::string::npos) << text;
}

TEST_F(RtlLibraryMessages, AWrongTopOrParameterIsNamed) {
  RtlSource source = design(idle_design(""));
  source.top = "idel";
  EXPECT_SAYS(refusal(source), "idel");
  source = design(idle_design(""));
  source.parameters = {{"WIDTH", "3"}};
  EXPECT_SAYS(refusal(source), "WIDTH");
}

TEST_F(RtlLibraryMessages, APortThatCannotBeCoupledIsNamedWithItsLine) {
  const std::string text = refusal(design(idle_design("  input logic [2:0] mode,\n")));
  EXPECT_SAYS(text, "board.yaml:7:5: block 'mine': module 'idle' (" + folder.file("idle.sv") + ":1) cannot be coupled:");
  EXPECT_SAYS(text, folder.file("idle.sv") + ":4: port 'mode' is an input of 3 bits");
}

TEST_F(RtlLibraryMessages, StateThatCannotBeSavedIsRefused) {
  const RtlSource source = design(idle_design(
      "",
      "  int unsigned kept [$];\n  always @(posedge clk) if (kept.size() < 9) kept.push_back(32'd1); else if (psel) $display(\"%0d\", kept[0]);\n"));
  const std::string text = refusal(source);
  EXPECT_SAYS(text, "its state could not be saved");
  EXPECT_SAYS(text, "idle.kept");
}

/// Ends the simulation 1000 cycles after a write of 1, unless a write of 0 comes before.
const char* const kFuse =
    "  logic lit;\n  int left;\n  always_ff @(posedge clk) begin\n    if (!rst_n) begin lit <= 0; left <= 1000; end\n"
    "    else begin\n      if (psel && penable && pwrite) lit <= pwdata[0];\n      if (lit) left <= left - 1;\n"
    "      if (left == 0) $fatal(1, \"burnt\");\n    end\n  end\n";

TEST_F(RtlLibraryMessages, ACircuitMayEndTheSimulationWhenItsTimeHasCome) {
  Bench bench(design(idle_design("", kFuse)));
  Bench::begin();
  bench.write(0, 1);
  sc_core::sc_start(sc_time(5, sc_core::SC_US), sc_core::SC_RUN_TO_TIME);
  bench.write(0, 0);  // it had been run ahead to the end, which did not come
  sc_core::sc_start(sc_time(50, sc_core::SC_US), sc_core::SC_RUN_TO_TIME);
  bench.write(0, 1);
  std::string text;
  try {
    sc_core::sc_start(sc_time(50, sc_core::SC_US), sc_core::SC_RUN_TO_TIME);
  } catch (const std::exception& error) {
    text = error.what();
  }
  EXPECT_SAYS(text, folder.file("idle.sv") + ":16: $stop, $error or $fatal in the circuit");
}

TEST_F(RtlLibraryMessages, WavesOfACircuitThatEndsTheSimulationGoUpToThere) {
  WaveList waves;
  Bench bench(design(idle_design("", kFuse)));
  bench.block.keep_history();
  Bench::begin();
  bench.block.open_waves(waves);
  bench.write(0, 1);
  EXPECT_THROW(sc_core::sc_start(sc_time(50, sc_core::SC_US), sc_core::SC_RUN_TO_TIME), std::exception);
  bench.block.show_waves();
  EXPECT_EQ(waves.of("top.idle.left").back().second.at(0), 0u);
}

TEST_F(RtlLibraryMessages, AFailedAttemptDoesNotHinderTheNext) {
  RtlSource source = design(idle_design(""));
  source.options = {"--no-such-option"};
  EXPECT_SAYS(refusal(source), "no-such-option");
  source.options.clear();
  EXPECT_EQ(refusal(source), "");
}

TEST_F(RtlLibraryMessages, WhatACircuitReadsIsLookedForBesideTheBoardFile) {
  RtlSource source = design(std::regex_replace(idle_design("", "  logic [31:0] rom [4];\n  initial $readmemh(\"rom.hex\", rom);\n"),
                                               std::regex("= 32'd0"), "= rom[paddr[3:2]]"));
  source.data_files = {{folder.file("rom.hex"), "board.yaml:9:3"}};
  EXPECT_SAYS(refusal(source), "board.yaml:9:3: " + folder.file("rom.hex") + ": there is no such file");
  write_file(folder.file("rom.hex"), "11 22 33 deadbeef\n");
  Bench bench(source);
  Bench::begin();
  EXPECT_EQ(bench.read(12), 0xdeadbeefu);
  bench.block.reset();
  EXPECT_EQ(bench.read(4), 0x22u);
}

using RtlLibraryCache = RtlLibraryMessages;

TEST_F(RtlLibraryCache, IsMadeOnceAndAnewWhenASourceChanges) {
  const std::string dir = folder.file("with a blank");
  std::filesystem::create_directory(dir);
  RtlSource source = design(idle_design("", "  `include \"more.svh\"\n"));
  source.include_dirs = {{dir, ""}};
  write_file(dir + "/more.svh", "logic more;\n");
  int told = 0;
  const auto build = [&] {
    told = 0;
    return build_rtl(source, [&](const std::string&, bool is_last) { told += is_last; }).path;
  };
  const std::string first = build();
  EXPECT_EQ(told, 1);
  EXPECT_EQ(build(), first);
  EXPECT_EQ(told, 0);
  write_file(dir + "/more.svh", "logic less;\n");
  const std::string second = build();
  EXPECT_EQ(told, 1);
  EXPECT_NE(second, first);
  write_file(dir + "/more.svh", "logic more;\n");
  EXPECT_EQ(build(), first);
  EXPECT_EQ(told, 0);
}

TEST_F(RtlLibraryCache, TwoProcessesAtOnceGetTheSame) {
  const RtlSource source = design(idle_design(""));
  const pid_t child = fork();
  int told = 0;
  const std::string path = build_rtl(source, [&](const std::string&, bool is_last) { told += is_last; }).path;
  if (child == 0) _exit(std::filesystem::exists(path) ? 10 + told : 1);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(std::filesystem::exists(path));
  EXPECT_EQ(WEXITSTATUS(status) - 10 + told, 1) << "one of them makes it, the other waits";
}

}  // namespace
}  // namespace saksi::hw
