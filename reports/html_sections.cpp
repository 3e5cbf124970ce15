#include "reports/html_sections.h"

#include <array>

#include "reports/jpeg.h"
#include "reports/markup.h"
#include "reports/numbers.h"
#include "reports/svg_battery.h"
#include "reports/svg_flame.h"
#include "reports/svg_timeline.h"

namespace saksi::report {

namespace {

constexpr int kStillWidth = 480;

std::string section(const std::string& id, const std::string& body, const Language& lang) {
  const std::string heading = escape(lang("section." + id));
  return body.empty() ? "" : "<section id=\"" + id + "\">\n<h2>" + heading + "</h2>\n" + body + "</section>\n";
}

std::string paragraph(const std::string& text, const std::string& css = "") {
  return "<p" + (css.empty() ? "" : " class=\"" + css + "\"") + ">" + escape(text) + "</p>\n";
}

struct Column {
  std::string key;
  bool is_number;
};

std::string table_head(const std::vector<Column>& columns, const Language& lang) {
  std::string head = "<div class=\"scroll\"><table>\n<thead><tr>";
  for (const Column& column : columns) {
    head += std::string("<th scope=\"col\"") + (column.is_number ? " class=\"number\"" : "") + ">" + escape(lang(column.key)) + "</th>";
  }
  return head + "</tr></thead>\n<tbody>\n";
}

constexpr char kTableEnd[] = "</tbody>\n</table></div>\n";

std::string cell(const std::string& content, const std::string& css = "") {
  return "<td" + (css.empty() ? "" : " class=\"" + css + "\"") + ">" + content + "</td>";
}

std::string small(const std::string& text) { return text.empty() ? "" : "<br><span class=\"small\">" + escape(text) + "</span>"; }

/// Where a limit comes from and how sure its number is; empty if nothing is said of it.
std::string source_line(const Json& requirement, const Language& lang) {
  const std::string source = text_or(requirement, "source"), standing = "standing." + text_or(requirement, "standing");
  if (source.empty()) return "";
  const std::string named = lang("table.source", source == "ours" ? lang("table.ours") : source);
  return lang.has(standing) ? named + " (" + lang(standing) + ")" : named;
}

/// Under which conditions a requirement holds; empty if always.
std::string conditions_line(const Json& requirement, const Language& lang) {
  if (!requirement.contains("conditions") || !requirement["conditions"].is_object()) return "";
  const std::string text = text_or(requirement["conditions"], lang.code().c_str());
  return text.empty() ? "" : lang("table.conditions", text);
}

std::string requirement_row(const Json& requirement, const Json& verdicts, const Language& lang) {
  const std::string verdict = text_or(requirement, "verdict");
  const Json& measurement = measurement_of(verdicts, text_or(requirement, "measurement"));
  const RowNumbers numbers = row_numbers(requirement.value("limit", Json()), measurement, lang);
  std::string what = escape(requirement_text(requirement, lang)) + "<br><span class=\"id\">" + escape(text_or(requirement, "id")) + "</span>";
  what += small(conditions_line(requirement, lang)) + small(text_or(requirement, "reason")) + small(text_or(measurement, "explain"));
  what += small(source_line(requirement, lang));
  return "<tr>" + cell(verdict_cell(verdict, lang), "verdict " + verdict) + cell(what) + cell(escape(numbers.measured), "number") +
         cell(escape(numbers.uncertainty), "number") + cell(escape(numbers.limit), "number") + "</tr>\n";
}

std::string still_caption(const Still& still, size_t frame_count, std::optional<int64_t> press_ns, const Language& lang) {
  std::string when = lang("stills.unknown");
  if (still.frame.photon_ns && press_ns) {
    const int64_t after = *still.frame.photon_ns - *press_ns;
    std::string distance = signed_time(after < 0 ? -after : after, lang).substr(1);
    when = lang(after < 0 ? "stills.before" : "stills.after", distance);
  } else if (still.frame.photon_ns) {
    when = lang("stills.at", signed_time(*still.frame.photon_ns, lang).substr(1));
  }
  std::string which = lang("stills.frame", still.frame.index + 1, frame_count);
  if (still.frame.photon_ns) which += ", \xC2\xB1 " + signed_time(still.frame.uncertainty_ns, lang).substr(1);
  return "<strong>" + escape(when) + "</strong>" + escape(which);
}

std::string problem_text(const Json& problem) {
  if (problem.is_string()) return problem.get<std::string>();
  const std::string text = text_or(problem, "text"), kind = text_or(problem, "kind");
  return kind.empty() ? text : kind + ": " + text;
}

/// Whose key signed, when, and what the camera says of its clock; nothing for a clip that nobody signed.
std::string signature_details(const Json& clip, const Language& lang) {
  if (!clip.contains("signing_key") || !clip["signing_key"].is_object()) return "";
  const Json& key = clip["signing_key"];
  const std::string trust = "signature.key." + text_or(clip, "key"), clock = "signature.clock." + text_or(key, "clock");
  std::string text = lang.has(trust) ? small(lang(trust)) : "";
  if (clip.contains("pending_frames") && clip["pending_frames"].is_number_integer() && clip["pending_frames"].get<int64_t>() > 0)
    text += small(lang("signature.pending", grouped(clip["pending_frames"].get<int64_t>(), lang)));
  if (key.contains("signed_from")) text += small(lang("signature.times", text_or(key, "signed_from"), text_or(key, "signed_until")));
  if (lang.has(clock)) text += small(lang(clock));
  if (!text_or(key, "serial_number").empty()) text += small(lang("signature.device", text_or(key, "serial_number")));
  const std::string battery = text_or(key, "battery");
  if (!battery.empty()) text += small(battery == "unknown" ? lang("signature.battery.unknown") : lang("signature.battery", battery));
  if (!text_or(key, "officer").empty()) text += small(lang("signature.officer", text_or(key, "officer")));
  text += small(lang("signature.fingerprint"));
  return text + "<code class=\"fingerprint\">" + escape(text_or(key, "sha256")) + "</code>";
}

std::string evidence_row(const Json& clip, const Language& lang) {
  std::string problems;
  for (const Json& problem : list_of(clip, "problems")) problems += (problems.empty() ? "" : "<br>") + escape(problem_text(problem));
  if (problems.empty()) problems = escape(lang("evidence.no_problems"));
  if (clip.contains("recovered_until") && clip["recovered_until"].is_number()) {
    const NumberStyle seconds{1, 3, ""};
    problems += small(lang("evidence.recovered", number(clip["recovered_until"].get<double>(), seconds, lang)));
  }
  const std::string verdict = text_or(clip, "verdict"), signature = "signature." + text_or(clip, "signature");
  const std::string chain = "hash_chain." + text_or(clip, "hash_chain");
  const std::string signed_text =
      escape(lang.has(signature) ? lang(signature) : "") + (lang.has(chain) ? small(lang(chain)) : "") + signature_details(clip, lang);
  const std::string frames = clip.contains("frames") && clip["frames"].is_number_integer() ? grouped(clip["frames"].get<int64_t>(), lang) : "";
  return "<tr>" + cell(verdict_cell(verdict, lang), "verdict " + verdict) + cell("<code>" + escape(text_or(clip, "file")) + "</code>") +
         cell(frames, "number") + cell(signed_text) + cell(problems) + "</tr>\n";
}

double number_of(const Json& object, const char* key) { return object.contains(key) && object[key].is_number() ? object[key].get<double>() : 0; }

std::string self_check_row(const Json& entry, const Json& verdicts, const Language& lang) {
  const std::string id = text_or(entry, "id");
  const bool known = entry.contains("truth") && entry["truth"].is_number() && entry.contains("value") && entry["value"].is_number();
  const bool covered = entry.contains("covered") && entry["covered"].is_boolean() && entry["covered"].get<bool>();
  const NumberStyle style =
      number_style(text_or(measurement_of(verdicts, id), "unit", "1"), number_of(entry, "truth"), number_of(entry, "uncertainty"));
  std::string row = "<tr>" + cell("<code>" + escape(id) + "</code>");
  for (const char* key : {"value", "truth", "error", "uncertainty"})
    row += cell(known ? escape(number(number_of(entry, key), style, lang)) : "&#8211;", "number");
  return row + cell(!known ? "&#8211;" : (covered ? "&#10003; " : "&#10007; ") + escape(lang(covered ? "self_check.yes" : "self_check.no"))) +
         "</tr>\n";
}

/// Seconds as milliseconds, to a microsecond.
std::string small_time(double seconds, const Language& lang) {
  NumberStyle style;
  style.scale = 1000;
  style.decimals = 3;
  style.unit = "ms";
  return number(seconds, style, lang);
}

std::string budget_term(const Json& term, const Language& lang) {
  const std::string source = "budget.source." + text_or(term, "source"), distribution = "budget.distribution." + text_or(term, "distribution");
  const std::string name = lang.has(source) ? lang(source) : text_or(term, "source");
  if (text_or(term, "distribution") == "none") return "<li>" + escape(name) + "</li>";
  const std::string kind = lang.has(distribution) ? lang(distribution) : text_or(term, "distribution");
  return "<li>" + escape(name) + ": " + escape(small_time(number_of(term, "u"), lang)) + " (" + escape(kind) + ")</li>";
}

std::string fact_row(const std::string& name, const std::string& value) {
  return "<tr><th scope=\"row\">" + escape(name) + "</th>" + cell(value) + "</tr>\n";
}

std::string input_rows(const Json& manifest) {
  std::string rows;
  const Json inputs = manifest.value("inputs", Json::object());
  for (const auto& [what, input] : inputs.items()) {
    if (!input.is_object()) continue;
    rows += "<tr><th scope=\"row\">" + escape(what) + "</th>" + cell(escape(text_or(input, "name"))) +
            cell(escape(text_or(input, "sha256")), "hash") + "</tr>\n";
  }
  return rows;
}

std::string performance_rows(const Json& performance, const Language& lang) {
  if (!performance.is_object()) return "";
  std::string rows;
  const NumberStyle seconds{1, 1, "s"};
  for (const auto& [key, text] :
       std::array<std::pair<const char*, const char*>, 2>{{{"simulated_s", "material.simulated"}, {"wall_s", "material.wall"}}}) {
    if (performance.contains(key)) rows += fact_row(lang(text), number(number_of(performance, key), seconds, lang));
  }
  for (const auto& [key, text] :
       std::array<std::pair<const char*, const char*>, 2>{{{"instructions", "material.instructions"}, {"rtl_cycles", "material.rtl_cycles"}}}) {
    if (performance.contains(key) && performance[key].is_number_integer())
      rows += fact_row(lang(text), grouped(performance[key].get<int64_t>(), lang));
  }
  return rows;
}

}  // namespace

std::string verdict_symbol(const std::string& verdict) {
  if (verdict == "pass") return "\xE2\x9C\x93";
  if (verdict == "fail") return "\xE2\x9C\x97";
  if (verdict == "inconclusive") return "?";
  if (verdict == "not-offered") return "\xE2\x80\x93";
  return "!";
}

std::string verdict_cell(const std::string& verdict, const Language& lang) {
  const std::string key = "verdict." + verdict;
  return verdict_symbol(verdict) + " " + escape(lang.has(key) ? lang(key) : verdict);
}

const Json& list_of(const Json& object, const char* key) {
  static const Json kEmpty = Json::array();
  return object.is_object() && object.contains(key) && object[key].is_array() ? object[key] : kEmpty;
}

const Json& measurement_of(const Json& verdicts, const std::string& id) {
  static const Json kNull;
  for (const Json& measurement : list_of(verdicts, "measurements")) {
    if (text_or(measurement, "id") == id) return measurement;
  }
  return kNull;
}

std::string requirement_text(const Json& requirement, const Language& lang) {
  const Json text = requirement.value("text", Json::object());
  return text_or(text, lang.code().c_str(), text_or(text, "en", text_or(requirement, "id")));
}

std::string requirements_section(const ReportInput& input, const Language& lang) {
  const Json& requirements = list_of(input.verdicts, "requirements");
  if (requirements.empty()) return "";
  std::string body = table_head(
      {{"table.verdict", false}, {"table.requirement", false}, {"table.measured", true}, {"table.uncertainty", true}, {"table.limit", true}}, lang);
  for (const Json& requirement : requirements) body += requirement_row(requirement, input.verdicts, lang);
  return section("requirements", body + kTableEnd + paragraph(lang("table.note", 95), "small"), lang);
}

std::string stills_section(const ReportInput& input, const Language& lang) {
  if (!input.recording) return "";
  if (input.verdicts.contains("no_picture")) return section("stills", paragraph(input.verdicts["no_picture"].get<std::string>()), lang);
  if (input.stills.empty()) return section("stills", paragraph(lang("stills.none")), lang);
  const std::optional<int64_t> press_ns = first_press_ns(input);
  size_t count = 0;
  for (const StoredFrame& frame : input.frames) count += frame.clip == input.stills[0].frame.clip ? 1 : 0;
  std::string body = "<div class=\"stills\">\n";
  bool marked = false;
  for (const Still& still : input.stills) {
    const bool first_after = !marked && press_ns && still.frame.photon_ns && *still.frame.photon_ns >= *press_ns;
    marked = marked || first_after;
    const std::string caption = still_caption(still, count, press_ns, lang);
    body += std::string("<figure") + (first_after ? " class=\"after\"" : "") + "><img alt=\"" +
            escape(lang("stills.frame", still.frame.index + 1, count)) + "\" src=\"data:image/jpeg;base64," +
            base64(encode_jpeg(still.picture, kStillWidth)) + "\"><figcaption>" + caption + "</figcaption></figure>\n";
  }
  return section("stills", body + "</div>\n" + paragraph(lang("stills.note"), "small"), lang);
}

std::string timeline_section(const ReportInput& input, const Language& lang) {
  const std::string overview = svg_timeline(input, lang);
  if (overview.empty()) return "";
  std::string body = "<h3>" + escape(lang("timeline.overview")) + "</h3>\n<div class=\"scroll\">" + overview + "</div>\n";
  const std::string zoom = svg_timeline_at_press(input, lang);
  if (!zoom.empty()) body += "<h3>" + escape(lang("timeline.zoom")) + "</h3>\n<div class=\"scroll\">" + zoom + "</div>\n";
  return section("timeline", body + timeline_legend(input, lang), lang);
}

std::string profile_section(const ReportInput& input, const Language& lang) {
  const std::string flames = flame_graph(input.profile, lang);
  if (flames.empty()) return "";
  const std::string head =
      table_head({{"profile.function", false}, {"profile.instructions", true}, {"profile.own", true}, {"profile.with_callees", true}}, lang);
  const std::string drawing = paragraph(lang("profile.note")) + "<div class=\"scroll\">" + flames + "</div>\n";
  return section("profile", drawing + head + hot_functions(input.profile, lang) + kTableEnd, lang);
}

std::string battery_section(const ReportInput& input, const Language& lang) {
  const std::string svg = svg_battery(input, lang);
  return section("battery", svg.empty() ? "" : "<div class=\"scroll\">" + svg + "</div>\n", lang);
}

std::string evidence_section(const ReportInput& input, const Language& lang) {
  const Json& evidence = list_of(input.verdicts, "evidence");
  std::string of_card;
  for (const Json& problem : list_of(input.verdicts.value("card", Json::object()), "problems")) {
    of_card += paragraph(lang("evidence.card", problem_text(problem)));
  }
  if (evidence.empty()) return section("evidence", of_card + paragraph(lang("evidence.none")), lang);
  std::string body = of_card + table_head({{"evidence.verdict", false},
                                           {"evidence.file", false},
                                           {"evidence.frames", true},
                                           {"evidence.signature", false},
                                           {"evidence.problems", false}},
                                          lang);
  for (const Json& clip : evidence) body += evidence_row(clip, lang);
  return section("evidence", body + kTableEnd, lang);
}

std::string budget_section(const ReportInput& input, const Language& lang) {
  std::string rows;
  for (const Json& measurement : list_of(input.verdicts, "measurements")) {
    if (!measurement.contains("budget") || !measurement["budget"].is_object()) continue;
    const Json& budget = measurement["budget"];
    std::string terms;
    for (const Json& term : list_of(budget, "terms")) terms += budget_term(term, lang);
    rows += "<tr>" + cell("<code>" + escape(text_or(measurement, "id")) + "</code>") + cell("<ul class=\"terms\">" + terms + "</ul>") +
            cell(escape(small_time(number_of(budget, "combined_u"), lang)), "number") +
            cell("\xC2\xB1 " + escape(small_time(number_of(measurement, "uncertainty"), lang)), "number") + "</tr>\n";
  }
  if (rows.empty()) return "";
  const std::string head =
      table_head({{"self_check.measurement", false}, {"budget.terms", false}, {"budget.combined", true}, {"budget.expanded", true}}, lang);
  return section("budget", paragraph(lang("budget.note"), "small") + head + rows + kTableEnd, lang);
}

std::string self_check_section(const ReportInput& input, const Language& lang) {
  const Json& entries = list_of(input.self_check, "measurements");
  if (entries.empty()) return "";
  std::string body = paragraph(lang("self_check.note"), "small");
  body += table_head({{"self_check.measurement", false},
                      {"self_check.value", true},
                      {"self_check.truth", true},
                      {"self_check.error", true},
                      {"self_check.uncertainty", true},
                      {"self_check.covered", false}},
                     lang);
  for (const Json& entry : entries) body += self_check_row(entry, input.verdicts, lang);
  return section("self_check", body + kTableEnd, lang);
}

std::string not_judged_section(const ReportInput& input, const Language& lang) {
  std::string items;
  for (const Json& entry : list_of(input.verdicts, "not_judged")) {
    const std::string text = entry.contains("text") ? requirement_text(entry, lang) : "";
    items += "<li>" + (text.empty() ? "" : escape(text) + "<br>") + "<code>" + escape(text_or(entry, "id")) +
             "</code>: " + escape(text_or(entry, "reason")) + small(source_line(entry, lang)) + "</li>\n";
  }
  return section("not_judged", items.empty() ? "" : "<ul>\n" + items + "</ul>\n", lang);
}

std::string material_section(const ReportInput& input, const Language& lang) {
  std::string facts = fact_row(lang("material.digest"), "<span class=\"hash\">" + escape(text_or(input.verdicts, "digest")) + "</span>");
  std::string inputs;
  if (input.recording) {
    const Json& manifest = input.recording->manifest;
    const std::string encoder = text_or(manifest, "encoder");
    if (!encoder.empty()) facts += fact_row(lang("material.encoder"), escape(encoder));
    facts += fact_row(lang("material.version"), escape(text_or(manifest, "version")));
    inputs = input_rows(manifest);
  }
  facts += performance_rows(input.performance, lang);
  std::string body = "<div class=\"scroll\"><table><tbody>\n" + facts + kTableEnd;
  if (!inputs.empty())
    body += table_head({{"material.input", false}, {"material.name", false}, {"material.sha256", false}}, lang) + inputs + kTableEnd;
  return section("material", body, lang);
}

std::string replay_section(const ReportInput& input, const Language& lang) {
  if (input.replay_command.empty()) return "";
  return section("replay", paragraph(lang("replay.note")) + "<pre>" + escape(input.replay_command) + "</pre>\n", lang);
}

}  // namespace saksi::report
