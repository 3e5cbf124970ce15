// Verilator's class VerilatedFst, over a WaveSink instead of a file.
//
// A model made with --trace-fst calls VerilatedFst for each signal that changes. Verilator's own implementation (verilated_fst_c.cpp) writes a file
// of one model with a time axis of its own; ours stands in its place when a program is linked, and hands everything to the sink that was given
// to the constructor, so that several circuits and the board's wires come into one file, written by a process that outlives a crash. The class
// and what the models call are those of Debian 12's Verilator 5.006 (verilated_fst_c.h, verilated_trace.h).
#include <verilated.h>
#include <verilated_fst_c.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <sstream>

#include "hw-models/waves/wave_sink.h"

#define VL_SUB_T VerilatedFst
#define VL_BUF_T VerilatedFstBuffer
#include <verilated_trace_imp.h>
#undef VL_SUB_T
#undef VL_BUF_T

namespace {

saksi::hw::WaveSink& sink_of(void* pointer) { return *static_cast<saksi::hw::WaveSink*>(pointer); }

}  // namespace

// Until open(), m_fst must be empty (it says whether a file is open): the sink waits in m_strbufp, which we have no other use for.
VerilatedFst::VerilatedFst(void* fst) : m_strbufp(static_cast<char*>(fst)) {}

VerilatedFst::~VerilatedFst() { delete[] m_symbolp; }

void VerilatedFst::open(const char*) VL_MT_SAFE_EXCLUDES(m_mutex) {
  const VerilatedLockGuard lock{m_mutex};
  m_fst = m_strbufp;
  fullDump(true);
  Super::traceInit();
  // By code: whether anybody wants the signal's values.
  m_symbolp = new fstHandle[nextCode()]{0};
  for (const auto& [code, wanted] : m_code2symbol) m_symbolp[code] = wanted;
  m_code2symbol.clear();
}

void VerilatedFst::close() VL_MT_SAFE_EXCLUDES(m_mutex) {
  const VerilatedLockGuard lock{m_mutex};
  m_fst = nullptr;
}

void VerilatedFst::flush() VL_MT_SAFE_EXCLUDES(m_mutex) {}

void VerilatedFst::emitTimeChange(uint64_t timeui) { sink_of(m_fst).at(timeui); }

void VerilatedFst::configure(const VerilatedTraceConfig&) {}

VerilatedFst::Buffer* VerilatedFst::getTraceBuffer() { return new Buffer{*this}; }
void VerilatedFst::commitTraceBuffer(VerilatedFst::Buffer* buffer) { delete buffer; }

// Declarations.

void VerilatedFst::declDTypeEnum(int dtypenum, const char* name, uint32_t elements, unsigned int minValbits, const char** itemNamesp,
                                 const char** itemValuesp) {
  saksi::hw::WaveEnumeration enumeration{dtypenum, name, minValbits, {}};
  for (uint32_t i = 0; i < elements; ++i) enumeration.items.emplace_back(itemNamesp[i], itemValuesp[i]);
  sink_of(m_fst).declare(enumeration);
}

void VerilatedFst::declare(uint32_t code, const char* name, int dtypenum, fstVarDir vardir, fstVarType vartype, bool array, int arraynum, bool bussed,
                           int msb, int lsb) {
  saksi::hw::WaveSignal signal;
  signal.code = code;
  signal.bits = static_cast<uint32_t>(std::abs(msb - lsb)) + 1;
  signal.is_bus = bussed;
  signal.msb = msb;
  signal.lsb = lsb;
  signal.direction = vardir;
  signal.type = vartype;
  signal.enumeration = std::max(dtypenum, 0);
  std::istringstream path(namePrefix() + name);
  for (std::string part; path >> part;) {
    if (!signal.name.empty()) signal.scope += (signal.scope.empty() ? "" : ".") + signal.name;
    // Verilator marks the kind of some scopes by a character that is not ASCII at their end.
    if (part.back() & 0x80) part.pop_back();
    signal.name = part;
  }
  if (array) signal.name += "[" + std::to_string(arraynum) + "]";
  Super::declCode(code, name, signal.bits, false);
  if (sink_of(m_fst).declare(signal)) m_code2symbol[code] = 1;
}

void VerilatedFst::declEvent(uint32_t code, const char* name, int dtypenum, fstVarDir vardir, fstVarType vartype, bool array, int arraynum) {
  declare(code, name, dtypenum, vardir, vartype, array, arraynum, false, 0, 0);
}
void VerilatedFst::declBit(uint32_t code, const char* name, int dtypenum, fstVarDir vardir, fstVarType vartype, bool array, int arraynum) {
  declare(code, name, dtypenum, vardir, vartype, array, arraynum, false, 0, 0);
}
void VerilatedFst::declBus(uint32_t code, const char* name, int dtypenum, fstVarDir vardir, fstVarType vartype, bool array, int arraynum, int msb,
                           int lsb) {
  declare(code, name, dtypenum, vardir, vartype, array, arraynum, true, msb, lsb);
}
void VerilatedFst::declQuad(uint32_t code, const char* name, int dtypenum, fstVarDir vardir, fstVarType vartype, bool array, int arraynum, int msb,
                            int lsb) {
  declare(code, name, dtypenum, vardir, vartype, array, arraynum, true, msb, lsb);
}
void VerilatedFst::declArray(uint32_t code, const char* name, int dtypenum, fstVarDir vardir, fstVarType vartype, bool array, int arraynum, int msb,
                             int lsb) {
  declare(code, name, dtypenum, vardir, vartype, array, arraynum, true, msb, lsb);
}
void VerilatedFst::declDouble(uint32_t code, const char* name, int dtypenum, fstVarDir vardir, fstVarType vartype, bool array, int arraynum) {
  declare(code, name, dtypenum, vardir, vartype, array, arraynum, false, 63, 0);
}

// Values. Each is called at one place of verilated_trace_imp.h.

VL_ATTR_ALWINLINE
void VerilatedFstBuffer::emitIData(uint32_t code, IData newval, int) {
  if (m_symbolp[code]) sink_of(m_fst).value(code, &newval, 1);
}
VL_ATTR_ALWINLINE
void VerilatedFstBuffer::emitEvent(uint32_t code, VlEvent) { emitIData(code, 1, 1); }
VL_ATTR_ALWINLINE
void VerilatedFstBuffer::emitBit(uint32_t code, CData newval) { emitIData(code, newval, 1); }
VL_ATTR_ALWINLINE
void VerilatedFstBuffer::emitCData(uint32_t code, CData newval, int bits) { emitIData(code, newval, bits); }
VL_ATTR_ALWINLINE
void VerilatedFstBuffer::emitSData(uint32_t code, SData newval, int bits) { emitIData(code, newval, bits); }
VL_ATTR_ALWINLINE
void VerilatedFstBuffer::emitQData(uint32_t code, QData newval, int) {
  const uint32_t words[2] = {static_cast<uint32_t>(newval), static_cast<uint32_t>(newval >> 32)};
  if (m_symbolp[code]) sink_of(m_fst).value(code, words, 2);
}
VL_ATTR_ALWINLINE
void VerilatedFstBuffer::emitWData(uint32_t code, const WData* newvalp, int bits) {
  if (m_symbolp[code]) sink_of(m_fst).value(code, newvalp, static_cast<uint32_t>(VL_WORDS_I(bits)));
}
VL_ATTR_ALWINLINE
void VerilatedFstBuffer::emitDouble(uint32_t code, double newval) {
  QData bits = 0;
  std::memcpy(&bits, &newval, sizeof bits);
  emitQData(code, bits, 64);
}
