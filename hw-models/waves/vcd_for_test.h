#ifndef SAKSI_HW_MODELS_WAVES_VCD_FOR_TEST_H_
#define SAKSI_HW_MODELS_WAVES_VCD_FOR_TEST_H_

#include <cstdint>
#include <cstdio>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace saksi::hw {

/// A file as fst2vcd gives it: full names, and per name "time value" in order.
struct Vcd {
  explicit Vcd(const std::string& path) {
    FILE* pipe = popen(("timeout 20 fst2vcd '" + path + "' 2>&1").c_str(), "r");
    std::string text;
    for (char buffer[4096]; const size_t got = fread(buffer, 1, sizeof buffer, pipe);) text.append(buffer, got);
    readable = pclose(pipe) == 0;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) read(line);
  }

  void read(const std::string& line) {
    std::istringstream in(line);
    std::string first, kind, size, code, name;
    in >> first;
    if (first == "$scope") {
      in >> kind >> name;
      scopes.push_back(name);
    } else if (first == "$upscope") {
      scopes.pop_back();
    } else if (first == "$var") {
      in >> kind >> size >> code >> name;
      std::string full;
      for (const std::string& scope : scopes) full += scope + ".";
      names_of[code].push_back(full + name);
    } else if (first == "$timescale") {
      std::getline(in, timescale);
      if (timescale.empty()) awaits_timescale = true;
    } else if (awaits_timescale) {
      timescale = line;
      awaits_timescale = false;
    } else if (first[0] == '#') {
      time = first.substr(1);
      times.push_back(std::stoull(time));
    } else if (first[0] == 'b') {
      in >> code;
      add(code, first.substr(1));
    } else if (first[0] == '0' || first[0] == '1') {
      add(first.substr(1), first.substr(0, 1));
    }
  }
  void add(const std::string& code, const std::string& value) {
    for (const std::string& name : names_of[code]) changes[name] += time + " " + value + "\n";
  }

  bool readable = false;
  bool awaits_timescale = false;
  std::vector<std::string> scopes;
  std::string timescale, time;
  std::vector<uint64_t> times;
  std::map<std::string, std::vector<std::string>> names_of;
  std::map<std::string, std::string> changes;
};

}  // namespace saksi::hw

#endif
