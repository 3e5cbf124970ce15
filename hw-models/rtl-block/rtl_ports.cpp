#include "hw-models/rtl-block/rtl_ports.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <optional>

#include "base/error.h"

namespace saksi::hw {

namespace {

constexpr unsigned kNarrowestData = 32;
constexpr unsigned kWidestData = 512;
constexpr unsigned kRegisterBits = 32;

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string bits(unsigned count) { return fmt::format("{} bit{}", count, count == 1 ? "" : "s"); }

unsigned storage_bytes(unsigned width) { return width <= 8 ? 1 : width <= 16 ? 2 : width <= 32 ? 4 : 8; }

/// "rst_n", "rst_ni", "aresetn": active low.
bool is_active_low(std::string name) {
  name = lower(name);
  if (ends_with(name, "_i") || ends_with(name, "ni")) name.resize(name.size() - (ends_with(name, "_i") ? 2 : 1));
  return ends_with(name, "n");
}

}  // namespace

/// Finds the ports of a design by their names and gathers everything that is wrong with them.
class PortFinder {
 public:
  PortFinder(const std::vector<RtlPin>& pins, const RtlPortNames& names, RtlPorts& ports)
      : pins_(pins), names_(names), ports_(ports), used_(pins.size()) {}

  void find_all() {
    find_clock_and_reset();
    find_irq();
    find_master();
    find_registers();
    tie();
    refuse_the_rest();
  }
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  using Direction = RtlPin::Direction;
  struct Wanted {
    const char* what;  ///< "of the AXI master 'm_axi_'", for messages
    unsigned least_bits, most_bits;
  };

  /// By its exact name, by its name in another case, or with _i or _o behind it.
  const RtlPin* pin(const std::string& name) const {
    const std::string wanted = lower(name);
    for (const char* suffix : {"", "_i", "_o"}) {
      for (const RtlPin& pin : pins_) {
        if (lower(pin.name) == wanted + suffix) return &pin;
      }
    }
    return nullptr;
  }
  static std::string place(const RtlPin& pin) { return pin.place.empty() ? "" : pin.place + ": "; }
  void complain(const RtlPin& pin, const std::string& text) { problems_.push_back(fmt::format("{}port '{}' {}", place(pin), pin.name, text)); }

  /// Takes a port that is there if it is as wanted; nullptr otherwise. That it is missing is no problem here.
  const RtlPin* take(const std::string& name, Direction direction, unsigned least_bits, unsigned most_bits) {
    const RtlPin* found = pin(name);
    if (!found) return nullptr;
    used_[static_cast<size_t>(found - pins_.data())] = true;
    const char* kind = direction == Direction::kInput ? "input" : "output";
    const std::string range = least_bits == most_bits ? bits(least_bits) : fmt::format("{} to {} bits", least_bits, most_bits);
    if (found->direction != direction || found->unpacked || found->width() < least_bits || found->width() > most_bits) {
      const char* is = found->direction == Direction::kInput ? "input" : found->direction == Direction::kOutput ? "output" : "inout";
      complain(*found,
               fmt::format("is an {} of {}{}; expected was an {} of {}", is, bits(found->width()), found->unpacked ? ", an array" : "", kind, range));
      return nullptr;
    }
    return found;
  }
  const RtlPin* must(const std::string& name, Direction direction, unsigned least_bits, unsigned most_bits) {
    if (!pin(name)) {
      problems_.push_back(fmt::format("port '{}' is missing: expected was an {} of {}{}", name, direction == Direction::kInput ? "input" : "output",
                                      least_bits == most_bits ? "" : fmt::format("{} to ", least_bits), bits(most_bits)));
    }
    return take(name, direction, least_bits, most_bits);
  }

  // What has up to 8 bits. Where it is missing, the fallback of RtlPorts.
  uint8_t* input(const std::string& name, unsigned width, bool required) {
    const RtlPin* found = required ? must(name, Direction::kInput, width, width) : take(name, Direction::kInput, width, width);
    return found ? static_cast<uint8_t*>(found->storage) : ports_.unread_;
  }
  const uint8_t* output(const std::string& name, unsigned width) {
    const RtlPin* found = must(name, Direction::kOutput, width, width);
    return found ? static_cast<const uint8_t*>(found->storage) : &ports_.zero_;
  }
  const uint8_t* output_or(const std::string& name, unsigned most_bits, const uint8_t* otherwise) {
    const RtlPin* found = take(name, Direction::kOutput, 1, most_bits);
    return found ? static_cast<const uint8_t*>(found->storage) : otherwise;
  }
  static WordPort word(const RtlPin* pin) {
    if (!pin) return {};
    const unsigned lsb = static_cast<unsigned>(pin->msb >= pin->lsb ? std::max(0, pin->lsb) : 0);
    return {pin->storage, storage_bytes(pin->width()), lsb, mask_of(*pin)};
  }
  static uint64_t mask_of(const RtlPin& pin) { return ~uint64_t{0} >> (64 - pin.width()); }
  void zero_inputs(const std::string& prefix, std::initializer_list<const char*> names) { hold_inputs(prefix, names, 0); }
  void hold_inputs(const std::string& prefix, std::initializer_list<const char*> names, uint64_t value) {
    for (const char* name : names) {
      if (const RtlPin* found = take(prefix + name, Direction::kInput, 1, 64)) word(found).set(value);
    }
  }

  void find_clock_and_reset();
  void find_irq();
  void find_master();
  void find_reads(const std::string& prefix);
  void find_writes(const std::string& prefix);
  unsigned data_bytes(const std::string& prefix);
  void find_registers();
  void find_axil(const std::string& prefix);
  void find_apb(const std::string& prefix);
  void tie();
  void refuse_the_rest();

  const std::vector<RtlPin>& pins_;
  const RtlPortNames& names_;
  RtlPorts& ports_;
  std::vector<bool> used_;
  std::vector<std::string> problems_;
  std::string master_ = "none";
  std::string registers_ = "none";
};

void PortFinder::find_clock_and_reset() {
  const auto choose = [&](const std::string& given, const char* key, std::initializer_list<const char*> usual) -> const RtlPin* {
    if (!given.empty()) return must(given, Direction::kInput, 1, 1);
    for (const char* name : usual) {
      if (pin(name)) return take(name, Direction::kInput, 1, 1);
    }
    problems_.push_back(fmt::format("no {0} was found: none of {1}; name it with ports: {{{0}: NAME}}", key, fmt::join(usual, ", ")));
    return nullptr;
  };
  const RtlPin* clock = choose(names_.clock, "clock", {"clk", "clock", "aclk", "pclk", "ap_clk"});
  const RtlPin* reset =
      choose(names_.reset, "reset", {"rst_n", "rst_ni", "resetn", "reset_n", "aresetn", "presetn", "ap_rst_n", "rst", "reset", "ap_rst"});
  if (clock) ports_.clk = static_cast<uint8_t*>(clock->storage);
  if (reset) {
    ports_.reset = static_cast<uint8_t*>(reset->storage);
    ports_.reset_active = is_active_low(reset->name) ? 0 : 1;
  }
}

void PortFinder::find_irq() {
  ports_.irq = &ports_.zero_;
  const std::string name = !names_.irq.empty() ? names_.irq : pin("irq") ? "irq" : "interrupt";
  const RtlPin* found = names_.irq.empty() ? take(name, Direction::kOutput, 1, 1) : must(name, Direction::kOutput, 1, 1);
  if (!found && names_.irq.empty() && names_.needs_irq) {
    problems_.push_back(
        "no irq was found, neither irq nor interrupt, but the board connects one; name it with ports: {irq: NAME}, or leave the board's irq out");
  }
  if (!found) return;
  ports_.irq = static_cast<const uint8_t*>(found->storage);
  ports_.has_irq = true;
}

void PortFinder::find_master() {
  auto& axi = ports_.m_axi;
  axi.arvalid = axi.awvalid = axi.wvalid = &ports_.zero_;
  axi.arlen = axi.awlen = &ports_.zero_;
  axi.arsize = axi.awsize = &ports_.full_size_;
  axi.arburst = axi.awburst = axi.wlast = axi.rready = axi.bready = &ports_.one_;
  axi.arready = axi.rvalid = axi.rresp = axi.rlast = axi.awready = axi.wready = axi.bvalid = axi.bresp = ports_.unread_;
  axi.rdata = ports_.unread_;
  axi.wdata = ports_.zeros_;
  axi.wstrb = {const_cast<uint64_t*>(&ports_.all_strobes_), sizeof ports_.all_strobes_, 0, ~uint64_t{0}};
  std::string prefix = names_.master;
  for (const char* usual : {"m_axi_", "m_axil_"}) {
    if (prefix.empty() && (pin(usual + std::string("arvalid")) || pin(usual + std::string("awvalid")))) prefix = usual;
  }
  if (prefix.empty()) return;
  master_ = prefix;
  const bool reads = pin(prefix + "arvalid") != nullptr;
  const bool writes = pin(prefix + "awvalid") != nullptr;
  if (!reads && !writes) {
    problems_.push_back(fmt::format("neither '{0}arvalid' nor '{0}awvalid' is there: '{0}' is the prefix of no AXI master", prefix));
    return;
  }
  axi.data_bytes = data_bytes(prefix);
  ports_.full_size_ = 0;
  while ((1u << ports_.full_size_) < axi.data_bytes) ++ports_.full_size_;
  if (reads) find_reads(prefix);
  if (writes) find_writes(prefix);
}

/// The width of the master's data, which reads and writes share.
unsigned PortFinder::data_bytes(const std::string& prefix) {
  const RtlPin* rdata = pin(prefix + "rdata");
  const RtlPin* wdata = pin(prefix + "wdata");
  const RtlPin* data = rdata ? rdata : wdata;
  if (!data) return kNarrowestData / 8;  // which of them is missing is found later
  const unsigned width = data->width();
  const bool good = width >= kNarrowestData && width <= kWidestData && (width & (width - 1)) == 0;
  if (!good) complain(*data, fmt::format("has {}; expected were 32, 64, 128, 256 or 512", bits(width)));
  if (rdata && wdata && wdata->width() != width) complain(*wdata, fmt::format("has {}, but '{}' has {}", bits(wdata->width()), rdata->name, width));
  return good ? width / 8 : kNarrowestData / 8;
}

void PortFinder::find_reads(const std::string& prefix) {
  auto& axi = ports_.m_axi;
  const unsigned width = 8 * axi.data_bytes;
  axi.arvalid = output(prefix + "arvalid", 1);
  axi.arready = input(prefix + "arready", 1, true);
  axi.araddr = word(must(prefix + "araddr", Direction::kOutput, 1, 64));
  axi.arlen = output_or(prefix + "arlen", 8, &ports_.zero_);
  axi.arsize = output_or(prefix + "arsize", 3, &ports_.full_size_);
  axi.arburst = output_or(prefix + "arburst", 2, &ports_.one_);
  axi.rvalid = input(prefix + "rvalid", 1, true);
  axi.rready = output(prefix + "rready", 1);
  if (const RtlPin* data = must(prefix + "rdata", Direction::kInput, width, width)) axi.rdata = data->storage;
  axi.rresp = input(prefix + "rresp", 2, false);
  axi.rlast = input(prefix + "rlast", 1, false);
  axi.arid = word(take(prefix + "arid", Direction::kOutput, 1, 32));
  axi.rid = word(take(prefix + "rid", Direction::kInput, 1, 32));
  zero_inputs(prefix, {"ruser"});
}

void PortFinder::find_writes(const std::string& prefix) {
  auto& axi = ports_.m_axi;
  const unsigned width = 8 * axi.data_bytes;
  axi.awvalid = output(prefix + "awvalid", 1);
  axi.awready = input(prefix + "awready", 1, true);
  axi.awaddr = word(must(prefix + "awaddr", Direction::kOutput, 1, 64));
  axi.awlen = output_or(prefix + "awlen", 8, &ports_.zero_);
  axi.awsize = output_or(prefix + "awsize", 3, &ports_.full_size_);
  axi.awburst = output_or(prefix + "awburst", 2, &ports_.one_);
  axi.wvalid = output(prefix + "wvalid", 1);
  axi.wready = input(prefix + "wready", 1, true);
  if (const RtlPin* data = must(prefix + "wdata", Direction::kOutput, width, width)) axi.wdata = data->storage;
  if (const RtlPin* strobes = take(prefix + "wstrb", Direction::kOutput, axi.data_bytes, axi.data_bytes)) axi.wstrb = word(strobes);
  axi.wlast = output_or(prefix + "wlast", 1, &ports_.one_);
  axi.bvalid = input(prefix + "bvalid", 1, true);
  axi.bready = output(prefix + "bready", 1);
  axi.bresp = input(prefix + "bresp", 2, false);
  axi.awid = word(take(prefix + "awid", Direction::kOutput, 1, 32));
  axi.bid = word(take(prefix + "bid", Direction::kInput, 1, 32));
  zero_inputs(prefix, {"buser"});
}

void PortFinder::find_registers() {
  std::vector<std::string> prefixes = {"s_axil_", "s_axi_", "s_axi_control_", "s_apb_", "apb_", ""};
  if (!names_.registers.empty()) prefixes = {names_.registers};
  for (const std::string& prefix : prefixes) {
    if (pin(prefix + "psel")) {
      registers_ = prefix + "psel, ...";
      return find_apb(prefix);
    }
    if (!prefix.empty() && (pin(prefix + "awvalid") || pin(prefix + "arvalid"))) {
      registers_ = prefix;
      return find_axil(prefix);
    }
  }
  problems_.push_back(
      fmt::format("no registers were found: neither AXI4-Lite ports ({0}awvalid, ...) nor APB ports ({1}psel, ...); "
                  "name their prefix with ports: {{registers: PREFIX}}",
                  names_.registers.empty() ? "s_axil_ or s_axi_ in front: " : names_.registers, names_.registers));
}

void PortFinder::find_axil(const std::string& prefix) {
  auto& axil = ports_.s_axil;
  axil.awvalid = input(prefix + "awvalid", 1, true);
  axil.awready = output(prefix + "awready", 1);
  axil.awaddr = word(must(prefix + "awaddr", Direction::kInput, 1, 64));
  axil.wvalid = input(prefix + "wvalid", 1, true);
  axil.wready = output(prefix + "wready", 1);
  if (const RtlPin* data = must(prefix + "wdata", Direction::kInput, kRegisterBits, kRegisterBits))
    axil.wdata = static_cast<uint32_t*>(data->storage);
  ports_.has_strobes = pin(prefix + "wstrb") != nullptr;
  axil.wstrb = input(prefix + "wstrb", kRegisterBits / 8, false);
  axil.bvalid = output(prefix + "bvalid", 1);
  axil.bready = input(prefix + "bready", 1, true);
  axil.bresp = output_or(prefix + "bresp", 2, &ports_.zero_);
  axil.arvalid = input(prefix + "arvalid", 1, true);
  axil.arready = output(prefix + "arready", 1);
  axil.araddr = word(must(prefix + "araddr", Direction::kInput, 1, 64));
  axil.rvalid = output(prefix + "rvalid", 1);
  axil.rready = input(prefix + "rready", 1, true);
  if (const RtlPin* data = must(prefix + "rdata", Direction::kOutput, kRegisterBits, kRegisterBits))
    axil.rdata = static_cast<uint32_t*>(data->storage);
  axil.rresp = output_or(prefix + "rresp", 2, &ports_.zero_);
  // A slave that understands all of AXI4 is given bursts of one word.
  zero_inputs(prefix, {"awprot", "arprot", "awlen", "arlen", "awid", "arid", "awlock", "arlock", "awcache", "arcache", "awqos", "arqos", "awregion",
                       "arregion", "awuser", "aruser", "wuser"});
  hold_inputs(prefix, {"awsize", "arsize"}, 2);
  hold_inputs(prefix, {"awburst", "arburst", "wlast"}, 1);
}

void PortFinder::find_apb(const std::string& prefix) {
  auto& apb = ports_.apb;
  ports_.is_apb = true;
  apb.psel = input(prefix + "psel", 1, true);
  apb.penable = input(prefix + "penable", 1, true);
  apb.pwrite = input(prefix + "pwrite", 1, true);
  apb.paddr = word(must(prefix + "paddr", Direction::kInput, 1, 64));
  if (const RtlPin* data = must(prefix + "pwdata", Direction::kInput, kRegisterBits, kRegisterBits))
    apb.pwdata = static_cast<uint32_t*>(data->storage);
  if (const RtlPin* data = must(prefix + "prdata", Direction::kOutput, kRegisterBits, kRegisterBits))
    apb.prdata = static_cast<uint32_t*>(data->storage);
  ports_.has_strobes = pin(prefix + "pstrb") != nullptr;
  apb.pstrb = input(prefix + "pstrb", kRegisterBits / 8, false);
  apb.pready = output_or(prefix + "pready", 1, &ports_.one_);
  apb.pslverr = output_or(prefix + "pslverr", 1, &ports_.zero_);
  zero_inputs(prefix, {"pprot"});
}

void PortFinder::tie() {
  for (const auto& [name, value] : names_.tie) {
    const RtlPin* found = must(name, Direction::kInput, 1, 64);
    if (!found) continue;
    if ((value & ~mask_of(*found)) != 0)
      complain(*found, fmt::format("has {}: the value {} of tie is too large for it", bits(found->width()), value));
    WordPort port = word(found);
    port.lsb = 0;
    port.set(value);
  }
}

void PortFinder::refuse_the_rest() {
  for (size_t i = 0; i < pins_.size(); ++i) {
    const RtlPin& rest = pins_[i];
    if (used_[i] || rest.direction == Direction::kOutput) continue;
    if (rest.direction == Direction::kInout) {
      complain(rest, "is an inout; expected were inputs and outputs only");
      continue;
    }
    complain(rest, fmt::format("is an input of {} that belongs to none of clock, reset, AXI master ({}) and registers ({}); "
                               "hold it at a value with tie: {{{}: 0}}, or say with ports: what it is",
                               bits(rest.width()), master_, registers_, rest.name));
  }
}

RtlPorts::RtlPorts(const std::vector<RtlPin>& pins, const RtlPortNames& names, const std::string& design) {
  PortFinder finder(pins, names, *this);
  finder.find_all();
  if (finder.problems().empty()) return;
  throw UsageError(fmt::format("{} cannot be coupled:\n  {}", design, fmt::join(finder.problems(), "\n  ")));
}

}  // namespace saksi::hw
