#include "hw-models/rtl-adapter/verilated_class.h"

#include <fmt/format.h>

#include <cstdlib>
#include <regex>
#include <sstream>

namespace saksi::hw {

namespace {

/// Verilator writes a character that C++ does not take as __0 and two hexadecimal digits, and a keyword with __SYM__ before it.
std::string design_name(std::string member) {
  constexpr char kKeyword[] = "__SYM__";
  if (member.rfind(kKeyword, 0) == 0) member.erase(0, sizeof kKeyword - 1);
  std::string name;
  for (size_t i = 0; i < member.size(); ++i) {
    const bool coded = member.compare(i, 3, "__0") == 0 && i + 5 <= member.size();
    if (coded) {
      name += static_cast<char>(std::strtoul(member.substr(i + 3, 2).c_str(), nullptr, 16));
      i += 4;
    } else {
      name += member[i];
    }
  }
  return name;
}

/// The value of an attribute of the XML element in a line, empty if it has none of that name.
std::string attribute(const std::string& line, const std::string& name) {
  const std::string start = " " + name + "=\"";
  const size_t found = line.find(start);
  if (found == std::string::npos) return "";
  const size_t from = found + start.size();
  std::string value = line.substr(from, line.find('"', from) - from);
  static const std::pair<const char*, const char*> kEntities[] = {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}, {"&amp;", "&"}};
  for (const auto& [entity, character] : kEntities) {
    for (size_t at = value.find(entity); at != std::string::npos; at = value.find(entity, at + 1))
      value.replace(at, std::string(entity).size(), character);
  }
  return value;
}

bool is_element(const std::string& line, const std::string& name) {
  const size_t first = line.find_first_not_of(' ');
  return first != std::string::npos && line.compare(first, name.size() + 2, "<" + name + " ") == 0;
}

std::string quoted(const std::string& text) {
  std::string literal = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') literal += '\\';
    literal += c;
  }
  return literal + '"';
}

/// In place of Verilator's own, which end the process, $finish even with the exit code of a success.
constexpr char kHooks[] = R"(
void vl_finish(const char* file, int line, const char*) VL_MT_UNSAFE { saksi::hw::end_of_rtl(file, line, "$finish in the circuit"); }
void vl_stop(const char* file, int line, const char*) VL_MT_UNSAFE { saksi::hw::end_of_rtl(file, line, "$stop, $error or $fatal in the circuit"); }
void vl_fatal(const char* file, int line, const char*, const char* what) VL_MT_UNSAFE { saksi::hw::end_of_rtl(file, line, what); }
)";

}  // namespace

std::vector<VerilatedPort> ports_in_header(const std::string& header) {
  static const std::regex declaration(R"(\s*VL_(INOUT|IN|OUT)(8|16|64|W)?\(&?\(?&?(\w+)\)?((\[\d+\])*),(-?\d{1,7}),(-?\d{1,7})(,\d+)?\);)");
  std::vector<VerilatedPort> ports;
  std::istringstream lines(header);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (line.size() > 4096 || !std::regex_match(line, match, declaration)) continue;
    VerilatedPort port;
    port.member = match[3];
    port.name = design_name(port.member);
    port.direction = match[1] == "IN" ? "kInput" : match[1] == "OUT" ? "kOutput" : "kInout";
    port.unpacked = match[4].length() != 0;
    port.msb = std::stoi(match[6]);
    port.lsb = std::stoi(match[7]);
    ports.push_back(port);
  }
  return ports;
}

std::map<std::string, std::string> places_in_xml(const std::string& xml) {
  std::map<std::string, std::string> files, places;
  const auto place_of = [&](const std::string& line) {
    const std::string loc = attribute(line, "loc");  // "file,line,column,..."
    const size_t first = loc.find(','), second = loc.find(',', first + 1);
    const auto file = files.find(loc.substr(0, first));
    if (file == files.end() || second == std::string::npos) return std::string();
    return file->second + ":" + loc.substr(first + 1, second - first - 1);
  };
  bool in_top = false;
  std::istringstream lines(xml);
  for (std::string line; std::getline(lines, line);) {
    if (is_element(line, "file")) files[attribute(line, "id")] = attribute(line, "filename");
    if (is_element(line, "module")) {
      in_top = attribute(line, "topModule") == "1";
      if (in_top) places[""] = place_of(line);
    }
    if (in_top && is_element(line, "var") && !attribute(line, "dir").empty()) places[attribute(line, "name")] = place_of(line);
  }
  return places;
}

std::vector<std::string> unsavable_in_header(const std::string& header) {
  std::vector<std::string> names;
  std::istringstream lines(header);
  for (std::string line; std::getline(lines, line);) {
    const bool elsewhere = line.find("VlQueue<") != std::string::npos || line.find("VlAssocArray<") != std::string::npos ||
                           line.find("VlClassRef<") != std::string::npos || line.find("std::string ") != std::string::npos;
    const size_t end = line.rfind(';'), space = line.rfind(' ');
    if (!elsewhere || end == std::string::npos || space == std::string::npos || line.find('(') != std::string::npos ||
        line.find("static ") != std::string::npos) {
      continue;
    }
    std::string name = line.substr(space + 1, end - space - 1);
    for (size_t dot = name.find("__DOT__"); dot != std::string::npos; dot = name.find("__DOT__")) name.replace(dot, 7, ".");
    names.push_back(design_name(name));
  }
  return names;
}

std::string adapter_source(const std::string& class_name, const std::string& top, const std::vector<VerilatedPort>& ports,
                           const std::map<std::string, std::string>& places, const std::string& factory, bool hooks) {
  std::string text = fmt::format(
      "// Made from {0}.h: couples the class that Verilator made of a design.\n#include <{0}.h>\n#include <{0}__Syms.h>\n#include <stdexcept>\n\n"
      "#include \"hw-models/rtl-block/verilated_model.h\"\n\nnamespace saksi::hw {{\nnamespace {{\n\n"
      "std::vector<RtlPin> pins_of({0}& top) {{\n  using Direction = RtlPin::Direction;\n  static_cast<void>(sizeof(Direction));\n  return {{\n",
      class_name);
  for (const VerilatedPort& port : ports) {
    const auto place = places.find(port.name);
    text += fmt::format("      {{{}, Direction::{}, {}, {}, {}, &top.{}, {}}},\n", quoted(port.name), port.direction, port.msb, port.lsb,
                        port.unpacked, port.member, quoted(place == places.end() ? "" : place->second));
  }
  text += "  };\n}\n\n";
  if (hooks) {
    text +=
        "[[noreturn]] void end_of_rtl(const char* file, int line, const char* what) {\n"
        "  throw std::runtime_error(std::string(file) + \":\" + std::to_string(line) + \": \" + what);\n}\n\n";
  }
  text += fmt::format(
      "}}  // namespace\n}}  // namespace saksi::hw\n{1}\n"
      "extern \"C\" {{\n__attribute__((visibility(\"default\"))) extern const uint32_t {2}_version = saksi::hw::kRtlModelVersion;\n"
      "__attribute__((visibility(\"default\"))) saksi::hw::RtlModel* {2}() {{ return new saksi::hw::VerilatedModel<{0}>(saksi::hw::pins_of, "
      "{3}); }}\n}}\n",
      class_name, hooks ? kHooks : "", factory, quoted(top));
  return text;
}

}  // namespace saksi::hw
