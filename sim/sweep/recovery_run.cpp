#include "sim/sweep/recovery_run.h"

namespace saksi::sim {

using Json = nlohmann::ordered_json;

Json to_json(const RecoveryRun& run) {
  Json json = {{"waited_s", run.seen.waited_s}, {"said", run.seen.said}, {"after", judge::to_json(run.seen.after)}, {"decoded", run.decoded}};
  if (run.seen.ready_s) json["ready_s"] = *run.seen.ready_s;
  if (run.seen.next) json["next"] = judge::to_json(*run.seen.next);
  return json;
}

RecoveryRun recovery_run_of(const Json& json) {
  RecoveryRun run;
  run.seen.waited_s = json.at("waited_s").get<double>();
  run.seen.said = json.at("said").get<std::vector<std::string>>();
  run.seen.after = judge::card_facts_of(json.at("after"));
  run.decoded = json.at("decoded").get<std::vector<std::string>>();
  if (json.contains("ready_s")) run.seen.ready_s = json.at("ready_s").get<double>();
  if (json.contains("next")) run.seen.next = judge::card_facts_of(json.at("next"));
  return run;
}

Json to_json(const WriteLog& log) {
  Json writes = Json::array();
  for (const WriteLog::Entry& entry : log.entries()) {
    Json line = {{"lba", entry.lba}, {"count", entry.count}, {"erase", entry.is_erase}, {"settled", entry.is_settled}};
    if (!entry.is_erase) line["data"] = Json::binary(std::vector<uint8_t>(log.data(entry).begin(), log.data(entry).end()));
    writes.push_back(std::move(line));
  }
  return writes;
}

WriteLog write_log_of(const Json& writes) {
  WriteLog log;
  for (const Json& line : writes) {
    if (line.at("erase").get<bool>()) {
      log.erase(line.at("lba").get<uint32_t>(), line.at("count").get<uint32_t>());
      continue;
    }
    log.write(line.at("lba").get<uint32_t>(), line.at("data").get_binary().data());
    if (line.at("settled").get<bool>()) log.settle();
  }
  return log;
}

}  // namespace saksi::sim
