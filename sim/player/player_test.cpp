// Goal: the player does each action at its time and writes down what happened. Method: a device that only keeps time and shows an LED
// some time after a press, as a bench's device could.
#include "sim/player/player.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/temp_folder.h"

namespace saksi::sim {
namespace {

constexpr int64_t kMs = 1'000'000;

/// Lights its red LED a set time after the press; its card image is a text that counts the reads.
class FakeDevice : public Device {
 public:
  explicit FakeDevice(int64_t led_delay_ns) : led_delay_ns_(led_delay_ns) {}
  void set_observer(DeviceObserver& observer) { observer_ = &observer; }
  void set_button(const std::string& button, bool pressed) override {
    done_ += (pressed ? "press " : "release ") + button + "@" + std::to_string(now_ns_ / kMs) + " ";
    if (pressed) led_at_ns_ = now_ns_ + led_delay_ns_;
  }
  int cell_mv() const override { return 3900; }
  void supply_on() override { done_ += "on@" + std::to_string(now_ns_ / kMs) + " "; }
  void supply_mv(int mv) override { done_ += std::to_string(mv) + "mV@" + std::to_string(now_ns_ / kMs) + " "; }
  void supply_cut() override { done_ += "cut@" + std::to_string(now_ns_ / kMs) + " "; }
  void insert_card() override {}
  void pull_card() override { done_ += "pull@" + std::to_string(now_ns_ / kMs) + " "; }
  void read_card(const std::string& path) override { std::ofstream(path) << ++reads_; }
  bool has_card() const override { return true; }
  int64_t now_ns() const override { return now_ns_; }
  void run_until(int64_t t_ns) override {
    if (led_at_ns_ >= 0 && led_at_ns_ <= t_ns) {
      now_ns_ = led_at_ns_;
      led_at_ns_ = -1;
      observer_->on_led(now_ns_, "red", true, 0);
      return;
    }
    now_ns_ = t_ns;
  }
  bool ended() const override { return false; }
  const std::string& done() const { return done_; }

 private:
  DeviceObserver* observer_ = nullptr;
  int64_t led_delay_ns_;
  int64_t led_at_ns_ = -1;
  int64_t now_ns_ = 0;
  int reads_ = 0;
  std::string done_;
};

Action timed(int64_t at_ms, Verb::Kind kind, int64_t hold_ms = 0) {
  Action action;
  action.at_ns = at_ms * kMs;
  action.verb.kind = kind;
  action.verb.button = "record";
  action.hold_ns = hold_ms * kMs;
  return action;
}

TEST(Player, ActionsHappenAtTheirTimeAndInOrder) {
  Scenario scenario;
  scenario.duration_ns = 1000 * kMs;
  scenario.actions = {timed(300, Verb::Kind::kPress, 50), timed(100, Verb::Kind::kSupplyOn)};
  FakeDevice device(20 * kMs);
  recording::EventLog events;
  const TempFolder folder;
  Player player(scenario, device, events, folder.path().string());
  device.set_observer(player);
  player.play();
  EXPECT_EQ(device.done(), "on@100 press record@300 release record@350 ");
  EXPECT_EQ(device.now_ns(), 1000 * kMs);
}

TEST(Player, ATriggeredCutComesAfterTheLed) {
  Scenario scenario;
  scenario.duration_ns = 1000 * kMs;
  Action cut;
  cut.on_led = "red";
  cut.after_ns = 40 * kMs;
  cut.verb.kind = Verb::Kind::kSupplyCut;
  scenario.actions = {timed(300, Verb::Kind::kPress, 500), cut};
  FakeDevice device(25 * kMs);
  recording::EventLog events;
  const TempFolder folder;
  Player player(scenario, device, events, folder.path().string());
  device.set_observer(player);
  player.play();
  EXPECT_EQ(device.done(), "press record@300 cut@365 release record@800 ");
  EXPECT_NE(events.text().find("\"event\":\"supply\",\"mv\":0"), std::string::npos);
}

TEST(Player, ADipEndsWithTheSupplyAsItWas) {
  Scenario scenario;
  scenario.duration_ns = 1000 * kMs;
  Action dip = timed(200, Verb::Kind::kSupplyMv, 40);
  dip.verb.supply_mv = 2900;
  scenario.actions = {timed(100, Verb::Kind::kSupplyOn), dip};
  FakeDevice device(0);
  recording::EventLog events;
  const TempFolder folder;
  Player player(scenario, device, events, folder.path().string());
  device.set_observer(player);
  player.play();
  EXPECT_EQ(device.done(), "on@100 2900mV@200 on@240 ");
}

TEST(Player, TheCardIsCopiedAfterEachCutAndAtTheEnd) {
  Scenario scenario;
  scenario.duration_ns = 500 * kMs;
  scenario.actions = {timed(100, Verb::Kind::kSupplyCut), timed(200, Verb::Kind::kCardPull)};
  FakeDevice device(0);
  recording::EventLog events;
  const TempFolder folder;
  Player player(scenario, device, events, folder.path().string());
  device.set_observer(player);
  player.play();
  const auto content = [&](const std::string& name) {
    std::string text;
    std::ifstream(folder.file(name)) >> text;
    return text;
  };
  EXPECT_EQ(content("card-1.img"), "1");
  EXPECT_EQ(content("card-2.img"), "2");
  EXPECT_EQ(content("card.img"), "3");
}

TEST(Player, EventsAreToldAsTheyHappen) {
  Scenario scenario;
  scenario.duration_ns = 1000 * kMs;
  scenario.actions = {timed(100, Verb::Kind::kSupplyOn), timed(300, Verb::Kind::kPress, 50), timed(500, Verb::Kind::kCardPull)};
  FakeDevice device(20 * kMs);
  recording::EventLog events;
  const TempFolder folder;
  Player player(scenario, device, events, folder.path().string());
  device.set_observer(player);
  std::string told;
  player.on_event([&](const std::string& word, const std::string& text, int64_t t_ns) {
    told += word + (text.empty() ? "" : "=" + text) + "@" + std::to_string(t_ns / kMs) + " ";
  });
  player.play();
  player.on_console(1100 * kMs, "hello");
  EXPECT_EQ(told, "supply-on@100 press@300 led-red@320 release@350 card-pull@500 console=hello@1100 ");
}

TEST(Player, WhoWantsPausesGetsThemAndDisturbsNothing) {
  Scenario scenario;
  scenario.duration_ns = 250 * kMs;
  scenario.actions = {timed(30, Verb::Kind::kPress, 50)};
  FakeDevice device(20 * kMs);
  recording::EventLog events;
  const TempFolder folder;
  Player player(scenario, device, events, folder.path().string());
  device.set_observer(player);
  std::string pauses;
  player.on_pause([&](int64_t t_ns, bool over) {
    pauses += std::to_string(t_ns / kMs) + (over ? "! " : " ");
    return t_ns == 0 ? 7 * kMs : t_ns == 7 * kMs ? 8 * kMs : INT64_MAX;
  });
  player.play();
  EXPECT_EQ(pauses, "0 7 8 30 50 80 100 200 250! ");
  EXPECT_EQ(device.done(), "press record@30 release record@80 ");
}

TEST(Player, OneThatOnlyRepeatsLeavesNoImagesOfCuts) {
  Scenario scenario;
  scenario.duration_ns = 500 * kMs;
  scenario.actions = {timed(100, Verb::Kind::kSupplyCut)};
  FakeDevice device(0);
  recording::EventLog events;
  const TempFolder folder;
  Player player(scenario, device, events, folder.path().string());
  device.set_observer(player);
  player.leave_no_images();
  player.play();
  EXPECT_FALSE(std::ifstream(folder.file("card-1.img")).good());
}

}  // namespace
}  // namespace saksi::sim
