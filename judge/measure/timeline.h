#ifndef SAKSI_JUDGE_MEASURE_TIMELINE_H_
#define SAKSI_JUDGE_MEASURE_TIMELINE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "judge/measure/observations.h"

namespace saksi::judge {

/// A moment on the bench's time axis with its standard uncertainty.
struct Moment {
  double s;
  double u_s;
};

/// From a press that starts a recording to what ends it.
struct Session {
  Moment press;
  std::optional<Moment> stop;  ///< the press that stops it
  double until_s;              ///< the next start, a power cut, or the end: frames behind that belong to something else
  bool cut_short;              ///< by a power cut or card pull before any stop
};

/// A power cut or card pull.
struct Cut {
  double s;
  int snapshot;           ///< N of card-N.img
  bool is_supply;         ///< else the card was pulled
  bool recording_lit;     ///< the recording LED was on
  double last_dark_s;     ///< when the recording LED went off before; 0 if never
  double lit_since_s;     ///< when it was lit, if it is
};

/// The story that events.jsonl tells.
class Timeline {
 public:
  Timeline(const Recording& recording, const Claims& claims);

  /// A press of the record button starts a recording unless the recording LED is lit, or one was started, not stopped or cut, and no fault LED is lit.
  const std::vector<Session>& sessions() const { return sessions_; }
  const std::vector<Cut>& cuts() const { return cuts_; }
  const std::optional<Moment>& power_on() const { return power_on_; }
  double end_s() const { return end_s_; }
  /// When an LED was first lit at or after a time; that time itself if it was lit already. nullopt if never.
  std::optional<Moment> first_lit(const std::string& led, double from_s) const;

 private:
  void on_supply(const Event& event);
  void on_cut(double s, bool is_supply);
  void on_press(const Event& event);
  void on_led(const Event& event);
  bool is_lit(const std::optional<std::string>& led) const;

  struct LedEdge {
    std::string led;
    bool on;
    Moment moment;
  };
  std::optional<std::string> led_recording_;
  std::optional<std::string> led_fault_;
  std::vector<LedEdge> edges_;
  std::vector<Session> sessions_;
  std::vector<Cut> cuts_;
  std::optional<Moment> power_on_;
  double end_s_;
  int64_t supply_mv_ = 0;
  bool open_ = false;  ///< the last session was neither stopped nor cut
  double last_dark_s_ = 0;
  double lit_since_s_ = 0;
};

}  // namespace saksi::judge

#endif
