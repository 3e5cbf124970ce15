#include "tests/support/browser.h"

#include "tests/support/command.h"

namespace saksi::test {

std::string play_in_chromium(const std::string& clip, const std::string& dir) {
  if (run_command("cp " + clip + " " + dir + "/clip.mp4").code != 0) return "";
  // The page tells the web server how it ended: media play in real time only, so the page cannot simply be dumped.
  write_file(dir + "/play.html",
             "<video id=v muted autoplay src=clip.mp4></video><script>"
             "v.onended = () => fetch('/ended-' + v.currentTime.toFixed(1) + '-' + v.videoWidth + 'x' + v.videoHeight);"
             "v.onerror = () => fetch('/error-' + v.error.code);"
             "v.playbackRate = 4;</script>");
  const std::string script =
      "cd " + dir +
      "; python3 -u -m http.server --bind 127.0.0.1 0 > log 2>&1 & server=$!\n"
      "cd " +
      dir +
      "\n"
      "for i in $(seq 50); do port=$(sed -n 's/.*port \\([0-9]*\\).*/\\1/p' log | head -n 1); [ -n \"$port\" ] && break; sleep 0.1; done\n"
      "timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
      "--disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required --user-data-dir=" +
      dir +
      "/profile "
      "--remote-debugging-port=0 http://127.0.0.1:$port/play.html > chromium.log 2>&1 & browser=$!\n"
      "for i in $(seq 300); do grep -qE 'GET /(ended|error)-' log && break; sleep 0.2; done\n"
      "kill $browser $server\nwait 2>/dev/null\ngrep -oE 'GET /(ended|error)-[^ ]*' log | head -n 1 | cut -c6-";
  write_file(dir + "/play.sh", script);
  std::string said = run_command("bash " + dir + "/play.sh").output;
  while (!said.empty() && said.back() == '\n') said.pop_back();
  return said;
}

}  // namespace saksi::test
