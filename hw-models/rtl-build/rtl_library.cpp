#include "hw-models/rtl-build/rtl_library.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>

#include "base/child_process.h"
#include "base/error.h"
#include "base/sha256.h"
#include "base/wall_clock.h"
#include "hw-models/rtl-adapter/verilated_class.h"
#include "hw-models/rtl-block/rtl_ports.h"
#include "hw-models/rtl-build/rtl_cache.h"

namespace saksi::hw {

namespace {

namespace fs = std::filesystem;

constexpr char kClass[] = "Vblock";
constexpr char kFactory[] = "saksi_make_rtl";
constexpr char kWaves[] = SAKSI_PROJECT_DIR "/hw-models/waves";  ///< through which models show their signals
constexpr double kTellFirst_s = 1;
constexpr double kTellEach_s = 1;
constexpr int kNoSuchProgram = 127;
constexpr size_t kErrorLinesMax = 24;

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::string read_text(const fs::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write_text(const fs::path& path, const std::string& text) {
  std::ofstream out(path);
  out << text;
  out.close();
  if (!out) throw UsageError(path.string() + ": cannot be written; is the disk full?");
}

fs::path cache_folder() {
  const char* xdg = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  fs::path folder;
  if (xdg && *xdg == '/') {
    folder = fs::path(xdg);
  } else if (home && *home == '/') {
    folder = fs::path(home) / ".cache";
  } else {
    throw UsageError("neither XDG_CACHE_HOME nor HOME names a folder: set XDG_CACHE_HOME to one where verilated blocks may be kept");
  }
  folder = folder / "saksi" / "rtl";
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    throw UsageError(
        fmt::format("{}: cannot be made ({}); set XDG_CACHE_HOME to a folder where verilated blocks may be kept", folder.string(), error.message()));
  return folder;
}

/// What tells one version of a tool from another without asking it.
std::string identity(const fs::path& tool) {
  std::error_code error;
  const fs::path real = fs::canonical(tool, error);
  const auto size = fs::file_size(real, error);
  const auto changed = fs::last_write_time(real, error).time_since_epoch().count();
  return fmt::format("{} {} {}\n", real.string(), size, changed);
}

/// Makes the shared object of one design.
class Builder {
 public:
  Builder(const RtlSource& source, const std::function<void(const std::string&, bool)>& tell)
      : source_(source), tell_(tell), cache_(cache_folder()), recipe_(recipe()) {}

  RtlLibrary build() {
    for (const RtlSource::File& file : source_.files) must_exist(file, fs::is_regular_file(file.path), "file");
    for (const RtlSource::File& dir : source_.include_dirs) must_exist(dir, fs::is_directory(dir.path), "folder");
    for (const RtlSource::File& file : source_.data_files) must_exist(file, fs::is_regular_file(file.path), "file");
    if (auto known = find()) return *known;
    // One process at a time makes what has this name.
    const FileLock lock((cache_ / (recipe_ + ".lock")).string());
    if (auto known = find()) return *known;  // another process made it meanwhile
    started_s_ = wall_clock_s();
    folder_ = cache_ / (recipe_ + ".build");
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    verilate();
    check_state();
    check_ports();
    compile();
    const RtlLibrary made = keep();
    tell(warnings(), true);
    fs::remove_all(folder_);
    return made;
  }

 private:
  void must_exist(const RtlSource::File& file, bool exists, const char* kind) const {
    if (!exists) throw UsageError(fmt::format("{}: {}: there is no such {}; paths are relative to the board file", file.place, file.path, kind));
  }

  std::string recipe() const;
  std::vector<std::string> verilator_command() const;
  std::string object_name(const std::vector<std::string>& sources) const;
  std::optional<RtlLibrary> find() const;
  void run(const std::vector<std::string>& command, const std::string& folder, const std::string& log);
  void verilate();
  void check_state() const;
  void check_ports();
  void compile();
  RtlLibrary keep();
  std::vector<std::string> sources_read() const;
  [[noreturn]] void fail_verilating() const;
  std::string warnings() const;
  void tell(const std::string& more, bool is_last) {
    tell_(fmt::format("verilating {}: {:.0f} s{}", source_.block, wall_clock_s() - started_s_, more), is_last);
  }

  const RtlSource& source_;
  const std::function<void(const std::string&, bool)>& tell_;
  fs::path cache_;
  std::string recipe_;  ///< digest of all that goes into the object but the content of the sources
  fs::path folder_;     ///< where it is made
  double started_s_ = 0;
  double told_s_ = 0;
};

std::vector<std::string> Builder::verilator_command() const {
  std::vector<std::string> command = {SAKSI_VERILATOR};
  for (const std::string& flag : words_of(SAKSI_VERILATOR_FLAGS)) command.push_back(flag);
  command.insert(command.end(), {"-Wno-fatal", "--prefix", kClass, "--top-module", source_.top});
  for (const RtlSource::File& dir : source_.include_dirs) command.push_back("-I" + dir.path);
  for (const auto& [name, value] : source_.parameters) command.push_back("-G" + name + "=" + value);
  command.insert(command.end(), source_.options.begin(), source_.options.end());
  for (const RtlSource::File& file : source_.files) command.push_back(file.path);
  return command;
}

std::string Builder::recipe() const {
  const fs::path coupling = fs::path(SAKSI_PROJECT_DIR) / "hw-models/rtl-block";
  std::string text = fmt::format("{}\n{}\n", kRtlModelVersion, source_.folder);
  text += read_text(coupling / "rtl_model.h") + read_text(coupling / "verilated_model.h") + adapter_source(kClass, "", {}, {}, kFactory, true);
  text += read_text(fs::path(kWaves) / "wave_sink.h") + read_text(fs::path(kWaves) / "verilated_fst.cpp");
  text += identity(fs::path(SAKSI_VERILATOR).parent_path() / "verilator_bin") + identity(SAKSI_VERILATOR_CXX);
  for (const std::string& word : verilator_command()) text += word + "\n";
  return hex(sha256(text)).substr(0, 32);
}

/// The object's name says what every source held.
std::string Builder::object_name(const std::vector<std::string>& sources) const {
  std::string text;
  for (const std::string& path : sources) text += path + " " + hex(sha256_file(path)) + "\n";
  return recipe_ + "-" + hex(sha256(text)).substr(0, 32) + ".so";
}

/// By the list of the sources that were read the last time, and by what they hold now.
std::optional<RtlLibrary> Builder::find() const {
  const FileLock lock(rtl_cache_lock(cache_.string()), FileLock::Kind::kShared);
  RtlLibrary library;
  library.folder = source_.folder;
  std::istringstream lines(read_text(cache_ / (recipe_ + ".sources")));
  for (std::string line; std::getline(lines, line);) {
    if (!fs::is_regular_file(line)) return std::nullopt;
    library.sources.push_back(line);
  }
  if (library.sources.empty()) return std::nullopt;
  library.path = (cache_ / object_name(library.sources)).string();
  if (!touch_rtl_object(library.path)) return std::nullopt;
  return library;
}

void Builder::run(const std::vector<std::string>& command, const std::string& folder, const std::string& log) {
  const int code = run_child(command, folder, log, [&] {
    const double now_s = wall_clock_s();
    if (now_s - started_s_ < kTellFirst_s || now_s - told_s_ < kTellEach_s) return;
    told_s_ = now_s;
    tell("", false);
  });
  if (code == 0) return;
  if (code == kNoSuchProgram) {
    throw UsageError(fmt::format("{}: block '{}' cannot be verilated: {} cannot be run; './saksi packages' says which Debian packages are missing",
                                 source_.place, source_.block, command[0]));
  }
  if (command[0] == SAKSI_VERILATOR) fail_verilating();
  throw UsageError(fmt::format("{}: block '{}': what Verilator made of it does not compile; the compiler's messages are in {}", source_.place,
                               source_.block, log));
}

/// What Verilator said of the user's sources: its errors, each with the line that it shows, without its own advice.
void Builder::fail_verilating() const {
  const std::string log = (folder_ / "verilator.log").string();
  std::istringstream lines(read_text(log));
  std::string text;
  size_t count = 0;
  bool in_error = false;
  for (std::string line; std::getline(lines, line) && count < kErrorLinesMax;) {
    constexpr char kError[] = "%Error";
    if (line.rfind("%", 0) == 0) {
      in_error = line.rfind(kError, 0) == 0 && line.find("Exiting due to") == std::string::npos && line.find("Command Failed") == std::string::npos;
      const size_t colon = line.find(": ");
      if (in_error && colon != std::string::npos) line.erase(0, colon + 2);
    }
    if (!in_error || line.find("... ") != std::string::npos) continue;
    text += "\n  " + line;
    ++count;
  }
  throw UsageError(fmt::format("{}: block '{}' cannot be verilated:{}\n  all that Verilator said: {}", source_.place, source_.block, text, log));
}

/// Verilator's warnings do not hinder the user, but they are kept.
std::string Builder::warnings() const {
  std::istringstream lines(read_text(folder_ / "verilator.log"));
  size_t count = 0;
  for (std::string line; std::getline(lines, line);) count += line.rfind("%Warning", 0) == 0;
  if (count == 0) return "";
  const fs::path kept = cache_ / (recipe_ + ".log");
  fs::rename(folder_ / "verilator.log", kept);
  return fmt::format("; {} warning{} of Verilator, in {}", count, count == 1 ? "" : "s", kept.string());
}

void Builder::verilate() {
  std::vector<std::string> command = verilator_command();
  const std::string log = (folder_ / "verilator.log").string();
  command.insert(command.end(), {"--Mdir", folder_.string()});
  run(command, source_.folder, log);
  // Once more for the places of the ports, which are in nothing else that it makes.
  std::replace(command.begin(), command.end(), std::string("--cc"), std::string("--xml-only"));
  run(command, source_.folder, (folder_ / "xml.log").string());
}

/// A state is saved as the bytes of the model's object, see VerilatedModel.
void Builder::check_state() const {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
    if (entry.path().extension() != ".h") continue;
    for (const std::string& name : unsavable_in_header(read_text(entry.path()))) names.push_back(name);
  }
  if (names.empty()) return;
  std::sort(names.begin(), names.end());
  throw UsageError(
      fmt::format("{}: block '{}' cannot be coupled: its state could not be saved and taken back, since these are no variables of a fixed "
                  "size: {}; in place of queues, dynamic and associative arrays, strings and classes use arrays of a fixed size",
                  source_.place, source_.block, fmt::join(names, ", ")));
}

/// Before the compiler is run: ports that cannot be coupled are refused in less than a second.
void Builder::check_ports() {
  const std::vector<VerilatedPort> ports = ports_in_header(read_text(folder_ / (std::string(kClass) + ".h")));
  const auto places = places_in_xml(read_text(folder_ / (std::string(kClass) + ".xml")));
  std::vector<uint64_t> storage(2 * ports.size() * 8);  // nothing is connected yet
  std::vector<RtlPin> pins;
  for (const VerilatedPort& port : ports) {
    RtlPin pin;
    pin.name = port.name;
    pin.direction = port.direction == "kInput"    ? RtlPin::Direction::kInput
                    : port.direction == "kOutput" ? RtlPin::Direction::kOutput
                                                  : RtlPin::Direction::kInout;
    pin.msb = port.msb;
    pin.lsb = port.lsb;
    pin.unpacked = port.unpacked;
    pin.storage = &storage[pins.size()];
    const auto place = places.find(port.name);
    if (place != places.end()) pin.place = place->second;
    pins.push_back(pin);
  }
  const auto top = places.find("");
  const RtlPorts checked(
      pins, source_.ports,
      fmt::format("{}: block '{}': module '{}'{}", source_.place, source_.block, source_.top, top == places.end() ? "" : " (" + top->second + ")"));
  write_text(folder_ / "adapter.cpp", adapter_source(kClass, source_.top, ports, places, kFactory, true));
}

/// As cmake/verilate.cmake does it, but for a shared object, and in as few pieces as Verilator thinks right: small designs compile in a quarter
/// of the time so.
void Builder::compile() {
  const std::string log = (folder_ / "compiler.log").string();
  const unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
  const std::string cppflags =
      fmt::format("USER_CPPFLAGS=-fPIC -std=c++17 -fvisibility=hidden -DVL_USER_FINISH -DVL_USER_STOP -DVL_USER_FATAL -I'{}'", SAKSI_PROJECT_DIR);
  const std::string adapter = (folder_ / "adapter.cpp").string();
  const std::string object = (folder_ / "adapter.o").string();
  const std::string root = SAKSI_VERILATOR_ROOT;
  write_text(folder_ / "exports", fmt::format("{{ global: {0}; {0}_version; local: *; }};\n", kFactory));
  write_text(folder_ / "block.mk",
             fmt::format("include {0}.mk\nblock.so: adapter.o waves.o verilated.o verilated_save.o verilated_threads.o {0}__ALL.a exports\n"
                         "\t$(CXX) -shared -o $@ adapter.o {0}__ALL.a waves.o verilated.o verilated_save.o verilated_threads.o "
                         "-Wl,--version-script=exports -Wl,-z,defs -pthread -latomic\n"
                         "adapter.o: adapter.cpp\n\t$(OBJCACHE) $(CXX) $(CXXFLAGS) $(CPPFLAGS) -c -o $@ $<\n"
                         "waves.o:\n\t$(OBJCACHE) $(CXX) $(CXXFLAGS) $(CPPFLAGS) $(OPT_GLOBAL) -c -o $@ '{1}/verilated_fst.cpp'\n",
                         kClass, kWaves));
  run({SAKSI_MAKE, "--no-print-directory", "-j" + std::to_string(jobs), "-f", "block.mk", "block.so", std::string("CXX=") + SAKSI_VERILATOR_CXX,
       std::string("OBJCACHE=") + SAKSI_CCACHE, "OPT_FAST=-O2", "OPT_SLOW=-O1", "OPT_GLOBAL=-O2", cppflags},
      folder_.string(), log);
}

/// Every file that Verilator read, by its own list (lines `S <size> <times> "<path>"`): the dependencies for make are ambiguous where a path has
/// blanks.
std::vector<std::string> Builder::sources_read() const {
  std::istringstream lines(read_text(folder_ / (std::string(kClass) + "__verFiles.dat")));
  std::vector<std::string> sources;
  for (std::string line; std::getline(lines, line);) {
    const size_t begin = line.find('"'), end = line.rfind('"');
    if (line.rfind("S ", 0) != 0 || end <= begin) continue;
    fs::path path(line.substr(begin + 1, end - begin - 1));
    if (path.is_relative()) path = fs::path(source_.folder) / path;
    const std::string name = path.lexically_normal().string();
    if (path.filename() == "verilator_bin" || !fs::is_regular_file(path)) continue;
    if (std::find(sources.begin(), sources.end(), name) == sources.end()) sources.push_back(name);
  }
  return sources;
}

RtlLibrary Builder::keep() {
  RtlLibrary library;
  library.folder = source_.folder;
  library.sources = sources_read();
  if (library.sources.empty()) throw UsageError(fmt::format("{}: block '{}': no source was read", source_.place, source_.block));
  library.path = (cache_ / object_name(library.sources)).string();
  write_text(folder_ / "sources", fmt::format("{}\n", fmt::join(library.sources, "\n")));
  const FileLock lock(rtl_cache_lock(cache_.string()));
  fs::rename(folder_ / "block.so", library.path);
  touch_rtl_object(library.path);
  fs::rename(folder_ / "sources", cache_ / (recipe_ + ".sources"));
  trim_rtl_cache(cache_.string(), kRtlCacheEntries);
  return library;
}

}  // namespace

RtlLibrary build_rtl(const RtlSource& source, const std::function<void(const std::string&, bool)>& tell) { return Builder(source, tell).build(); }

namespace {

/// Another working folder for a while.
class WorkingFolder {
 public:
  explicit WorkingFolder(const std::string& folder) : before_(fs::current_path()) { fs::current_path(folder); }
  ~WorkingFolder() {
    std::error_code ignored;  // a destructor must not throw; the folder was there a moment ago
    fs::current_path(before_, ignored);
  }
  WorkingFolder(const WorkingFolder&) = delete;
  WorkingFolder& operator=(const WorkingFolder&) = delete;

 private:
  fs::path before_;
};

}  // namespace

std::unique_ptr<RtlModel> load_rtl(const RtlLibrary& library) {
  void* const object = dlopen(library.path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!object) throw InfraError(std::string("a verilated block cannot be loaded: ") + dlerror() + "; remove the file, it will be made anew");
  const auto* version = static_cast<const uint32_t*>(dlsym(object, (std::string(kFactory) + "_version").c_str()));
  const auto factory = reinterpret_cast<RtlModel* (*)()>(dlsym(object, kFactory));
  if (!version || !factory || *version != kRtlModelVersion) {
    throw InfraError(library.path + ": is not a block for this version of Saksi; remove the file, it will be made anew");
  }
  std::unique_ptr<RtlModel> model(factory());
  const WorkingFolder folder(library.folder);
  model->eval();
  return model;
}

}  // namespace saksi::hw
