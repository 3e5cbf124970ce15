#ifndef SAKSI_HW_MODELS_WAVES_WAVE_PIPE_H_
#define SAKSI_HW_MODELS_WAVES_WAVE_PIPE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hw-models/waves/wave_protocol.h"
#include "hw-models/waves/wave_sink.h"

namespace saksi::hw {

/// Sends what several circuits tell of their signals to one WaveFile, over a descriptor. Each circuit has a stream of its own, whose times only
/// grow; the streams among each other need not be in step, complete() says how far all of them have come.
class WavePipe {
 public:
  /// `signals` are patterns (matches_glob()) of the full names that are wanted, or of a scope with all that is in it; none: everything.
  WavePipe(int fd, std::vector<std::string> signals);
  ~WavePipe();
  WavePipe(const WavePipe&) = delete;
  WavePipe& operator=(const WavePipe&) = delete;

  /// A stream whose signals stand under `name`. Of what is declared in it, scope `top` is left out, and `top.module` becomes `name`: so they
  /// are called in what Verilator makes of a top module. With `always`, `signals` does not bind.
  WaveSink& add_stream(const std::string& name, const std::string& module, bool always = false);
  /// All streams have told everything up to this time. Hands over what has been gathered.
  void complete(uint64_t ps);

  /// How many different signals are wanted, so far.
  size_t signals() const { return signals_; }
  /// False once nobody reads any more.
  bool heard() const { return heard_; }

 private:
  class Stream;
  void text(wave_protocol::Operation operation, const std::string& json);
  void time(wave_protocol::Operation operation, uint64_t ps);
  void select(const Stream& stream);
  bool is_wanted(const std::string& name) const;
  void put(uint32_t word) {
    if (buffer_.size() >= kBufferWords) flush();
    buffer_.push_back(word);
  }
  void flush();

  static constexpr size_t kBufferWords = 16384;
  const int fd_;
  const std::vector<std::string> wanted_;
  std::vector<std::unique_ptr<Stream>> streams_;
  const Stream* selected_ = nullptr;
  std::vector<uint32_t> buffer_;
  size_t signals_ = 0;
  bool heard_ = true;
};

}  // namespace saksi::hw

#endif
