#ifndef SAKSI_SIM_PLAYER_PLAYER_H_
#define SAKSI_SIM_PLAYER_PLAYER_H_

#include <functional>
#include <string>
#include <vector>

#include "base/recording_format.h"
#include "sim/device/device.h"
#include "sim/player/scenario.h"

namespace saksi::sim {

/// Plays a scenario on a device: does each action at its time, writes what the bench did and what the device showed into the event log,
/// and takes the card's image after each cut or pull. The same for a simulated and a physical device.
class Player : public DeviceObserver {
 public:
  /// `recording_dir` is where the card images go.
  Player(const Scenario& scenario, Device& device, recording::EventLog& events, std::string recording_dir);

  /// Called now and then with the time reached, for progress.
  void on_progress(std::function<void(int64_t t_ns)> progress) { progress_ = std::move(progress); }

  /// Called for everything that happens, in the words of event_words(), and "console" with the line.
  void on_event(std::function<void(const std::string& word, const std::string& text, int64_t t_ns)> event) { event_ = std::move(event); }
  /// Called at the beginning and whenever the device pauses, before what is due then is done; `over`: it is the last time. Gives the time at
  /// which it wants to be called again.
  void on_pause(std::function<int64_t(int64_t t_ns, bool over)> pause) { pause_ = std::move(pause); }
  /// From now on no card image is written: this player only repeats what another one does.
  void leave_no_images() { leaves_images_ = false; }

  /// Plays to the end of the scenario and leaves card.img.
  void play();

  const std::string& console() const { return console_; }

  void on_led(int64_t t_ns, const std::string& led, bool lit, int64_t u_ns) override;
  void on_rail(int64_t t_ns, const std::string& rail, int mv, int64_t ua) override;
  void on_console(int64_t t_ns, const std::string& line) override;

 private:
  struct Due {
    int64_t at_ns;
    size_t order;  ///< equal times keep the order in which they were planned
    Verb verb;
    int64_t hold_ns;
  };
  void plan(int64_t at_ns, const Verb& verb, int64_t hold_ns);
  void act(const Due& due);
  void supply(const Due& due);
  void save_card_after_cut();
  void tell(const std::string& word, const std::string& text = "");
  int64_t pause();

  const Scenario& scenario_;
  Device& device_;
  recording::EventLog& events_;
  std::string recording_dir_;
  std::function<void(int64_t)> progress_;
  std::function<void(const std::string&, const std::string&, int64_t)> event_;
  std::function<int64_t(int64_t, bool)> pause_;
  bool leaves_images_ = true;
  std::vector<Due> due_;             ///< sorted, next one last
  std::vector<Action> waiting_;      ///< triggered actions whose LED edge has not come yet
  size_t planned_ = 0;
  int card_images_ = 0;
  Verb supply_now_;                  ///< what the supply does now, for `for_ms`
  std::string console_;
};

}  // namespace saksi::sim

#endif
