#include "reports/html_report.h"

#include "reports/embedded.h"
#include "reports/html_page.h"
#include "reports/html_sections.h"
#include "reports/markup.h"
#include "reports/numbers.h"

namespace saksi::report {

namespace {

/// The requirements with a verdict, in words.
std::string listed(const Json& requirements, const std::string& verdict, const Language& lang) {
  std::string items;
  for (const Json& requirement : requirements) {
    if (text_or(requirement, "verdict") == verdict) items += "<li>" + escape(requirement_text(requirement, lang)) + "</li>\n";
  }
  return items.empty() ? "" : "<ul>\n" + items + "</ul>\n";
}

size_t count_of(const Json& requirements, const std::string& verdict) {
  size_t count = 0;
  for (const Json& requirement : requirements) count += text_or(requirement, "verdict") == verdict ? 1 : 0;
  return count;
}

/// The verdict in a sentence or two.
std::string summary(const Json& verdicts, const Language& lang) {
  const std::string verdict = text_or(verdicts, "verdict");
  const Json& requirements = list_of(verdicts, "requirements");
  const size_t all = requirements.size();
  std::string text;
  if (verdict == "pass") text = all == 0 ? lang("summary.nothing") : all == 1 ? lang("summary.pass_one") : lang("summary.pass", all);
  if (verdict == "fail" || verdict == "inconclusive") text = lang("summary." + verdict, count_of(requirements, verdict), all);
  if (verdict == "not-offered" || verdict == "infra-error") text = lang("summary." + verdict);
  const bool lists = verdict == "fail" || verdict == "inconclusive";
  const size_t left_out = list_of(verdicts, "not_judged").size();
  const std::string rest = left_out > 0 ? "<p>" + escape(lang("summary.not_judged", left_out)) + "</p>\n" : "";
  return "<p>" + escape(text) + "</p>\n" + (lists ? listed(requirements, verdict, lang) : "") + rest;
}

/// One of the two numbers that an officer asks for first; empty if it was not measured.
std::string headline(const Json& verdicts, const char* id, const char* key, const Language& lang) {
  const Json& measurement = measurement_of(verdicts, id);
  if (!measurement.is_object() || !measurement.contains("value") || !measurement["value"].is_number()) return "";
  const RowNumbers numbers = row_numbers(Json(), measurement, lang);
  return "<p>" + escape(lang(key, numbers.measured, numbers.uncertainty)) + "</p>\n";
}

std::string banner(const ReportInput& input, const Language& lang) {
  const std::string verdict = text_or(input.verdicts, "verdict");
  const std::string key = "verdict." + verdict;
  return "<div class=\"banner " + escape(verdict) + "\">\n<div class=\"symbol\" aria-hidden=\"true\">" + verdict_symbol(verdict) +
         "</div>\n<div>\n<p class=\"word\">" + escape(lang.has(key) ? lang(key) : verdict) + "</p>\n" + summary(input.verdicts, lang) +
         headline(input.verdicts, "press_to_record", "summary.press_to_record", lang) +
         headline(input.verdicts, "pre_event_s", "summary.pre_event", lang) + "</div>\n</div>\n";
}

std::string fact(const std::string& name, const std::string& value) {
  return value.empty() ? "" : "<div><dt>" + escape(name) + "</dt><dd>" + escape(value) + "</dd></div>\n";
}

std::string facts(const ReportInput& input, const Language& lang) {
  const Json device = input.verdicts.value("device", Json::object());
  const std::string kind = text_or(device, "kind");
  const bool has_seed = input.verdicts.contains("seed") && input.verdicts["seed"].is_number();
  std::string html = "<dl class=\"facts\">\n" + fact(lang("page.device"), text_or(device, "name")) + fact(lang("page.scenario"), input.name) +
                     fact(lang("page.seed"), has_seed ? input.verdicts["seed"].dump() : "") + "</dl>\n";
  if (kind == "simulated") html += "<p class=\"notice\">" + escape(lang("page.simulated")) + "</p>\n";
  if (kind == "bench") html += "<p class=\"notice\">" + escape(lang("page.physical")) + "</p>\n";
  return html;
}

}  // namespace

std::string html_page(const std::string& title, const std::string& header, const std::string& main, const std::string& footer, const Language& lang) {
  return "<!DOCTYPE html>\n<html lang=\"" + lang.code() +
         "\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" + escape(title) +
         "</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n" + embedded_files().at("report.css") + "</style>\n</head>\n<body>\n<header>\n" +
         header + "</header>\n<main>\n" + main + "</main>\n<footer>\n" + footer + "</footer>\n</body>\n</html>\n";
}

std::string html_report(const ReportInput& input, const std::string& code) {
  const Language& lang = Language::get(code);
  const std::string verdict = text_or(input.verdicts, "verdict");
  const std::string word = lang.has("verdict." + verdict) ? lang("verdict." + verdict) : verdict;
  const std::string header =
      "<p class=\"kicker\">" + escape(lang("page.kicker")) + "</p>\n<h1>" + escape(input.name) + "</h1>\n" + banner(input, lang) + facts(input, lang);
  const std::string main = requirements_section(input, lang) + stills_section(input, lang) + timeline_section(input, lang) +
                           stages_section(input, lang) + battery_section(input, lang) + card_latency_section(input, lang) +
                           evidence_section(input, lang) + profile_section(input, lang) + not_judged_section(input, lang) +
                           budget_section(input, lang) + self_check_section(input, lang) + material_section(input, lang) +
                           replay_section(input, lang);
  const std::string version = input.recording ? text_or(input.recording->manifest, "version") : "";
  return html_page(lang("page.title", input.name, word), header, main, "<p>" + escape(lang("page.footer", version)) + "</p>\n", lang);
}

void write_report(const std::string& path, const ReportInput& input, const std::string& lang) { write_file(path, html_report(input, lang)); }

}  // namespace saksi::report
