// Goal: ports are found by their usual names, what a block leaves out is as if it were there and still, and what cannot be coupled is named.
// Method: lists of ports as a design would have them, with storage of the test's own.
#include "hw-models/rtl-block/rtl_ports.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <tuple>

#include "base/error.h"

namespace saksi::hw {
namespace {

using Direction = RtlPin::Direction;

/// Ports of a design that does not exist.
struct Design {
  std::vector<RtlPin> pins;
  std::deque<std::array<uint8_t, 64>> storage;

  void add(const std::string& name, Direction direction, int width = 1, int lsb = 0) {
    storage.emplace_back();
    storage.back().fill(0);
    pins.push_back({name, direction, lsb + width - 1, lsb, false, storage.back().data(), "top.sv:" + std::to_string(pins.size() + 1)});
  }
  void in(const std::string& name, int width = 1, int lsb = 0) { add(name, Direction::kInput, width, lsb); }
  void out(const std::string& name, int width = 1, int lsb = 0) { add(name, Direction::kOutput, width, lsb); }
  uint8_t* at(const std::string& name) {
    return static_cast<uint8_t*>(std::find_if(pins.begin(), pins.end(), [&](const RtlPin& pin) { return pin.name == name; })->storage);
  }
  void drop(const std::string& name) {
    pins.erase(std::remove_if(pins.begin(), pins.end(), [&](const RtlPin& pin) { return pin.name == name; }), pins.end());
  }
  RtlPin& pin(const std::string& name) {
    return *std::find_if(pins.begin(), pins.end(), [&](const RtlPin& pin) { return pin.name == name; });
  }
  void apb(const std::string& prefix = "") {
    for (const char* name : {"psel", "penable", "pwrite"}) in(prefix + name);
    in(prefix + "paddr", 12);
    in(prefix + "pwdata", 32);
    out(prefix + "prdata", 32);
  }
  void axil(const std::string& prefix) {
    for (const char* name : {"awvalid", "wvalid", "bready", "arvalid", "rready"}) in(prefix + name);
    for (const char* name : {"awready", "wready", "bvalid", "arready", "rvalid"}) out(prefix + name);
    in(prefix + "awaddr", 8);
    in(prefix + "araddr", 8);
    in(prefix + "wdata", 32);
    out(prefix + "rdata", 32);
  }
  void lite_master(const std::string& prefix, int width) {
    for (const char* name : {"awready", "wready", "bvalid", "arready", "rvalid"}) in(prefix + name);
    for (const char* name : {"awvalid", "wvalid", "bready", "arvalid", "rready"}) out(prefix + name);
    out(prefix + "awaddr", 32);
    out(prefix + "araddr", 32);
    out(prefix + "wdata", width);
    in(prefix + "rdata", width);
  }
};

Design usual() {
  Design design;
  design.in("clk");
  design.in("rst_n");
  design.axil("s_axil_");
  return design;
}

/// What is wrong with a design.
std::string problems(const Design& design, const RtlPortNames& names = {}) {
  try {
    const RtlPorts ports(design.pins, names, "module 'top'");
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

::testing::AssertionResult says(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "'" << part << "' is not in: " << text;
}

TEST(RtlPorts, WithoutMasterAndIrqAreStill) {
  Design design = usual();
  const RtlPorts ports(design.pins, {}, "top");
  EXPECT_FALSE(ports.has_irq);
  EXPECT_EQ(*ports.irq, 0);
  EXPECT_EQ(*ports.m_axi.arvalid + *ports.m_axi.awvalid + *ports.m_axi.wvalid, 0);
  *ports.m_axi.arready = 1;  // goes nowhere
  EXPECT_FALSE(ports.is_apb);
  EXPECT_FALSE(ports.has_strobes);
  EXPECT_EQ(ports.reset_active, 0);
}

TEST(RtlPorts, NamesOfOtherHouses) {
  for (const auto& [clock, reset, active] : std::vector<std::tuple<std::string, std::string, int>>{{"clk_i", "rst_ni", 0},
                                                                                                   {"ACLK", "ARESETN", 0},
                                                                                                   {"pclk", "presetn", 0},
                                                                                                   {"clk", "rst", 1},
                                                                                                   {"clk_i", "rst_i", 1},
                                                                                                   {"ap_clk", "ap_rst_n", 0},
                                                                                                   {"clock", "reset", 1}}) {
    Design design;
    design.in(clock);
    design.in(reset);
    design.out("interrupt");
    design.axil("S_AXI_");
    const RtlPorts ports(design.pins, {}, "top");
    EXPECT_EQ(ports.clk, design.at(clock));
    EXPECT_EQ(ports.reset, design.at(reset));
    EXPECT_EQ(ports.reset_active, active) << reset;
    EXPECT_TRUE(ports.has_irq);
  }
}

TEST(RtlPorts, ALiteMasterLooksLikeBurstsOfOneBeat) {
  for (const int width : {32, 64, 128, 256, 512}) {
    Design design = usual();
    design.lite_master("m_axi_", width);
    const RtlPorts ports(design.pins, {}, "top");
    EXPECT_EQ(ports.m_axi.data_bytes, static_cast<unsigned>(width / 8));
    EXPECT_EQ(*ports.m_axi.arlen, 0);
    EXPECT_EQ(1u << *ports.m_axi.arsize, ports.m_axi.data_bytes);
    EXPECT_EQ(*ports.m_axi.awburst, 1);
    EXPECT_EQ(*ports.m_axi.wlast, 1);
    EXPECT_EQ(ports.m_axi.wstrb.get(), ~uint64_t{0});
  }
}

TEST(RtlPorts, AFullSlaveIsGivenBurstsOfOneWord) {
  Design design = usual();
  design.in("s_axil_awlen", 8);
  design.in("s_axil_awsize", 3);
  design.in("s_axil_awburst", 2);
  design.in("s_axil_wlast");
  design.in("s_axil_awid", 4);
  const RtlPorts ports(design.pins, {}, "top");
  EXPECT_EQ(*design.at("s_axil_awsize"), 2);
  EXPECT_EQ(*design.at("s_axil_awburst"), 1);
  EXPECT_EQ(*design.at("s_axil_wlast"), 1);
}

TEST(RtlPorts, ApbByItsNamesAndWordAddresses) {
  Design design;
  design.in("pclk");
  design.in("presetn");
  design.apb();
  design.drop("paddr");
  design.in("paddr", 10, 2);
  const RtlPorts ports(design.pins, {}, "top");
  EXPECT_TRUE(ports.is_apb);
  EXPECT_EQ(*ports.apb.pready, 1) << "a slave without pready is always ready";
  ports.apb.paddr.set(0x10);
  EXPECT_EQ(*design.at("paddr"), 4);
  ports.apb.paddr.set(0x1FF0);
  EXPECT_EQ(design.at("paddr")[1], 3) << "no bits beyond the port's";
}

TEST(RtlPorts, NamesAndTiesOfTheBoardFile) {
  Design design;
  design.in("core_clk");
  design.in("core_rst_n");
  design.out("done");
  design.axil("regs_");
  design.lite_master("dma_", 64);
  design.in("scan_en", 3);
  RtlPortNames names;
  names.clock = "core_clk";
  names.reset = "core_rst_n";
  names.irq = "done";
  names.registers = "regs_";
  names.master = "dma_";
  names.tie["scan_en"] = 5;
  const RtlPorts ports(design.pins, names, "top");
  EXPECT_EQ(ports.reset_active, 0);
  EXPECT_EQ(ports.irq, design.at("done"));
  EXPECT_EQ(ports.m_axi.data_bytes, 8u);
  EXPECT_EQ(*design.at("scan_en"), 5);
  names.tie["scan_en"] = 9;
  EXPECT_TRUE(says(problems(design, names), "port 'scan_en' has 3 bits: the value 9 of tie is too large for it"));
}

TEST(RtlPorts, AnUnknownInputIsRefusedWithItsPlace) {
  Design design = usual();
  design.in("scan_en");
  design.out("debug", 77);  // an output may be left open
  const std::string text = problems(design);
  EXPECT_TRUE(says(text, "module 'top' cannot be coupled"));
  EXPECT_TRUE(says(text, "top.sv:17: port 'scan_en' is an input of 1 bit that belongs to none"));
  EXPECT_TRUE(says(text, "tie: {scan_en: 0}"));
  EXPECT_FALSE(says(text, "debug"));
}

TEST(RtlPorts, WrongWidthsAndDirectionsAreNamed) {
  Design design = usual();
  design.lite_master("m_axi_", 48);
  EXPECT_TRUE(says(problems(design), "port 'm_axi_rdata' has 48 bits; expected were 32, 64, 128, 256 or 512"));
  design = usual();
  design.drop("s_axil_rdata");
  design.out("s_axil_rdata", 64);
  EXPECT_TRUE(says(problems(design), "port 's_axil_rdata' is an output of 64 bits; expected was an output of 32 bits"));
  design = usual();
  design.pin("s_axil_awready").direction = Direction::kInput;
  EXPECT_TRUE(says(problems(design), "port 's_axil_awready' is an input of 1 bit; expected was an output of 1 bit"));
  design = usual();
  design.pin("s_axil_awvalid").unpacked = true;
  EXPECT_TRUE(says(problems(design), "port 's_axil_awvalid' is an input of 1 bit, an array"));
  design = usual();
  design.add("pad", Direction::kInout);
  EXPECT_TRUE(says(problems(design), "port 'pad' is an inout"));
}

TEST(RtlPorts, WhatIsMissingIsNamed) {
  Design design = usual();
  design.drop("clk");
  design.drop("s_axil_bready");
  const std::string text = problems(design);
  EXPECT_TRUE(says(text, "no clock was found: none of clk, clock, aclk, pclk, ap_clk"));
  EXPECT_TRUE(says(text, "port 's_axil_bready' is missing: expected was an input of 1 bit"));
  Design nothing;
  nothing.in("clk");
  nothing.in("rst");
  EXPECT_TRUE(says(problems(nothing), "no registers were found"));
  RtlPortNames names;
  names.needs_irq = true;
  EXPECT_TRUE(says(problems(usual(), names), "no irq was found"));
  names.irq = "done";
  EXPECT_TRUE(says(problems(usual(), names), "port 'done' is missing: expected was an output of 1 bit"));
}

}  // namespace
}  // namespace saksi::hw
