#include "sim/debug/gdb_session.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/debug/gdb_packet.h"
#include "sim/debug/target_description.h"

namespace saksi::sim {

namespace {

using Kind = GdbAction::Kind;

/// Room for a frame's '$', '#' and checksum, and for hexadecimal digits or escapes.
constexpr size_t kBytesPerPacketMax = (kGdbPacketMax - 16) / 2;

// gdb shows the number as errno does; 1: not permitted, 14: bad address, 22: invalid.
GdbAnswer answer(std::string text) { return {{std::move(text)}, {}}; }
GdbAnswer unknown() { return answer(""); }
GdbAnswer malformed() { return answer("E16"); }
GdbAnswer bad_address() { return answer("E0e"); }
GdbAnswer not_permitted() { return answer("E01"); }
GdbAnswer act(Kind kind, uint32_t begin = 0, uint32_t end = 0) { return {{}, {kind, begin, end}}; }

/// "ADDR,LENGTH", both in hexadecimal, then perhaps `terminator` and more, which is left in `text`.
bool take_range(std::string_view* text, uint32_t* address, size_t* length) {
  const auto first = take_number(text);
  if (!first || *first > UINT32_MAX || !take_word(text, ",")) return false;
  const auto second = take_number(text);
  if (!second || *second > UINT32_MAX) return false;
  *address = static_cast<uint32_t>(*first);
  *length = static_cast<size_t>(*second);
  return true;
}

bool is_our_thread(std::string_view id) { return id == "1" || id == "0" || id == "-1" || id.empty(); }

}  // namespace

std::string GdbSession::report(const GdbStop& stop) {
  const bool told = (stop.detail != "swbreak:;" || agreed_.swbreak) && (stop.detail != "hwbreak:;" || agreed_.hwbreak);
  last_report_ = fmt::format("T{:02x}{}thread:1;", stop.signal, told ? stop.detail : "");
  return last_report_;
}

GdbAnswer GdbSession::handle(const std::string& packet) {
  const std::string_view rest = std::string_view(packet).substr(packet.empty() ? 0 : 1);
  switch (packet.empty() ? '\0' : packet[0]) {
    case '?':
      return answer(last_report_);
    case '!':
      return answer("OK");
    case 'g':
      return read_registers();
    case 'G':
      return write_registers(rest);
    case 'p':
    case 'P':
      return register_access(packet);
    case 'm':
      return read_memory(rest);
    case 'M':
      return write_memory(rest, false);
    case 'X':
      return write_memory(rest, true);
    case 'Z':
      return stop_point(rest, true);
    case 'z':
      return stop_point(rest, false);
    case 'c':
    case 'C':
    case 's':
    case 'S':
    case 'b':
      return resume(packet);
    case 'D':
      return {{"OK"}, {Kind::kDetach}};
    case 'k':
      return act(Kind::kKill);
    case 'R':
      return act(Kind::kRestart);
    case 'H':
      return is_our_thread(rest.substr(std::min<size_t>(1, rest.size()))) ? answer("OK") : not_permitted();
    case 'T':
      return is_our_thread(rest) ? answer("OK") : not_permitted();
    case 'q':
      return query(packet);
    case 'Q':
      return set(packet);
    case 'v':
      return verbose(packet);
    default:
      return unknown();
  }
}

// Queries.

GdbAnswer GdbSession::query(std::string_view packet) {
  if (take_word(&packet, "qSupported")) return supported(packet);
  if (take_word(&packet, "qXfer:features:read:")) return transfer(packet);
  if (take_word(&packet, "qRcmd,")) return command(packet);
  if (packet == "qAttached") return answer("1");  // so that gdb, when it ends, leaves the run alone
  if (packet == "qC") return answer("QC1");
  if (packet == "qfThreadInfo") return answer("m1");
  if (packet == "qsThreadInfo") return answer("l");
  if (take_word(&packet, "qThreadExtraInfo,")) return answer(to_hex(std::string_view("hart 0")));
  if (take_word(&packet, "qSymbol:")) return answer("OK");
  return unknown();
}

GdbAnswer GdbSession::supported(std::string_view features) {
  agreed_.swbreak = features.find("swbreak+") != std::string_view::npos;
  agreed_.hwbreak = features.find("hwbreak+") != std::string_view::npos;
  return answer(fmt::format("PacketSize={:x};QStartNoAckMode+;qXfer:features:read+;vContSupported+;swbreak+;hwbreak+;ReverseStep+;ReverseContinue+",
                            kGdbPacketMax));
}

/// "ANNEX:OFFSET,LENGTH"
GdbAnswer GdbSession::transfer(std::string_view packet) {
  if (!take_word(&packet, "target.xml:")) return answer("E00");
  uint32_t offset = 0;
  size_t length = 0;
  if (!take_range(&packet, &offset, &length)) return malformed();
  const std::string xml = target_description([this](uint32_t csr) { return target_.read_register(kGdbFirstCsr + csr).has_value(); });
  if (offset >= xml.size()) return answer("l");
  const std::string part = xml.substr(offset, std::min(length, kBytesPerPacketMax));
  return answer((offset + part.size() < xml.size() ? "m" : "l") + part);
}

/// The text goes out in pieces: console output, then "OK".
GdbAnswer GdbSession::command(std::string_view hex) {
  const auto text = from_hex(hex);
  if (!text) return malformed();
  const std::string result = target_.monitor(*text);
  GdbAnswer pieces;
  for (size_t at = 0; at < result.size(); at += kBytesPerPacketMax) {
    pieces.replies.push_back("O" + to_hex(std::string_view(result).substr(at, kBytesPerPacketMax)));
  }
  pieces.replies.push_back("OK");
  return pieces;
}

GdbAnswer GdbSession::set(std::string_view packet) {
  if (packet != "QStartNoAckMode") return unknown();
  agreed_.no_acks = true;
  return answer("OK");
}

GdbAnswer GdbSession::verbose(std::string_view packet) {
  if (packet == "vCont?") return answer("vCont;c;C;s;S;r");
  if (take_word(&packet, "vCont;")) return resume_verbose(packet);
  if (take_word(&packet, "vRun")) return act(Kind::kRestart);
  if (take_word(&packet, "vKill")) return {{"OK"}, {Kind::kKill}};
  return unknown();
}

// Resuming. A signal that gdb wants to deliver means nothing to a hart.

GdbAnswer GdbSession::resume(std::string_view packet) {
  const char first = packet[0];
  packet.remove_prefix(1);
  if (first == 'b') return packet == "s" ? act(Kind::kReverseStep) : packet == "c" ? act(Kind::kReverseContinue) : unknown();
  if (first == 'C' || first == 'S') {
    if (!take_number(&packet)) return malformed();
    take_word(&packet, ";");
  }
  if (!packet.empty()) {
    const auto address = take_number(&packet);
    if (!address || !packet.empty() || *address > UINT32_MAX) return malformed();
    target_.write_register(kGdbPc, static_cast<uint32_t>(*address));
  }
  return act(first == 'c' || first == 'C' ? Kind::kContinue : Kind::kStep);
}

/// "ACTION[:THREAD];..."; there is one thread, so the first action that names it, or none, counts.
GdbAnswer GdbSession::resume_verbose(std::string_view actions) {
  while (!actions.empty()) {
    std::string_view one = actions.substr(0, actions.find(';'));
    actions.remove_prefix(std::min(actions.size(), one.size() + 1));
    const size_t colon = one.find(':');
    const bool ours = colon == std::string_view::npos || is_our_thread(one.substr(colon + 1));
    one = one.substr(0, colon);
    if (!ours) continue;
    if (one == "c" || one.substr(0, 1) == "C") return act(Kind::kContinue);
    if (one == "s" || one.substr(0, 1) == "S") return act(Kind::kStep);
    if (!take_word(&one, "r")) return malformed();
    const auto begin = take_number(&one);
    if (!begin || !take_word(&one, ",")) return malformed();
    const auto end = take_number(&one);
    if (!end || !one.empty()) return malformed();
    return act(Kind::kStep, static_cast<uint32_t>(*begin), static_cast<uint32_t>(*end));
  }
  return malformed();
}

// Registers and memory.

GdbAnswer GdbSession::read_registers() const {
  std::string hex;
  for (uint32_t number = 0; number <= kGdbPc; ++number) hex += little_endian_hex(target_.read_register(number).value_or(0), 4);
  return answer(hex);
}

GdbAnswer GdbSession::write_registers(std::string_view hex) {
  const auto bytes = from_hex(hex);
  if (!bytes || bytes->size() != 4 * (kGdbPc + 1)) return malformed();
  for (uint32_t number = 0; number <= kGdbPc; ++number) {
    uint32_t value = 0;
    for (uint32_t i = 0; i < 4; ++i) value |= uint32_t{static_cast<uint8_t>((*bytes)[4 * number + i])} << (8 * i);
    if (value != target_.read_register(number)) target_.write_register(number, value);
  }
  return answer("OK");
}

/// "pNUMBER" or "PNUMBER=VALUE"
GdbAnswer GdbSession::register_access(std::string_view packet) {
  const bool write = packet[0] == 'P';
  packet.remove_prefix(1);
  const auto number = take_number(&packet);
  if (!number || *number >= kGdbRegisterEnd) return malformed();
  if (!write) {
    const auto value = target_.read_register(static_cast<uint32_t>(*number));
    return value ? answer(little_endian_hex(*value, gdb_register_size(static_cast<uint32_t>(*number)))) : not_permitted();
  }
  if (!take_word(&packet, "=")) return malformed();
  const auto bytes = from_hex(packet);
  const size_t size = gdb_register_size(static_cast<uint32_t>(*number));
  if (!bytes || bytes->size() != size) return malformed();
  uint64_t value = 0;
  for (size_t i = size; i-- > 0;) value = value << 8 | static_cast<uint8_t>((*bytes)[i]);
  return target_.write_register(static_cast<uint32_t>(*number), value) ? answer("OK") : not_permitted();
}

GdbAnswer GdbSession::read_memory(std::string_view packet) {
  uint32_t address = 0;
  size_t length = 0;
  if (!take_range(&packet, &address, &length) || !packet.empty()) return malformed();
  const std::string bytes = target_.read_memory(address, std::min(length, kBytesPerPacketMax));
  return bytes.empty() && length != 0 ? bad_address() : answer(to_hex(bytes));
}

/// "ADDR,LENGTH:DATA", the data in hexadecimal or as they are.
GdbAnswer GdbSession::write_memory(std::string_view packet, bool binary) {
  uint32_t address = 0;
  size_t length = 0;
  if (!take_range(&packet, &address, &length) || !take_word(&packet, ":")) return malformed();
  const auto bytes = binary ? std::optional<std::string>(packet) : from_hex(packet);
  if (!bytes || bytes->size() != length) return malformed();
  if (length == 0) return answer("OK");
  return target_.write_memory(address, *bytes) ? answer("OK") : bad_address();
}

/// "TYPE,ADDR,KIND"
GdbAnswer GdbSession::stop_point(std::string_view packet, bool on) {
  const auto type = take_number(&packet);
  uint32_t address = 0;
  size_t size = 0;
  if (!type || !take_word(&packet, ",") || !take_range(&packet, &address, &size)) return malformed();
  if (*type > static_cast<uint64_t>(GdbStopPoint::Kind::kAccess)) return unknown();
  const auto kind = static_cast<GdbStopPoint::Kind>(*type);
  const bool watches = kind >= GdbStopPoint::Kind::kStore;
  if ((watches && size == 0) || (!watches && address % 2 != 0)) return malformed();
  return target_.set_stop_point({kind, address, static_cast<uint32_t>(size)}, on) ? answer("OK") : not_permitted();
}

}  // namespace saksi::sim
