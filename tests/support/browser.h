#ifndef SAKSI_TESTS_SUPPORT_BROWSER_H_
#define SAKSI_TESTS_SUPPORT_BROWSER_H_

#include <string>

namespace saksi::test {

/// Plays an MP4 file in Chromium, at four times its speed, from a web server on the loopback: "ended-SECONDS-WIDTHxHEIGHT" once it has played to its
/// end, "error-CODE" (of MediaError) if it cannot be played, empty if it did neither within a minute. `dir` is a fresh folder for what this needs.
std::string play_in_chromium(const std::string& clip, const std::string& dir);

}  // namespace saksi::test

#endif
