#include "hw-models/waves/wave_pipe.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/glob.h"

namespace saksi::hw {

namespace protocol = wave_protocol;
using Operation = protocol::Operation;

/// One circuit's way into the pipe.
class WavePipe::Stream final : public WaveSink {
 public:
  Stream(WavePipe& pipe, uint32_t number_in_pipe, std::string name, const std::string& module, bool always)
      : number(number_in_pipe), pipe_(pipe), name_(std::move(name)), module_scope_("top." + module), always_(always) {}

  void declare(const WaveEnumeration& enumeration) override {
    pipe_.select(*this);
    nlohmann::json items = nlohmann::json::array();
    for (const auto& [name, value] : enumeration.items) items.push_back({name, value});
    const nlohmann::json json = {{"id", enumeration.id}, {"name", enumeration.name}, {"bits", enumeration.bits}, {"items", items}};
    pipe_.text(Operation::kEnumeration, json.dump());
  }

  bool declare(const WaveSignal& signal) override {
    const std::string scope = placed(signal.scope);
    if (scope.empty() || !(always_ || pipe_.is_wanted(scope + "." + signal.name))) return false;
    pipe_.select(*this);
    const nlohmann::json json = {
        {"scope", scope},    {"name", signal.name}, {"code", signal.code},           {"bits", signal.bits}, {"bus", signal.is_bus},
        {"msb", signal.msb}, {"lsb", signal.lsb},   {"direction", signal.direction}, {"type", signal.type}, {"enumeration", signal.enumeration}};
    pipe_.text(Operation::kSignal, json.dump());
    ++pipe_.signals_;
    return true;
  }

  void at(uint64_t ps) override {
    pipe_.select(*this);
    pipe_.time(Operation::kTime, ps);
  }

  void value(uint32_t code, const uint32_t* words, uint32_t count) override {
    pipe_.select(*this);
    pipe_.put(code);
    for (uint32_t i = 0; i < count; ++i) pipe_.put(words[i]);
  }

  const uint32_t number;

 private:
  std::string placed(const std::string& scope) const {
    if (scope == "top") return "";  // the ports, which stand in the module as well
    if (scope.compare(0, module_scope_.size(), module_scope_) == 0 && (scope.size() == module_scope_.size() || scope[module_scope_.size()] == '.')) {
      return name_ + scope.substr(module_scope_.size());
    }
    const size_t dot = scope.find('.');
    return dot == std::string::npos ? name_ : name_ + scope.substr(dot);  // a package beside the module
  }

  WavePipe& pipe_;
  const std::string name_;
  const std::string module_scope_;
  const bool always_;
};

WavePipe::WavePipe(int fd, std::vector<std::string> signals) : fd_(fd), wanted_(std::move(signals)) { buffer_.reserve(kBufferWords); }

WavePipe::~WavePipe() {
  flush();
  close(fd_);
}

WaveSink& WavePipe::add_stream(const std::string& name, const std::string& module, bool always) {
  streams_.push_back(std::make_unique<Stream>(*this, static_cast<uint32_t>(streams_.size()), name, module, always));
  return *streams_.back();
}

void WavePipe::complete(uint64_t ps) {
  time(Operation::kComplete, ps);
  flush();
}

bool WavePipe::is_wanted(const std::string& name) const {
  if (wanted_.empty()) return true;
  for (size_t end = name.size(); end != std::string::npos; end = end == 0 ? std::string::npos : name.rfind('.', end - 1)) {
    const std::string part = name.substr(0, end);
    if (std::any_of(wanted_.begin(), wanted_.end(), [&](const std::string& pattern) { return matches_glob(pattern, part); })) return true;
  }
  return false;
}

void WavePipe::select(const Stream& stream) {
  if (selected_ == &stream) return;
  selected_ = &stream;
  put(protocol::control(Operation::kStream, stream.number));
}

void WavePipe::text(Operation operation, const std::string& json) {
  put(protocol::control(operation, static_cast<uint32_t>(json.size())));
  for (size_t at = 0; at < json.size(); at += sizeof(uint32_t)) {
    uint32_t word = 0;
    std::memcpy(&word, json.data() + at, std::min(sizeof word, json.size() - at));
    put(word);
  }
}

void WavePipe::time(Operation operation, uint64_t ps) {
  put(protocol::control(operation, 0));
  put(static_cast<uint32_t>(ps));
  put(static_cast<uint32_t>(ps >> 32));
}

void WavePipe::flush() {
  const char* bytes = reinterpret_cast<const char*>(buffer_.data());
  for (size_t left = buffer_.size() * sizeof(uint32_t); left > 0 && heard_;) {
    const ssize_t wrote = write(fd_, bytes, left);
    if (wrote < 0 && errno == EINTR) continue;
    heard_ = wrote > 0;
    if (!heard_) break;
    bytes += wrote;
    left -= static_cast<size_t>(wrote);
  }
  buffer_.clear();
}

}  // namespace saksi::hw
