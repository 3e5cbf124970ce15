#include "hw-models/board/rtl_entry.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace saksi::hw {

namespace {

namespace fs = std::filesystem;

std::vector<RtlSource::File> read_paths(const YamlNode& node) {
  std::vector<RtlSource::File> paths;
  for (const YamlNode& item : node.items()) {
    paths.push_back({fs::absolute(item.path()).lexically_normal().string(), item.place()});
  }
  return paths;
}

/// An identifier of SystemVerilog; what else stands there would become an option of Verilator. `node` is where it stands.
std::string identifier(const std::string& text, const YamlNode& node) {
  const auto good = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$'; };
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) != 0 || !std::all_of(text.begin(), text.end(), good)) {
    node.fail("'" + text + "' is no name of a module, port or parameter");
  }
  return text;
}
std::string as_identifier(const YamlNode& node) { return identifier(node.as_string(), node); }

/// Numbers as they are, in YAML's notation or Verilog's (8'hFF); anything else is a string.
std::string parameter_value(const std::string& text) {
  const auto is = [&](const char* characters, size_t from) {
    return from < text.size() && text.find_first_not_of(characters, from) == std::string::npos;
  };
  constexpr char kDecimal[] = "0123456789";
  constexpr char kLiteral[] = "0123456789abcdefABCDEFxXzZ_?";
  const size_t sign = !text.empty() && text[0] == '-' ? 1 : 0;
  if (is(kDecimal, sign)) return text;
  if (text.rfind("0x", 0) == 0 && is("0123456789abcdefABCDEF", 2)) return "'h" + text.substr(2);
  if (text == "true" || text == "false") return text == "true" ? "1" : "0";
  const size_t tick = text.find('\'');
  if (tick != std::string::npos && (tick == 0 || is(kDecimal, 0) || text.find_first_not_of(kDecimal) == tick)) {
    const size_t base = text.find_first_of("bodhBODH", tick);
    if (base != std::string::npos && base <= tick + 2 && is(kLiteral, base + 1)) return text;
  }
  return "\"" + text + "\"";
}

std::string optional_identifier(const YamlNode& node, const char* key) { return node.has(key) ? as_identifier(node.at(key)) : ""; }

RtlPortNames read_names(const YamlNode& node) {
  RtlPortNames names;
  if (node.has("ports")) {
    const YamlNode ports = node.at("ports");
    ports.allow_keys({"clock", "reset", "irq", "master", "registers"});
    names.clock = optional_identifier(ports, "clock");
    names.reset = optional_identifier(ports, "reset");
    names.irq = optional_identifier(ports, "irq");
    names.master = optional_identifier(ports, "master");
    names.registers = optional_identifier(ports, "registers");
  }
  if (node.has("tie")) {
    const YamlNode tie = node.at("tie");
    for (const std::string& name : tie.keys()) names.tie[name] = static_cast<uint64_t>(tie.at(name).as_int(0, INT64_MAX));
  }
  return names;
}

}  // namespace

RtlSource read_rtl_entry(const YamlNode& node, const std::string& block) {
  node.allow_keys({"top", "files", "parameters", "include_dirs", "data_files", "verilator_options", "ports", "tie", "idle_uw", "busy_uw"});
  RtlSource source;
  source.block = block;
  source.place = node.place();
  source.top = as_identifier(node.at("top"));
  source.files = read_paths(node.at("files"));
  if (source.files.empty()) node.at("files").fail("at least one file was expected");
  if (node.has("include_dirs")) source.include_dirs = read_paths(node.at("include_dirs"));
  if (node.has("data_files")) source.data_files = read_paths(node.at("data_files"));
  if (node.has("parameters")) {
    const YamlNode parameters = node.at("parameters");
    for (const std::string& name : parameters.keys())
      source.parameters.emplace_back(identifier(name, parameters), parameter_value(parameters.at(name).as_string()));
  }
  if (node.has("verilator_options")) {
    for (const YamlNode& option : node.at("verilator_options").items()) source.options.push_back(option.as_string());
  }
  source.folder = fs::absolute(fs::path(node.file())).lexically_normal().parent_path().string();
  source.ports = read_names(node);
  return source;
}

}  // namespace saksi::hw
