#include "reports/tamper_page.h"

#include "reports/html_page.h"
#include "reports/markup.h"

namespace saksi::report {

namespace {

using Json = nlohmann::ordered_json;

std::string cell(const std::string& html) { return "<td>" + html + "</td>"; }

/// A text of the matrix in this language, else in English.
std::string text_in(const Json& texts, const Language& lang) { return texts.contains(lang.code()) ? texts[lang.code()] : texts.at("en"); }

std::string row(const Json& attack, const Language& lang) {
  const bool passed = attack.at("passed").get<bool>();
  std::string kinds;
  for (const Json& kind : attack.at("problems")) kinds += (kinds.empty() ? "" : ", ") + kind.get<std::string>();
  return "<tr>" + cell(passed ? "&#10003;" : "&#10007;") +
         cell("<code>" + escape(attack.at("id")) + "</code><br>" + escape(text_in(attack.at("text"), lang))) +
         cell(escape(lang("tamper." + attack.at("expected").get<std::string>()))) +
         cell(escape(lang("tamper." + attack.at("found").get<std::string>()))) + cell(escape(kinds)) + cell(escape(text_in(attack.at("why"), lang))) +
         "</tr>\n";
}

}  // namespace

std::string tamper_page(const Json& matrix, const Language& lang) {
  const std::string title = lang("tamper.title");
  std::string main = "<p>" + escape(lang(matrix.at("passed").get<bool>() ? "tamper.passed" : "tamper.failed")) + "</p>\n<table>\n<tr>";
  for (const char* head : {"", "tamper.attack", "tamper.expected", "tamper.found", "tamper.problems", "tamper.why"}) {
    main += "<th>" + (*head ? escape(lang(head)) : "") + "</th>";
  }
  main += "</tr>\n";
  for (const Json& attack : matrix.at("attacks")) main += row(attack, lang);
  return html_page(title, "<h1>" + escape(title) + "</h1><p><code>" + escape(matrix.at("file")) + "</code></p>", main + "</table>\n",
                   escape(lang("tamper.note")), lang);
}

}  // namespace saksi::report
