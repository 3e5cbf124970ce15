// Test helper: ring, store and recorder on a card image, and a camera of 64x64 pixels at 15 frames a second around them. Its pictures are one I_PCM
// stream that libav decodes.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_RECORDER_BENCH_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_RECORDER_BENCH_H_

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <vector>

#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/bsp/mock_host.h"
#include "firmware-under-test/camera/bytes.h"
#include "firmware-under-test/camera/pcm_picture.h"
#include "firmware-under-test/camera/recorder.h"
#include "firmware-under-test/camera/signing_bench.h"
#include "firmware-under-test/camera/test_card.h"

namespace saksi::firmware {

constexpr uint32_t kSize = 64;
constexpr uint32_t kFps = 15;
constexpr uint32_t kGop = 5;
constexpr uint64_t kPeriod = 666745;  // ticks; not the nominal 666667, as with a real sensor
constexpr uint64_t kSecond = CLOCK_HZ;

constexpr uint64_t kEpoch = 134'000'000'000'000'000;  // 2025-08-18, in 100 ns since 1601
constexpr int kPatience = 2;                          // calls of the recorder between two pictures while it is signing

/// Ring, store and recorder on a card, as the firmware puts them together.
class RecorderBench {
 public:
  /// Clips are signed if there is a bench to sign at.
  RecorderBench(TestCard& card, MockHost& host, uint64_t pre_event, uint32_t clip_bytes_max = 64 << 20, SigningBench* signing = nullptr)
      : card_(card), host_(host), data_((4 << 20) + 16) {
    parameter_sets_t sets;
    parameter_sets_make(&sets, kSize, kSize, kFps, 27);
    settings.header_bytes = mp4_write_header(settings.header, &sets, kSize, kSize);
    settings.clip_bytes_max = clip_bytes_max;
    settings.frame_period = CLOCK_HZ / kFps;
    if (signing != nullptr) sign_with(*signing, sets);
    auto* aligned = data_.data() + (16 - reinterpret_cast<uintptr_t>(data_.data()) % 16) % 16;
    ring_init(&ring, aligned, 4 << 20, pre_event);
    recorder_init(&recorder, &settings, &ring, &store);
  }

  fat32_result_t start_up(clip_listener_t on_recovered = [](const clip_recovered_t*) {}) {
    bool was_cut = false;
    block_device_t device = card_.device();
    fat32_result_t outcome = fat32_mount(&volume, &device, memory_.get(), &was_cut);
    if (outcome == FAT32_OK) outcome = clip_store_open(&store, &volume, was_cut, on_recovered);
    return outcome == FAT32_OK ? prepare() : outcome;
  }

  fat32_result_t prepare() { return clip_store_prepare(&store, settings.header, settings.header_bytes, settings.clip_bytes_max); }

  /// One picture, and whatever the recorder does with it.
  void picture() {
    host_.now = next_time;
    bool is_idr = index % gop == 0 || ring_needs_idr(&ring);
    if (is_idr) index = 0;
    if (ring_wants(&ring, next_time)) {
      std::vector<uint8_t> nal = pcm_picture(kSize, kSize, is_idr, index % 16, idrs % 2, static_cast<uint8_t>(16 + pictures % 200));
      uint8_t* place = ring_reserve(&ring, 8192);
      ASSERT_NE(place, nullptr);
      std::memcpy(place, nal.data(), nal.size());
      ring_commit(&ring, static_cast<uint32_t>(nal.size()), next_time, is_idr);
      idrs += is_idr;
      ++index;
    }
    ++pictures;
    next_time += kPeriod;
    step();
  }

  void step() {
    if (!recorder.is_active) return;
    do {
      result = recorder_step(&recorder, host_.now);
      if (recorder_is_durable(&recorder) && durable_at_write == 0) durable_at_write = card_.log().size();
    } while (result == RECORDER_WROTE || (recorder.is_active && recorder_is_signing(&recorder) && --patience_ > 0));
    patience_ = kPatience;
    if (result == RECORDER_FINISHED) ring_let_go(&ring);
  }

  void press() {
    press_time = next_time - kPeriod / 3;
    ring_hold(&ring, press_time);
    recorder_start(&recorder, press_time);
    step();
  }

  void pictures_for(double seconds) {
    for (int i = 0; i < static_cast<int>(seconds * kFps); ++i) picture();
  }

  /// Stops, and runs until the clip is closed.
  void stop() {
    stop_time = next_time - kPeriod / 3;
    recorder_stop(&recorder, stop_time);
    for (int i = 0; i < 60 && recorder.is_active; ++i) picture();
    EXPECT_EQ(result, RECORDER_FINISHED);
  }

  ring_t ring;
  fat32_volume_t volume;
  clip_store_t store;
  recorder_t recorder;
  recorder_settings_t settings{};
  recorder_result_t result = RECORDER_WAITS;
  uint64_t next_time = 100 * kSecond;
  uint64_t press_time = 0, stop_time = 0;
  uint32_t gop = kGop;
  uint32_t index = 0, idrs = 0, pictures = 0;
  size_t durable_at_write = 0;

 private:
  void sign_with(SigningBench& signing, const parameter_sets_t& sets) {
    session_ = std::make_unique<media_signing_t>();
    static const signing_identity_t* identity;
    identity = signing.identity();
    recorder_signature_t& signature = settings.signature;
    signature.session = session_.get();
    signature.signer = signing.signer();
    signature.identity = [] { return identity; };
    signature.epoch = [] { return kEpoch; };
    store_be32(signature.trailer, sets.pps_bytes);
    std::memcpy(signature.trailer + 4, sets.pps, sets.pps_bytes);
    signature.trailer_bytes = 4 + sets.pps_bytes;
  }

  std::unique_ptr<media_signing_t> session_;
  TestCard& card_;
  MockHost& host_;
  std::vector<uint8_t> data_;
  FatMemory memory_;
  int patience_ = kPatience;
};

}  // namespace saksi::firmware

#endif
