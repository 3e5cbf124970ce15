// Goal: the ports of a top are read out of what Verilator writes. Method: lines as Verilator 5.006 writes them.
#include "hw-models/rtl-adapter/verilated_class.h"

#include <gtest/gtest.h>

namespace saksi::hw {
namespace {

TEST(VerilatedClass, PortsOfItsHeader) {
  const std::vector<VerilatedPort> ports = ports_in_header(
      "class Vt VL_NOT_FINAL : public VerilatedModel {\n"
      "    VL_IN8(&clk_i,0,0);\n    VL_IN8(&clk___05Fx,0,0);\n    VL_INOUT8(&io,0,0);\n    VL_OUTW(&w,127,0,4);\n    VL_OUT(&__SYM__char,31,0);\n"
      "    VL_IN(&addr,31,4);\n    VL_OUT64(&q,63,0);\n    VL_IN8((&arr)[2],7,0);\n    VL_OUT16(&up,0,11);\n"
      "    // CELLS\n    Vt___024root* const rootp;\n");
  const std::vector<VerilatedPort> expected = {{"clk_i", "clk_i", "kInput", 0, 0, false},
                                               {"clk___05Fx", "clk__x", "kInput", 0, 0, false},
                                               {"io", "io", "kInout", 0, 0, false},
                                               {"w", "w", "kOutput", 127, 0, false},
                                               {"__SYM__char", "char", "kOutput", 31, 0, false},
                                               {"addr", "addr", "kInput", 31, 4, false},
                                               {"q", "q", "kOutput", 63, 0, false},
                                               {"arr", "arr", "kInput", 7, 0, true},
                                               {"up", "up", "kOutput", 0, 11, false}};
  EXPECT_EQ(ports, expected);
}

TEST(VerilatedClass, WhatACopyOfItDoesNotHold) {
  const std::vector<std::string> names = unsavable_in_header(
      "    VlUnpacked<IData/*31:0*/, 16> q__DOT__rom;\n    VlQueue<IData/*31:0*/> q__DOT__kept;\n    std::string q__DOT__u__DOT__text;\n"
      "    VlAssocArray<std::string, IData/*31:0*/> q__DOT__as;\n    void f(std::string a, VlQueue<IData> b);\n    static const std::string kName;\n"
      "    VlTriggerVec<1> __VactTriggered;\n");
  EXPECT_EQ(names, (std::vector<std::string>{"q.kept", "q.u.text", "q.as"}));
}

TEST(VerilatedClass, PlacesOfItsXml) {
  const auto places = places_in_xml(
      "<verilator_xml>\n  <files>\n    <file id=\"a\" filename=\"&lt;built-in&gt;\" language=\"1800-2017\"/>\n"
      "    <file id=\"c\" filename=\"/r/t&amp;.sv\" language=\"1800-2017\"/>\n  </files>\n  <netlist>\n"
      "    <module loc=\"c,3,8,3,9\" name=\"t\" origName=\"t\" topModule=\"1\">\n"
      "      <var loc=\"c,3,39,3,44\" name=\"WIDTH\" dtype_id=\"1\" vartype=\"int\" param=\"true\">\n"
      "      <var loc=\"c,4,15,4,20\" name=\"clk_i\" dtype_id=\"5\" dir=\"input\" pinIndex=\"1\"/>\n    </module>\n"
      "    <module loc=\"c,9,8,9,9\" name=\"u\" origName=\"u\">\n"
      "      <var loc=\"c,10,15,4,20\" name=\"x\" dtype_id=\"5\" dir=\"input\" pinIndex=\"1\"/>\n    </module>\n");
  const std::map<std::string, std::string> expected = {{"", "/r/t&.sv:3"}, {"clk_i", "/r/t&.sv:4"}};
  EXPECT_EQ(places, expected);
}

}  // namespace
}  // namespace saksi::hw
