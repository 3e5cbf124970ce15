#include "rtl/coverage/coverage.h"

#if SAKSI_RTL_COVERAGE
#include <verilated.h>
#include <verilated_cov.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

namespace saksi::tb {
namespace {

/// Verilator counts in the model, and a test program makes a new model for nearly each of its tests. So the counts are gathered here, by the points'
/// names, in the format of Verilator's own files: a head, then C 'name' count.
class Gathered {
 public:
  explicit Gathered(std::string path) : path_(std::move(path)) {}
  Gathered(const Gathered&) = delete;
  ~Gathered() {
    std::ofstream out(path_);
    out << "# SystemC::Coverage-3\n";
    for (const auto& [name, count] : counts_) out << name << count << '\n';
  }

  void add(VerilatedContext& context) {
    const std::string part = path_ + ".part";
    context.coveragep()->write(part.c_str());
    std::ifstream in(part);
    std::string line;
    while (std::getline(in, line)) {
      const size_t end = line.rfind(' ') + 1;
      if (line[0] == 'C') counts_[line.substr(0, end)] += std::strtoull(&line[end], nullptr, 10);
    }
    std::remove(part.c_str());
  }

 private:
  std::string path_;
  std::map<std::string, uint64_t> counts_;
};

}  // namespace

void keep_coverage(VerilatedContext& context) {
  // What is public in a model (cmake/verilate.cmake) has a scope, and a scope that goes is looked for in the thread's present context.
  Verilated::threadContextp(&context);
  const char* path = std::getenv("SAKSI_RTL_COVERAGE_FILE");
  if (path == nullptr) return;
  static Gathered gathered(path);
  gathered.add(context);
}

}  // namespace saksi::tb
#else
namespace saksi::tb {

void keep_coverage(VerilatedContext&) {}

}  // namespace saksi::tb
#endif
