#include "tests/tidy/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <regex>
#include <sstream>

namespace saksi::tidy {

namespace {

bool starts_with(const std::string& text, const std::string& prefix) { return text.rfind(prefix, 0) == 0; }
bool ends_with(const std::string& text, const std::string& suffix) {
  return text.size() >= suffix.size() && text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

/// The line up to a // comment; what stands in a string literal is blanked, so that a rule about calls does not read texts.
std::string code_of(const std::string& line) {
  std::string code;
  bool in_string = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (!in_string && line.compare(i, 2, "//") == 0) break;
    if (line[i] == '\\' && in_string) {
      ++i;
      continue;
    }
    if (line[i] == '"') in_string = !in_string;
    if (!in_string || line[i] == '"') code += line[i];
  }
  const size_t first = code.find_first_not_of(" \t");
  return first != std::string::npos && code[first] == '*' ? "" : code;
}

/// The file named by an #include line; empty for any other line.
std::string included(const std::string& line) {
  static const std::regex include("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"].*");
  std::smatch match;
  return std::regex_match(line, match, include) ? match[1].str() : "";
}

const std::set<std::string> kFolders = {"base", "regs",  "boards",  "rtl",   "hw-models", "firmware-under-test",
                                        "sim",  "judge", "reports", "tests", "scenarios"};

/// The folders of the project that a file of `top` may include from; what is not listed here may include from all.
const std::map<std::string, std::set<std::string>>& arrows() {
  static const std::map<std::string, std::set<std::string>> kArrows = {
      {"base", {"base"}},
      {"regs", {"regs"}},
      {"rtl", {"rtl", "regs", "base", "hw-models"}},  // benches hold circuits against their twins
      {"hw-models", {"hw-models", "regs", "boards", "base"}},
      {"firmware-under-test", {"firmware-under-test", "regs", "boards"}},
      {"judge", {"judge", "base"}},
      {"reports", {"reports", "judge", "base"}},
      {"sim", {"sim", "judge", "reports", "base", "hw-models"}},
  };
  return kArrows;
}

/// What sim may include of hw-models: the board, and the narrow interfaces that it exports.
bool is_board_export(const std::string& header) {
  static const std::set<std::string> kExports = {"hw-models/sensor/light_source.h", "hw-models/sensor/lens_projection.h", "hw-models/cpu/cpu_debug.h",
                                                 "hw-models/cpu/elf_loader.h", "hw-models/cpu/execution_observer.h", "hw-models/cpu/decode.h",
                                                 // The bare encoders, for the benchmark alone.
                                                 "hw-models/h264/h264_circuit.h", "hw-models/h264/model/picture_coder.h",
                                                 // What fit-sizes makes, from what.
                                                 "hw-models/h264/size_table.h", "hw-models/h264/picture_input.h",
                                                 // A sensor on its bench, and what was set in it.
                                                 "hw-models/sensor/sensor_rig.h", "hw-models/sensor/lens.h", "hw-models/sensor/fixed_pattern.h",
                                                 // What is on a card that is taken through a power cut.
                                                 "hw-models/card/sector_store.h",
                                                 // Picture processing by itself, to be timed.
                                                 "hw-models/isp/pipeline.h", "hw-models/isp/statistics.h"};
  return starts_with(header, "hw-models/board/") || kExports.count(header) != 0;
}

std::string forbidden(const SourceFile& file, const std::string& header) {
  const std::string top = file.top(), target = header.substr(0, header.find('/'));
  const auto arrow = arrows().find(top);
  if (arrow == arrows().end()) return "";
  const bool is_systemc = header == "systemc" || header == "systemc.h" || header == "tlm" || header == "tlm.h" || starts_with(header, "tlm_utils/");
  if (is_systemc && top != "hw-models" && top != "sim") return top + " must do without SystemC";
  if (!kFolders.count(target) || header.find('/') == std::string::npos) return "";
  if (!arrow->second.count(target)) return fmt::format("{} must not include from {}", top, target);
  if (top == "sim" && target == "hw-models" && !is_board_export(header)) return "of hw-models, sim may include only what hw-models/board/ exports";
  return "";
}

std::string guard_of(const std::string& path) {
  std::string guard = "SAKSI_";
  for (char c : path) guard += std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : '_';
  return guard + "_";
}

bool is_document(const SourceFile& file) { return file.extension() == ".md" || file.extension() == ".yaml" || file.path == "packages.txt"; }

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

/// "docs/a/../b.md" to "docs/b.md"; empty if it leaves the tree.
std::string normal(const std::string& path) {
  std::vector<std::string> parts;
  std::istringstream in(path);
  for (std::string part; std::getline(in, part, '/');) {
    if (part.empty() || part == ".") continue;
    if (part == ".." && parts.empty()) return "";
    if (part == "..") {
      parts.pop_back();
    } else {
      parts.push_back(part);
    }
  }
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : "/") + part;
  return out;
}

/// The name that a link gives to a heading: lower case, blanks to hyphens, punctuation gone.
std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (char c : heading.substr(heading.find_first_not_of("# "))) {
    const unsigned char u = static_cast<unsigned char>(c);
    if (std::isalnum(u) || c == '-' || c == '_' || u >= 0x80) anchor += static_cast<char>(std::tolower(u));
    if (c == ' ') anchor += '-';
  }
  return anchor;
}

const SourceFile* find(const Tree& tree, const std::string& path) {
  const auto found = std::find_if(tree.begin(), tree.end(), [&](const SourceFile& file) { return file.path == path; });
  return found == tree.end() ? nullptr : &*found;
}

/// Empty if a link from `from` leads somewhere.
std::string link_problem(const Tree& tree, const std::string& from, const std::string& link) {
  const size_t hash = link.find('#');
  const std::string name = link.substr(0, hash), anchor = hash == std::string::npos ? "" : link.substr(hash + 1);
  const std::string path = name.empty() ? from : normal(folder_of(from) + name);
  const bool is_folder = std::any_of(tree.begin(), tree.end(), [&](const SourceFile& file) { return starts_with(file.path, path + "/"); });
  const SourceFile* file = find(tree, path);
  if (path.empty() || (!file && !is_folder)) return "the link '" + link + "' leads to no file";
  if (anchor.empty() || !file) return "";
  const bool there = std::any_of(file->lines.begin(), file->lines.end(),
                                 [&](const std::string& line) { return starts_with(line, "#") && anchor_of(line) == anchor; });
  return there ? "" : "the link '" + link + "' leads to no heading";
}

/// The packages of packages.txt.
std::set<std::string> packages_in(const SourceFile& file) {
  std::set<std::string> packages;
  for (const std::string& line : file.lines) {
    const std::string name = line.substr(0, line.find_first_of(" \t#"));
    if (!name.empty() && name[0] != '[') packages.insert(name);
  }
  return packages;
}

/// Hands every line of every file that `wanted` takes to `check`, which returns what is wrong with it or nothing.
template <typename Wanted, typename Check>
Findings check_lines(const Tree& tree, Wanted wanted, Check check) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (!wanted(file)) continue;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const std::string text = check(file, file.lines[i]);
      if (!text.empty()) findings.push_back({file.path, i + 1, text});
    }
  }
  return findings;
}

}  // namespace

std::string listed(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) text += fmt::format("{}:{}: {}\n", finding.path, finding.line, finding.text);
  return text;
}

Findings forbidden_includes(const Tree& tree) {
  return check_lines(
      tree, [](const SourceFile& file) { return file.is_cpp(); },
      [](const SourceFile& file, const std::string& line) {
        const std::string header = included(line);
        return header.empty() ? "" : forbidden(file, header);
      });
}

Findings banned_calls(const Tree& tree) {
  static const std::regex banned(
      "std::chrono|\\b(s?rand|rand_r|drand48|gettimeofday|clock_gettime)\\s*\\(|"
      "(^|[^a-zA-Z0-9_.>:])(std)?(::)?clock\\s*\\(\\s*\\)|(^|[^a-zA-Z0-9_.>:])(std::)?time\\s*\\(\\s*(nullptr|NULL|0|&)|"
      "std::random_device|\\bunordered_(map|set|multimap|multiset)\\b|std::[a-z]+_distribution|std::hash\\b");
  static const std::set<std::string> kWhere = {"base", "hw-models", "judge", "sim"};
  const auto wanted = [](const SourceFile& file) {
    const bool let_through = file.path == "base/wall_clock.h" || starts_with(file.path, "sim/device/bench") || starts_with(file.path, "sim/farm/");
    return file.is_cpp() && kWhere.count(file.top()) && !let_through;
  };
  return check_lines(tree, wanted, [](const SourceFile&, const std::string& line) -> std::string {
    std::smatch match;
    const std::string code = code_of(line);
    if (!std::regex_search(code, match, banned)) return "";
    return "'" + match.str() + "': no clock of the host, no chance without a seed, no container without an order here";
  });
}

Findings wrong_guards(const Tree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (file.extension() != ".h") continue;
    const std::string guard = guard_of(file.path);
    const auto first = std::find_if(file.lines.begin(), file.lines.end(), [](const std::string& line) { return starts_with(line, "#"); });
    if (first == file.lines.end() || *first != "#ifndef " + guard) findings.push_back({file.path, 1, "the include guard " + guard + " was expected"});
  }
  return findings;
}

Findings own_header_not_first(const Tree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (file.extension() != ".cpp" && file.extension() != ".c") continue;
    const std::string own = file.path.substr(0, file.path.size() - file.extension().size()) + ".h";
    if (!find(tree, own)) continue;
    const auto first = std::find_if(file.lines.begin(), file.lines.end(), [](const std::string& line) { return !included(line).empty(); });
    if (first == file.lines.end() || included(*first) != own) {
      findings.push_back({file.path, static_cast<size_t>(first - file.lines.begin()) + 1, "its own header " + own + " must be included first"});
    }
  }
  return findings;
}

Findings stray_blanks(const Tree& tree) {
  const auto wanted = [](const SourceFile& file) { return file.is_code() || is_document(file); };
  return check_lines(tree, wanted, [](const SourceFile&, const std::string& line) -> std::string {
    if (line.find('\r') != std::string::npos) return "a carriage return";
    if (line.find('\t') != std::string::npos) return "a tab";
    return !line.empty() && line.back() == ' ' ? "a blank at the end of the line" : "";
  });
}

Findings unfinished_marks(const Tree& tree) {
  // Put together here, so that this file does not find itself.
  static const std::regex mark(std::string("\\b(TO") + "DO|FIX" + "ME|XX" + "X)\\b");
  return check_lines(
      tree, [](const SourceFile& file) { return file.is_code() || is_document(file); },
      [](const SourceFile&, const std::string& line) -> std::string {
        return std::regex_search(line, mark) ? "unfinished: finish it, or say why it is as it is" : "";
      });
}

Findings big_files(const Tree& tree, uint64_t limit) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (file.size > limit) findings.push_back({file.path, 0, fmt::format("{} bytes; the limit is {}", file.size, limit)});
  }
  return findings;
}

Findings broken_links(const Tree& tree) {
  Findings findings;
  static const std::regex link("\\]\\(([^)\\s]+)\\)");
  for (const SourceFile& file : tree) {
    if (file.extension() != ".md") continue;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      for (std::sregex_iterator it(line.begin(), line.end(), link), end; it != end; ++it) {
        const std::string target = (*it)[1];
        const std::string problem = target.find(':') == std::string::npos ? link_problem(tree, file.path, target) : "";
        if (!problem.empty()) findings.push_back({file.path, i + 1, problem});
      }
    }
  }
  return findings;
}

Findings tests_not_built(const Tree& tree, const std::set<std::string>& compiled) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (ends_with(file.path, "_test.cpp") && !compiled.count(file.path)) findings.push_back({file.path, 0, "no target compiles this test"});
  }
  return findings;
}

Findings scenarios_not_run(const Tree& tree) {
  static const std::regex asks("scenarios/(start|power|card|tamper)/([^/]+)\\.yaml");
  std::string runners;
  for (const SourceFile& file : tree) {
    if (!starts_with(file.path, "scenarios/suites/") && !starts_with(file.path, "tests/end-to-end/")) continue;
    for (const std::string& line : file.lines) runners += line + "\n";
  }
  Findings findings;
  for (const SourceFile& file : tree) {
    std::smatch match;
    if (!std::regex_match(file.path, match, asks)) continue;
    const std::string name = match[1].str() + "/" + match[2].str();
    if (runners.find(name) == std::string::npos) findings.push_back({file.path, 0, "neither a suite nor an end-to-end test names '" + name + "'"});
  }
  return findings;
}

Findings package_differences(const Tree& tree) {
  const SourceFile* readme = find(tree, "README.md");
  const SourceFile* list = find(tree, "packages.txt");
  if (!readme || !list) return {{"README.md", 0, "README.md and packages.txt must both be there"}};
  const std::set<std::string> packages = packages_in(*list);
  Findings findings;
  bool names_list = false;
  for (size_t i = 0; i < readme->lines.size(); ++i) {
    const std::string& line = readme->lines[i];
    names_list = names_list || line.find("packages.txt") != std::string::npos;
    const size_t install = line.find("apt-get install ");
    if (install == std::string::npos) continue;
    std::istringstream words(line.substr(install + 16, line.find('`', install) - install - 16));
    for (std::string word; words >> word;) {
      if (word[0] != '-' && !packages.count(word)) findings.push_back({"README.md", i + 1, "package '" + word + "' is not in packages.txt"});
    }
  }
  if (!names_list) findings.push_back({"README.md", 0, "the README must say that packages.txt is the list of packages"});
  return findings;
}

Findings without_banner(const Tree& generated) {
  Findings findings;
  for (const SourceFile& file : generated) {
    const size_t end = std::min<size_t>(3, file.lines.size());
    const bool there = std::any_of(file.lines.begin(), file.lines.begin() + static_cast<ptrdiff_t>(end),
                                   [](const std::string& line) { return line.find("enerated") != std::string::npos; });
    if (!there) findings.push_back({file.path, 1, "its first lines must say that it is generated, and from what"});
  }
  return findings;
}

Counts long_lines(const Tree& tree, size_t limit) {
  Counts counts;
  for (const SourceFile& file : tree) {
    if (!file.is_cpp() && file.extension() != ".sv") continue;
    const auto count = std::count_if(file.lines.begin(), file.lines.end(), [&](const std::string& line) { return line.size() > limit; });
    if (count > 0) counts[file.path] = static_cast<size_t>(count);
  }
  return counts;
}

/// The name before the parenthesis of a function's first line; empty if the line begins no function.
static std::string function_name(const std::string& line) {
  static const std::regex control("^\\s*(if|for|while|switch|else|do|return|case|namespace|class|struct|enum|union|extern)\\b");
  static const std::regex name("([A-Za-z_~][A-Za-z0-9_:~]*|operator[^(]+)\\(");
  std::smatch match;
  if (std::regex_search(line, control) || !std::regex_search(line, match, name)) return "";
  if (match[1] != "TEST" && match[1] != "TEST_F" && match[1] != "TEST_P") return match[1];
  std::string both = line.substr(line.find('(') + 1, line.find(')') - line.find('(') - 1);
  both.erase(std::remove(both.begin(), both.end(), ' '), both.end());
  std::replace(both.begin(), both.end(), ',', '.');
  return both;
}

Counts long_functions(const Tree& tree, size_t limit) {
  Counts counts;
  for (const SourceFile& file : tree) {
    if (!file.is_cpp()) continue;
    // Functions stand at the left margin or, in a class, two blanks from it; each ends with a brace of its own indentation.
    for (const size_t indent : {size_t{0}, size_t{2}}) {
      size_t begin = 0;
      std::string name;
      for (size_t i = 0; i < file.lines.size(); ++i) {
        const std::string& line = file.lines[i];
        if (line.find_first_not_of(' ') != indent || line[indent] == '#' || line[indent] == '/') continue;
        if (line == std::string(indent, ' ') + "}" && !name.empty() && i - begin + 1 > limit) counts[file.path + ":" + name] = i - begin + 1;
        if (line[indent] == '{') continue;
        begin = i;
        name = function_name(line);
      }
    }
  }
  return counts;
}

Counts read_ratchet(const SourceFile& file) {
  Counts counts;
  for (const std::string& line : file.lines) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string what;
    size_t count = 0;
    if (words >> what >> count) counts[what] = count;
  }
  return counts;
}

Findings above(const Counts& counts, const Counts& allowed, const std::string& what) {
  Findings findings;
  for (const auto& [key, count] : counts) {
    const auto found = allowed.find(key);
    const size_t most = found == allowed.end() ? 0 : found->second;
    if (count > most) findings.push_back({key, 0, fmt::format("{} {}, {} allowed", count, what, most)});
  }
  return findings;
}

}  // namespace saksi::tidy
