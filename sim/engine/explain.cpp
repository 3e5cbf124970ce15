#include "sim/engine/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "judge/measure/measurement.h"
#include "judge/verdict/requirement.h"
#include "reports/numbers.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;
using report::Language;

/// "  text" and a newline.
std::string line(const std::string& text) { return text.empty() ? "" : "  " + text + "\n"; }

std::string heading(const char* key, const Language& lang) { return "\n" + lang(key) + "\n"; }

std::string list(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// A number with as many decimals as it takes, at most three.
std::string plain(double value, const Language& lang) {
  int decimals = 3;
  std::string text = fmt::format("{:.{}f}", value, decimals);
  while (decimals > 0 && text.back() == '0') text.pop_back(), --decimals;
  return report::number(value, {1, decimals, ""}, lang);
}

std::string seconds(int64_t ns, const Language& lang) { return report::number(static_cast<double>(ns) * 1e-9, {1, 3, "s"}, lang); }
std::string milliseconds(int64_t ns, const Language& lang) { return plain(static_cast<double>(ns) * 1e-6, lang); }

std::string light_text(const PreparedRun& run, const Language& lang) {
  const YamlNode scene = YamlNode::load(run.scenario.light_path);
  std::vector<std::string> parts;
  if (!run.clip_path.empty()) {
    parts.push_back(lang("explain.clip", run.clip_path));
  } else {
    for (const char* content : {"picture", "grey", "pattern"}) {
      if (scene.has(content)) parts.push_back(lang(std::string("explain.") + content, scene.at(content).as_string()));
    }
  }
  if (scene.has("world") && run.clip_path.empty()) parts.push_back(lang("explain.world"));
  if (run.scenario.light_from_ns > 0) parts.push_back(lang("explain.light_from", seconds(run.scenario.light_from_ns, lang)));
  if (scene.has("lux")) parts.push_back(lang("explain.lux", scene.at("lux").as_string()));
  if (scene.has("colour_temperature_k")) parts.push_back(lang("explain.colour", scene.at("colour_temperature_k").as_string()));
  parts.push_back(lang(scene.get_bool("light_code", true) ? "explain.light_code" : "explain.no_light_code"));
  return heading("explain.light", lang) + line(fmt::format("{} ({}): {}", scene.at("name").as_string(), run.scenario.light_path, list(parts)));
}

std::string card_text(const CardSpec& card, const Language& lang) {
  if (!card.present) return lang("explain.no_card");
  std::string text = lang("explain.card", card.capacity_mib, card.profile);
  if (card.free_mib >= 0) text += ", " + lang("explain.card_free", card.free_mib);
  if (card.free_mib < 0 && card.filler_mib > 0) text += ", " + lang("explain.card_filled", card.filler_mib);
  if (card.stall_ms > 0) text += ", " + lang("explain.card_stall", card.stall_ms, card.stall_after_writes);
  return text;
}

/// "pre_event_s 3, leds.fault amber".
std::vector<std::string> claim_words(const Json& claims, const std::string& prefix = "") {
  std::vector<std::string> words;
  for (const auto& [key, value] : claims.items()) {
    if (value.is_object()) {
      for (const std::string& word : claim_words(value, prefix + key + ".")) words.push_back(word);
    } else {
      words.push_back(prefix + key + " " + (value.is_string() ? value.get<std::string>() : value.dump()));
    }
  }
  return words;
}

std::string device_text(const PreparedRun& run, const Language& lang) {
  const DeviceSpec& device = run.device;
  std::vector<std::string> settings;
  for (const auto& [key, value] : device.settings) settings.push_back(key + "=" + value);
  std::string text = heading("explain.device", lang);
  text += line(fmt::format("{} ({}), {}", device.name, run.device_path, lang("explain.simulated")));
  text += line(lang("explain.board", device.board_path));
  text += line(device.firmware_path.empty() ? lang("explain.reference_firmware") : lang("explain.firmware", device.firmware_path));
  text += line(lang("explain.encoder", run.request.encoder + (run.size_table.empty() ? "" : " (" + run.size_table + ")")));
  text += line(lang("explain.cell", device.cell.capacity_mah, device.cell.charge_percent));
  text += line(card_text(device.card, lang));
  text += line(lang("explain.settings", list(settings)));
  return text + line(lang("explain.claims", list(claim_words(device.claims))));
}

std::string verb_text(const Action& action, const Language& lang) {
  switch (action.verb.kind) {
    case Verb::Kind::kPress:
      return lang("explain.press", action.verb.button, milliseconds(action.hold_ns, lang));
    case Verb::Kind::kRelease:
      return lang("explain.release", action.verb.button);
    case Verb::Kind::kSupplyOn:
      return lang("explain.supply_on");
    case Verb::Kind::kSupplyCut:
      return lang("explain.supply_cut");
    case Verb::Kind::kSupplyMv:
      return action.hold_ns > 0 ? lang("explain.supply_mv_for", action.verb.supply_mv, milliseconds(action.hold_ns, lang))
                                : lang("explain.supply_mv", action.verb.supply_mv);
    case Verb::Kind::kCardInsert:
      return lang("explain.card_insert");
    case Verb::Kind::kCardPull:
      return lang("explain.card_pull");
  }
  return "";
}

std::string actions_text(const Scenario& scenario, const Language& lang) {
  std::vector<Action> timed, triggered;
  for (const Action& action : scenario.actions) (action.on_led.empty() ? timed : triggered).push_back(action);
  std::stable_sort(timed.begin(), timed.end(), [](const Action& a, const Action& b) { return a.at_ns < b.at_ns; });
  std::string text = heading("explain.actions", lang);
  for (const Action& action : timed) {
    std::string what = verb_text(action, lang);
    if (action.jitter_ns > 0) {
      const std::string from = seconds(action.earliest_ns, lang), to = seconds(action.earliest_ns + action.jitter_ns, lang);
      what += " (" + lang("explain.drawn", from, to) + ")";
    }
    if (action.at_ns >= scenario.duration_ns) what += " (" + lang("explain.too_late") + ")";
    text += line(fmt::format("{:>10}  {}", seconds(action.at_ns, lang), what));
  }
  text += line(fmt::format("{:>10}  {}", seconds(scenario.duration_ns, lang), lang("explain.end")));
  for (const Action& action : triggered) {
    text += line(lang("explain.on_led", lang("explain.led_" + action.on_led), milliseconds(action.after_ns, lang), verb_text(action, lang)));
  }
  if (scenario.hang_after_ns > 0) text += line(lang("explain.hang", seconds(scenario.hang_after_ns, lang)));
  return text;
}

std::string waves_text(const PreparedRun& run, const Language& lang) {
  if (!run.waves) return "";
  const WaveTrigger& waves = *run.waves;
  return line(lang("explain.waves", waves.name(), waves.nth, milliseconds(waves.before_ns, lang), milliseconds(waves.after_ns, lang)));
}

/// A limit with the numbers that the device's claims give; a bound that is itself measured by its name.
std::string limit_text(const judge::Requirement& r, const judge::Claims& claims, const Language& lang) {
  Json numbers = {{"unit", r.limit.unit}};
  const std::pair<const char*, const std::optional<judge::Bound>&> sides[] = {{"min", r.limit.min}, {"max", r.limit.max}, {"equal", r.limit.equal}};
  for (const auto& [side, bound] : sides) {
    if (!bound) continue;
    std::string reason;
    if (bound->measurement) {
      const std::string least = bound->at_least ? " (" + lang("limit.min", plain(*bound->at_least, lang)) + ")" : "";
      return lang(std::string("limit.") + side, *bound->measurement + least);
    }
    const std::optional<double> number = bound->resolve(claims, {}, reason);
    if (!number) return reason;
    numbers[side] = *number;
  }
  return report::row_numbers(numbers, Json(), lang).limit;
}

std::string requirement_text(const judge::Requirement& r, const judge::Claims& claims, const Language& lang) {
  const bool in_indonesian = lang.code() == "id";
  const std::string indent = "  ";
  std::string text = line(r.id + ": " + (in_indonesian ? r.text_id : r.text_en));
  if (r.needs_claim && !claims.offers(*r.needs_claim)) return text + line(indent + lang("explain.not_offered", *r.needs_claim));
  text += line(indent + lang("explain.limit", limit_text(r, claims, lang), r.measurement));
  if (!r.conditions_en.empty()) text += line(indent + lang("table.conditions", in_indonesian ? r.conditions_id : r.conditions_en));
  const std::string source = r.source.name == "ours" ? lang("table.ours") : r.source.name + (r.source.date.empty() ? "" : ", " + r.source.date);
  const std::string standing = r.standing.empty() ? "" : " (" + lang("standing." + r.standing) + ")";
  return text + line(indent + lang("table.source", source) + standing);
}

std::string requirements_text(const PreparedRun& run, const Language& lang) {
  const judge::Claims claims(run.device.claims);
  std::string text = heading("explain.required", lang) + line(run.scenario.requirements_path);
  for (const Json& entry : Json::parse(run.verdict_requirements)) {
    text += requirement_text(judge::Requirement::from_json(entry, run.scenario.requirements_path), claims, lang);
  }
  std::vector<std::string> measured;
  for (const judge::MeasurementKind& kind : judge::measurement_kinds()) measured.emplace_back(kind.id);
  return text + heading("explain.measured", lang) + line(list(measured));
}

std::string outputs_text(const PreparedRun& run, const Language& lang) {
  std::vector<std::string> files = {"recording/",       "truth/",      "verdicts.json", "self-check.json",
                                    "performance.json", "report.html", "junit.xml",     "timeline.json"};
  if (run.waves) files.emplace_back("truth/waves.fst");
  return heading("explain.outputs", lang) + line(run.request.out_dir + ": " + list(files)) + line(lang("explain.bundle")) + "\n" +
         lang("explain.nothing_ran") + "\n";
}

}  // namespace

std::string explain(const PreparedRun& run, const Language& lang) {
  std::string text = lang("explain.title", run.request.name, run.scenario.path, run.scenario.seed, seconds(run.scenario.duration_ns, lang)) + "\n";
  for (const auto& [name, value] : run.request.parameters) text += line(lang("explain.parameter", name, value));
  return text + light_text(run, lang) + device_text(run, lang) + actions_text(run.scenario, lang) + waves_text(run, lang) +
         requirements_text(run, lang) + outputs_text(run, lang);
}

}  // namespace saksi::sim
