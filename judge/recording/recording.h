#ifndef SAKSI_JUDGE_RECORDING_RECORDING_H_
#define SAKSI_JUDGE_RECORDING_RECORDING_H_

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace saksi::judge {

/// One line of events.jsonl. Fields that its kind does not have keep their defaults.
struct Event {
  int64_t t_ns = 0;
  std::string from;  ///< "bench" or "device"
  std::string kind;  ///< "supply", "press", "release", "card", "end", "led", "rail"; other kinds are kept and mean nothing to the judge
  std::string name;  ///< button, LED or rail
  std::string action;  ///< of a card event
  int64_t mv = 0;
  int64_t ua = 0;
  bool on = false;
  int64_t u_ns = 0;  ///< standard uncertainty of t_ns
};

struct ConsoleLine {
  int64_t t_ns;
  std::string text;
};

/// A recording folder as the recorder left it, read whole except for the card images. docs/formats/recording.md describes it.
struct Recording {
  std::string folder;
  nlohmann::ordered_json manifest;
  std::vector<Event> events;  ///< sorted by time, file order among equals
  std::vector<ConsoleLine> console;
  std::optional<std::string> card_image;        ///< path of card.img
  std::map<int, std::string> card_snapshots;    ///< N to path of card-N.img
  std::string digest;                           ///< hex

  /// Throws UsageError, with file and line, if the folder is not a recording or one of its own files (never: the card) cannot be read.
  static Recording load(const std::string& folder);
  /// True if the folder holds manifest.json and events.jsonl.
  static bool recognises(const std::string& folder);

  /// The end event's time, or else the last event's.
  int64_t end_ns() const;
};

/// What the device says it offers, from the manifest (device.claims).
class Claims {
 public:
  Claims() = default;
  /// Throws UsageError if `claims` is not an object.
  explicit Claims(const nlohmann::ordered_json& claims);
  /// A claimed number; nullopt if it is not claimed or no number.
  std::optional<double> number(const std::string& key) const;
  /// The name of the LED that has a role ("recording", "ready", "fault").
  std::optional<std::string> led(const std::string& role) const;
  /// True if claimed and neither false, 0, null nor empty. A dot leads into an object: "leds.fault".
  bool offers(const std::string& key) const;
  bool empty() const { return claims_.empty(); }

 private:
  nlohmann::ordered_json claims_ = nlohmann::ordered_json::object();
};

}  // namespace saksi::judge

#endif
