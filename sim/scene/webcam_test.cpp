// Goal: what a webcam shows becomes a clip of its length, and what is wrong with a webcam is told. Method: FFmpeg's own test source in place of a
// camera, which is another of its input devices; devices that are none.
#include "sim/scene/webcam.h"

#include "base/error.h"
#include "base/temp_folder.h"
#include "sim/scene/clip_source.h"
#include "sim/scene/test_clip.h"

namespace saksi::sim {
namespace {

std::string message_of(const std::string& text) {
  try {
    webcam_of(YamlNode::parse(text, "scene.yaml"));
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(Webcam, IsRecordedAsLongAsAsked) {
  const TempFolder folder;
  Webcam webcam;
  webcam.format = "lavfi";
  webcam.device = "color=red:s=160x120:r=10";
  webcam.seconds = 1.5;
  const std::string file = folder.file("webcam.mkv");
  double told_s = -1;
  capture_webcam(webcam, file, [&](double s) { told_s = s; });
  EXPECT_GE(told_s, 0);
  EXPECT_LE(told_s, 1.5);
  ClipSource clip(file, ClipSource::AtEnd::kHold);
  EXPECT_EQ(clip.span_at(1'450'000'000).id, 14);
  EXPECT_EQ(clip.span_at(9'000'000'000).id, 14);
  EXPECT_EQ(clip.picture(3).width, 160);
  EXPECT_GT(clip.picture(3).rgb[0], 240);
}

TEST(Webcam, WhatFfmpegSaysIsTold) {
  const TempFolder folder;
  Webcam webcam;
  webcam.device = "/dev/null";
  try {
    capture_webcam(webcam, folder.file("webcam.mkv"), nullptr);
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("webcam '/dev/null' cannot be recorded"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("ioctl"), std::string::npos) << error.what();
  }
}

TEST(Webcam, MistakesAreToldWithTheirPlace) {
  EXPECT_FALSE(webcam_of(YamlNode::parse("{name: s, grey: 0.5}", "scene.yaml")));
  EXPECT_EQ(webcam_of(YamlNode::parse("{name: s, webcam: /dev/null, seconds: 3}", "scene.yaml"))->seconds, 3);
  EXPECT_NE(message_of("name: s\nwebcam: /dev/video77\n").find("scene.yaml:2:9: there is no device '/dev/video77'"), std::string::npos);
  EXPECT_NE(message_of("name: s\nwebcam: /etc/passwd\n").find("is no device"), std::string::npos);
  EXPECT_NE(message_of("name: s\nwebcam: /dev/null\nseconds: 0\n").find("scene.yaml:3:10:"), std::string::npos);
}

}  // namespace
}  // namespace saksi::sim
