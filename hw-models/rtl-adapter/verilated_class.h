#ifndef SAKSI_HW_MODELS_RTL_ADAPTER_VERILATED_CLASS_H_
#define SAKSI_HW_MODELS_RTL_ADAPTER_VERILATED_CLASS_H_

#include <map>
#include <string>
#include <vector>

namespace saksi::hw {

/// A port of a top as the header that Verilator made declares it.
struct VerilatedPort {
  std::string member;     ///< of the class, as C++ spells it
  std::string name;       ///< as the design spells it
  std::string direction;  ///< "kInput", "kOutput" or "kInout", as in RtlPin::Direction
  int msb = 0;
  int lsb = 0;
  bool unpacked = false;

  bool operator==(const VerilatedPort& other) const {
    return member == other.member && name == other.name && direction == other.direction && msb == other.msb && lsb == other.lsb &&
           unpacked == other.unpacked;
  }
};

/// The ports in the text of V<top>.h, in its order.
std::vector<VerilatedPort> ports_in_header(const std::string& header);

/// Where the ports of the top are declared, "file:line" by name, from the text of what `verilator --xml-only` made. The top itself is there
/// under the empty name.
std::map<std::string, std::string> places_in_xml(const std::string& xml);

/// What a header that Verilator made declares of variables whose content lies elsewhere in memory, so that a copy of the object does not hold it:
/// queues, dynamic and associative arrays, strings, objects of classes. By their names in the design, for example "top.kept".
std::vector<std::string> unsavable_in_header(const std::string& header);

/// The C++ source that makes an RtlModel of the class that Verilator made of module `top`: a function `factory`, extern "C", and
/// `factory`_version, the version of RtlModel that it was compiled against. `hooks`: it also takes what Verilator's runtime would end the
/// process for, and throws std::runtime_error.
std::string adapter_source(const std::string& class_name, const std::string& top, const std::vector<VerilatedPort>& ports,
                           const std::map<std::string, std::string>& places, const std::string& factory, bool hooks);

}  // namespace saksi::hw

#endif
