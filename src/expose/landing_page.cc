#include "expose/landing_page.h"

#include <httplib.h>

#include <string_view>

#include "expose/html.h"
#include "expose/landing_forms.h"
#include "expose/lookup.h"

namespace telephony {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string duration(std::chrono::seconds time) {
  const auto seconds = time.count();
  if (seconds >= 120 && seconds % 60 == 0) return std::to_string(seconds / 60) + " minutes";
  return std::to_string(seconds) + " seconds";
}

std::string retry_in_words(const Retry& retry) {
  switch (retry.kind) {
    case RetryClass::never:
      return "Never: the same attempt will fail again";
    case RetryClass::after_fix:
      return "After a fix";
    case RetryClass::immediate:
      return "At once";
    case RetryClass::backoff:
      return "With backoff: after " + duration(retry.base) + ", growing to " + duration(retry.max);
    case RetryClass::later:
      return "Later: after " + duration(retry.base);
  }
  return {};
}

std::string term(std::string_view name, const std::string& text) {
  if (text.empty()) return {};
  const bool is_link = text.starts_with("https://") || text.starts_with("http://");
  return fill(is_link ? forms::kLinkTerm : forms::kTerm, {{"name", name}, {"text", text}});
}

std::string meaning_card(const Meaning& meaning) {
  const Entry& entry = *meaning.entry;
  const std::string& provider = meaning.catalog->title;
  const std::string products = joined(meaning.space->products);
  return fill(forms::kMeaning,
              {{"severity", name(entry.severity)},
               {"code", meaning.code.empty() ? std::string_view(entry.code) : meaning.code},
               {"reason", entry.reason},
               {"where", products.empty() ? provider : provider + ": " + products},
               {"message", entry.message.empty() ? "" : fill(forms::kMessage, {{"message", entry.message}})},
               {"meaning", entry.meaning},
               {"remedy", term("Remedy", entry.remedy)},
               {"retry", retry_in_words(entry.retry)},
               {"category", name(entry.category)},
               {"family", entry.family},
               {"source", term("Documented", entry.source)}});
}

std::string answer(const LandingPage& page) {
  const auto meanings = look_up(page.settings, page.query, page.provider);
  if (meanings.empty()) return fill(forms::kNothing, {{"query", page.query}});
  const std::string json = "/api/v1/explain?code=" + httplib::detail::encode_query_param(page.query) +
                           "&provider=" + httplib::detail::encode_query_param(page.provider);
  const std::string count =
      meanings.size() == 1 ? "One meaning" : std::to_string(meanings.size()) + " meanings";
  std::string html = fill(forms::kFound, {{"count", count}, {"query", page.query}, {"json", json}});
  for (const auto& meaning : meanings) html += meaning_card(meaning);
  return html;
}

std::string catalogs(const Settings& settings) {
  std::string rows;
  for (const auto& catalog : settings.catalogs) {
    for (const auto& space : catalog->spaces) {
      std::size_t listed = 0;
      for (std::uint32_t i = 0; i < space.entries.size(); ++i) listed += space.is_unlisted(i) ? 0 : 1;
      rows += fill(forms::kCatalog,
                   {{"title", catalog->title}, {"space", space.title}, {"count", std::to_string(listed)}});
    }
  }
  return fill(forms::kCatalogs, {{"rows", rows}});
}

std::string options(const LandingPage& page) {
  std::string html;
  for (const auto& catalog : page.settings.catalogs) {
    html += fill(forms::kOption, {{"name", catalog->provider},
                                  {"selected", catalog->provider == page.provider ? " selected" : ""},
                                  {"title", catalog->title}});
  }
  return html;
}

std::string authentication(const Source& source) {
  const Webhook* webhook = source.webhook();
  if (source.files() != nullptr) return "local file";
  if (const Syslog* syslog = source.syslog()) return syslog->allow.empty() ? "none" : "by address";
  if (webhook->auth && std::holds_alternative<AuthHeader>(*webhook->auth)) return "secret in a header";
  return "none";
}

std::string input(const Source& source) {
  if (const Webhook* webhook = source.webhook()) return fill(forms::kWebhook, {{"path", webhook->path}});
  if (const Syslog* syslog = source.syslog())
    return fill(forms::kSyslog, {{"address", syslog->listen.to_string()}});
  std::string html;
  for (const auto& path : std::get<LogFiles>(source.input).paths)
    html += fill(forms::kFile, {{"path", path}});
  return html;
}

std::string sources(const LandingPage& page) {
  std::string html;
  for (const auto& source : page.settings.sources) {
    const SourceState state = page.source_state(source.name);
    html += fill(forms::kSource, {{"name", source.name},
                                  {"provider", source.provider},
                                  {"product", source.product},
                                  {"input", input(source)},
                                  {"auth", authentication(source)},
                                  {"state", state.up ? "up" : "down"},
                                  {"received", std::to_string(state.received)},
                                  {"rejected", std::to_string(state.rejected)}});
  }
  return html;
}

}  // namespace

std::string landing_page(const LandingPage& page) {
  const bool asked = page.query.find_first_not_of(" \t\r\n") != std::string::npos;
  return fill(forms::kPage, {{"title", asked ? page.query + " - Telephony Exporter" : "Telephony Exporter"},
                             {"style", forms::kStyle},
                             {"version", TELEPHONY_VERSION},
                             {"telemetry_path", page.telemetry_path},
                             {"unlisted", std::to_string(page.unlisted)},
                             {"query", page.query},
                             {"options", options(page)},
                             {"answer", asked ? answer(page) : catalogs(page.settings)},
                             {"ingest_address", page.ingest_address},
                             {"sources", sources(page)}});
}

}  // namespace telephony
