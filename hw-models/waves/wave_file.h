#ifndef SAKSI_HW_MODELS_WAVES_WAVE_FILE_H_
#define SAKSI_HW_MODELS_WAVES_WAVE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace saksi::hw {

/// Writes an FST file, which GTKWave shows, from what a WavePipe sends. What the streams tell is put in one order by time as soon as all of
/// them have come that far; only that much is held in memory.
class WaveFile {
 public:
  /// Throws InfraError if the file cannot be made.
  explicit WaveFile(const std::string& path);
  /// Writes what has come, in whatever state that is, and closes: a reader finds a whole file.
  ~WaveFile();
  WaveFile(const WaveFile&) = delete;
  WaveFile& operator=(const WaveFile&) = delete;

  /// The next words of the pipe, cut anywhere.
  void take(const uint32_t* words, size_t count);

 private:
  struct Signal {
    uint32_t handle = 0;  ///< libfst's; 0: none
    uint32_t bits = 0;
  };
  /// What a stream has told of one time.
  struct Moment {
    uint64_t ps;
    size_t end;  ///< in values
  };
  struct Stream {
    std::vector<Signal> signals;           ///< by code
    std::map<int, uint32_t> enumerations;  ///< libfst's handles
    std::vector<uint32_t> values;
    size_t begin = 0;  ///< of what is still to be written
    std::deque<Moment> moments;
  };

  size_t take_record(const uint32_t* words, size_t count);
  size_t take_control(const uint32_t* words, size_t count);
  void declare_signal(const std::string& text);
  void declare_enumeration(const std::string& text);
  void enter(const std::string& scope);
  void write_up_to(uint64_t ps);
  void write_moment(Stream& stream);

  void* fst_;
  std::vector<std::string> scope_;  ///< instances that are open in the file
  std::vector<uint32_t> rest_;      ///< begin of a record whose end has not come
  std::deque<Stream> streams_;
  Stream* stream_ = nullptr;
  uint64_t written_ps_ = 0;
  bool has_time_ = false;
};

}  // namespace saksi::hw

#endif
