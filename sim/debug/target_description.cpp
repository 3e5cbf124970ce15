#include "sim/debug/target_description.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

namespace saksi::sim {

namespace {

constexpr const char* kGeneralNames[] = {"zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "fp", "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
                                         "a6",   "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

/// Of f0..f31 in the calling convention: ft0-7, fs0-1, fa0-7, fs2-11, ft8-11.
std::string float_name(uint32_t i) {
  if (i < 8) return fmt::format("ft{}", i);
  if (i < 10) return fmt::format("fs{}", i - 8);
  if (i < 18) return fmt::format("fa{}", i - 10);
  return i < 28 ? fmt::format("fs{}", i - 16) : fmt::format("ft{}", i - 20);
}

void add_numbered(std::vector<NamedCsr>& csrs, uint32_t number, const std::string& name, int first, int last, const std::string& suffix = "") {
  for (int i = first; i <= last; ++i) csrs.push_back({number + static_cast<uint32_t>(i - first), fmt::format("{}{}{}", name, i, suffix)});
}

}  // namespace

std::vector<NamedCsr> named_csrs() {
  std::vector<NamedCsr> csrs = {{0x300, "mstatus"},       {0x301, "misa"},       {0x302, "medeleg"},  {0x303, "mideleg"},   {0x304, "mie"},
                                {0x305, "mtvec"},         {0x306, "mcounteren"}, {0x30A, "menvcfg"},  {0x310, "mstatush"},  {0x31A, "menvcfgh"},
                                {0x320, "mcountinhibit"}, {0x340, "mscratch"},   {0x341, "mepc"},     {0x342, "mcause"},    {0x343, "mtval"},
                                {0x344, "mip"},           {0x747, "mseccfg"},    {0x757, "mseccfgh"}, {0x7A0, "tselect"},   {0x7A1, "tdata1"},
                                {0x7A2, "tdata2"},        {0x7A3, "tdata3"},     {0x7A4, "tinfo"},    {0x7A5, "tcontrol"},  {0x7A8, "mcontext"},
                                {0xB00, "mcycle"},        {0xB02, "minstret"},   {0xB80, "mcycleh"},  {0xB82, "minstreth"}, {0xC00, "cycle"},
                                {0xC01, "time"},          {0xC02, "instret"},    {0xC80, "cycleh"},   {0xC81, "timeh"},     {0xC82, "instreth"},
                                {0xF11, "mvendorid"},     {0xF12, "marchid"},    {0xF13, "mimpid"},   {0xF14, "mhartid"},   {0xF15, "mconfigptr"}};
  add_numbered(csrs, 0x323, "mhpmevent", 3, 31);
  add_numbered(csrs, 0x3A0, "pmpcfg", 0, 15);
  add_numbered(csrs, 0x3B0, "pmpaddr", 0, 63);
  add_numbered(csrs, 0xB03, "mhpmcounter", 3, 31);
  add_numbered(csrs, 0xB83, "mhpmcounter", 3, 31, "h");
  add_numbered(csrs, 0xC03, "hpmcounter", 3, 31);
  add_numbered(csrs, 0xC83, "hpmcounter", 3, 31, "h");
  std::sort(csrs.begin(), csrs.end(), [](const NamedCsr& a, const NamedCsr& b) { return a.number < b.number; });
  return csrs;
}

std::string target_description(const std::function<bool(uint32_t)>& has_csr) {
  std::string xml =
      "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target version=\"1.0\">\n<architecture>riscv:rv32</architecture>\n"
      "<feature name=\"org.gnu.gdb.riscv.cpu\">\n";
  for (uint32_t i = 0; i < kGdbPc; ++i) {
    const char* type = i == 1 ? "code_ptr" : i >= 2 && i <= 4 ? "data_ptr" : i == 8 ? "data_ptr" : "int";
    xml += fmt::format("<reg name=\"{}\" bitsize=\"32\" regnum=\"{}\" type=\"{}\" group=\"general\"/>\n", kGeneralNames[i], i, type);
  }
  xml += fmt::format("<reg name=\"pc\" bitsize=\"32\" regnum=\"{}\" type=\"code_ptr\" group=\"general\"/>\n</feature>\n", kGdbPc);
  xml +=
      "<feature name=\"org.gnu.gdb.riscv.fpu\">\n<union id=\"float_or_double\"><field name=\"float\" type=\"ieee_single\"/>"
      "<field name=\"double\" type=\"ieee_double\"/></union>\n";
  for (uint32_t i = 0; i < 32; ++i) {
    xml +=
        fmt::format("<reg name=\"{}\" bitsize=\"64\" regnum=\"{}\" type=\"float_or_double\" group=\"float\"/>\n", float_name(i), kGdbFirstFloat + i);
  }
  for (const NamedCsr& csr : std::initializer_list<NamedCsr>{{1, "fflags"}, {2, "frm"}, {3, "fcsr"}}) {
    xml += fmt::format("<reg name=\"{}\" bitsize=\"32\" regnum=\"{}\" type=\"int\" group=\"float\"/>\n", csr.name, kGdbFirstCsr + csr.number);
  }
  xml += "</feature>\n<feature name=\"org.gnu.gdb.riscv.csr\">\n";
  for (const NamedCsr& csr : named_csrs()) {
    if (!has_csr(csr.number)) continue;
    xml += fmt::format("<reg name=\"{}\" bitsize=\"32\" regnum=\"{}\" type=\"int\" group=\"csr\" save-restore=\"no\"/>\n", csr.name,
                       kGdbFirstCsr + csr.number);
  }
  return xml + "</feature>\n</target>\n";
}

}  // namespace saksi::sim
