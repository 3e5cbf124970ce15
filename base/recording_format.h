#ifndef SAKSI_BASE_RECORDING_FORMAT_H_
#define SAKSI_BASE_RECORDING_FORMAT_H_

#include <cstdint>
#include <string>
#include <vector>

namespace saksi {

/// The recording folder: what whoever records writes and the judge reads. docs/formats/recording.md is its description for people.
namespace recording {

constexpr char kSchema[] = "saksi-recording/1";

constexpr char kManifestFile[] = "manifest.json";
constexpr char kEventsFile[] = "events.jsonl";
constexpr char kConsoleFile[] = "console.log";
constexpr char kCardFile[] = "card.img";
/// "card-N.img": the card after the Nth power cut or card pull, n >= 1.
std::string card_snapshot_file(int n);

/// Keys of manifest.json.
constexpr char kKeySchema[] = "schema";
constexpr char kKeyScenario[] = "scenario";
constexpr char kKeyState[] = "state";  ///< text: what state the device was in, where somebody says so
constexpr char kKeySeed[] = "seed";
constexpr char kKeyDate[] = "date_s";                ///< integer: the bench's date at t = 0, seconds since 1970 UTC; absent where nobody says so
constexpr char kKeyDateUncertainty[] = "date_u_s";   ///< number: its standard uncertainty; 0 if absent
constexpr char kKeyDevice[] = "device";              ///< object: name, kind, claims
constexpr char kKeyClaims[] = "claims";              ///< within device
constexpr char kKeyLightCode[] = "light_code";       ///< object: tick_hz, epoch_tick; absent when no light code was shown
constexpr char kKeyEpochTick[] = "epoch_tick";       ///< within light_code: what the code showed at t = 0, even; 0 if absent
constexpr char kKeyNoPicture[] = "no_picture";       ///< text: why the clips' pictures show nothing of the scene; absent when they do
constexpr char kKeyRequire[] = "require";            ///< ids of the requirements that the scenario asks for, in its order
constexpr char kKeyRequirements[] = "requirements";  ///< their full entries, as judge::Requirement::to_json() writes them

/// Keys of device.claims. All are optional; a feature that is not claimed is not offered.
constexpr char kClaimPreEvent[] = "pre_event_s";     ///< number, seconds; 0 is off
constexpr char kClaimFrameRate[] = "frame_rate_hz";  ///< number
constexpr char kClaimGop[] = "gop";                  ///< number, frames from IDR to IDR
constexpr char kClaimLeds[] = "leds";                ///< object: recording, ready, fault, each the name of an LED in events.jsonl
constexpr char kClaimLedRecording[] = "recording";
constexpr char kClaimLedReady[] = "ready";
constexpr char kClaimLedFault[] = "fault";

/// Words of events.jsonl.
constexpr char kFromBench[] = "bench";
constexpr char kFromDevice[] = "device";
constexpr char kEventSupply[] = "supply";
constexpr char kEventPress[] = "press";
constexpr char kEventRelease[] = "release";
constexpr char kEventCard[] = "card";
constexpr char kEventEnd[] = "end";
constexpr char kEventLed[] = "led";
constexpr char kEventRail[] = "rail";
constexpr char kCardInsert[] = "insert";
constexpr char kCardPull[] = "pull";

/// Begins a console line that reports an error, after its time.
constexpr char kConsoleErrorPrefix[] = "E:";

/// One line of console.log, "<t_ns> <text>\n". Bytes that are not printable ASCII or a tab are written as \xNN, so a line stays a line.
std::string console_line(int64_t t_ns, const std::string& text);

/// One line of the text whose SHA-256 is a recording's digest: "<name> <size> <sha256 in hex>\n".
std::string digest_line(const std::string& name, uint64_t size, const std::string& sha256_hex);

/// The digest of a recording folder in hex: SHA-256 over the digest lines of events.jsonl, console.log, card.img and all card-N.img that
/// are there, sorted by name (bytewise). Events and console count with sha256_file(), card images with sparse_file_digest(). Throws
/// UsageError if events.jsonl is not there or a file cannot be read.
std::string folder_digest(const std::string& folder);

/// Collects the events of one run and writes events.jsonl. Times are nanoseconds since the scenario's start, >= 0; u_ns is the standard
/// uncertainty of the time, 0 in simulation. Events may be appended in any order; they are written by time, and those of the same time in
/// the order in which they were appended, so append the cause (a press, a cut) before its effect (an LED).
class EventLog {
 public:
  void supply(int64_t t_ns, int64_t mv, int64_t u_ns = 0);  ///< mv 0 is a cut
  void press(int64_t t_ns, const std::string& button, int64_t u_ns = 0);
  void release(int64_t t_ns, const std::string& button, int64_t u_ns = 0);
  void card_insert(int64_t t_ns);
  void card_pull(int64_t t_ns);
  void end(int64_t t_ns);  ///< the scenario is over; the last event
  void led(int64_t t_ns, const std::string& led, bool on, int64_t u_ns = 0);
  void rail(int64_t t_ns, const std::string& rail, int64_t mv, int64_t ua);

  size_t size() const { return lines_.size(); }
  /// The whole file.
  std::string text() const;
  /// Writes the file. Throws InfraError if that fails.
  void write(const std::string& path) const;

 private:
  struct Line {
    int64_t t_ns;
    std::string text;
  };
  void append(int64_t t_ns, const char* from, const char* event, const std::string& rest);
  std::vector<Line> lines_;
};

}  // namespace recording
}  // namespace saksi

#endif
