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
  bool cut_short;              ///< before any stop: by a power cut, a card pull, or the device itself, whose recording LED went dark
};

/// A power cut or card pull.
struct Cut {
  double s;
  int snapshot;        ///< N of card-N.img
  bool is_supply;      ///< else the card was pulled
  bool recording_lit;  ///< the recording LED was on
  double last_dark_s;  ///< when the recording LED went off before; 0 if never
  double lit_since_s;  ///< when it was lit, if it is
};

/// A stretch of time in which an LED was lit.
struct LitStretch {
  Moment from;
  Moment until;  ///< when it went dark, or the supply did, or the end of the recording
};

/// The story that events.jsonl tells.
class Timeline {
 public:
  Timeline(const Recording& recording, const Claims& claims);

  /// A press of the record button starts a recording unless the recording LED is lit, or one was started, not stopped, cut or answered by the fault
  /// LED alone. A recording whose LED was lit and then dark for two seconds, or until the device was ready again, is over; one
  /// that the device goes on with by itself is no session, and the press that stops it no start. A press that a restarting device did not hear is a
  /// session without a recording, and the next one a start. Contacts within 20 ms of each other are one press,
  /// at the first.
  const std::vector<Session>& sessions() const { return sessions_; }
  const std::vector<Cut>& cuts() const { return cuts_; }
  const std::optional<Moment>& power_on() const { return power_on_; }
  double end_s() const { return end_s_; }
  /// When an LED was first lit at or after a time; that time itself if it was lit already. nullopt if never.
  std::optional<Moment> first_lit(const std::string& led, double from_s) const;
  /// When an LED was lit, in the order of time. A blink, that is less than 0.6 s of dark with the supply on, belongs to the stretch around it.
  std::vector<LitStretch> lit_stretches(const std::string& led) const;

 private:
  void on_supply(const Event& event);
  void on_cut(double s, bool is_supply);
  bool is_press(const Event& event);
  void on_release(const Event& event);
  void end_if_dark(double s);
  bool goes_on_by_itself() const;
  bool got_ready(double from_s, double to_s) const;
  void start_after_all(double lit_s);
  bool was_refused() const;
  void on_press(const Event& event);
  void on_led(const Event& event);
  bool is_lit(const std::optional<std::string>& led) const;
  bool is_cut_between(double from_s, double until_s) const;

  struct LedEdge {
    std::string led;
    bool on;
    Moment moment;
  };
  std::optional<std::string> led_recording_;
  std::optional<std::string> led_fault_;
  std::optional<std::string> led_ready_;
  std::vector<LedEdge> edges_;
  std::vector<Session> sessions_;
  std::vector<Cut> cuts_;
  std::optional<Moment> power_on_;
  double end_s_;
  int64_t supply_mv_ = 0;
  bool tells_releases_ = false;  ///< the recording says when the button was let go
  bool is_held_ = false;
  std::optional<double> last_edge_s_;  ///< of the record button
  bool open_ = false;                  ///< the last session was neither stopped nor cut
  double last_dark_s_ = 0;
  double lit_since_s_ = 0;
};

}  // namespace saksi::judge

#endif
