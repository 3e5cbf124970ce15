#ifndef SAKSI_HW_MODELS_WAVES_WAVE_RECORDER_H_
#define SAKSI_HW_MODELS_WAVES_WAVE_RECORDER_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hw-models/waves/wave_pipe.h"

namespace saksi::hw {

/// A WavePipe to a process of its own that writes the file. That process heeds no signal but SIGKILL and ends when the pipe ends, whatever the
/// reason: so the file is closed, and whole up to what was handed over, however this process comes to its end.
class WaveRecorder {
 public:
  /// Throws InfraError if no process can be made. That the file cannot be written is known at the end only: see finish().
  WaveRecorder(const std::string& path, const std::vector<std::string>& signals);
  ~WaveRecorder();
  WaveRecorder(const WaveRecorder&) = delete;
  WaveRecorder& operator=(const WaveRecorder&) = delete;

  WavePipe& pipe() { return *pipe_; }
  /// The process that writes.
  pid_t writer() const { return writer_; }
  /// Ends the pipe and waits until the file is closed. False if it could not be written.
  bool finish();

 private:
  std::unique_ptr<WavePipe> pipe_;
  pid_t writer_ = -1;
  bool good_ = false;
};

}  // namespace saksi::hw

#endif
