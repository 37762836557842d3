#include "expose/routes.h"

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "expose/landing_page.h"
#include "expose/lookup.h"
#include "expose/problem.h"
#include "expose/retry_hint.h"
#include "telephony_exporter/expose/exposition.h"

namespace telephony {
namespace {

using httplib::Request;
using httplib::Response;

constexpr const char* kPlain = "text/plain; charset=utf-8";
constexpr const char* kHtml = "text/html; charset=utf-8";
constexpr const char* kJson = "application/json";
constexpr std::string_view kRead = "GET, HEAD";
constexpr std::string_view kAct = "POST, PUT";

void send(Response& response, int status, const std::string& body, const char* type) {
  response.status = status;
  response.set_content(body, type);
}

void problem(Response& response, int status, std::string_view detail) {
  send(response, status, problem_json(status, detail), kProblemType);
}

// The queries of people and the texts of providers need not be UTF-8; JSON has to be.
void success(Response& response, nlohmann::json data) {
  const nlohmann::json answer = {{"status", "success"}, {"data", std::move(data)}};
  send(response, 200, answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n", kJson);
}

bool allows(std::string_view allow, const std::string& method) {
  return (" " + std::string(allow) + ",").find(" " + method + ",") != std::string::npos;
}

std::string rfc3339(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, sizeof "YYYYYYYYYYY-MM-DDTHH:MM:SSZ"> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

}  // namespace

Routes::Routes(std::string telemetry_path, WebParts parts)
    : telemetry_path_(std::move(telemetry_path)), parts_(std::move(parts)), page_(parts_.metrics) {
  routes_ = {{telemetry_path_, kRead, nullptr},
             {"/", kRead, &Routes::landing},
             {"/-/healthy", kRead, &Routes::healthy},
             {"/-/ready", kRead, &Routes::ready},
             {"/-/reload", kAct, &Routes::reload},
             {"/config", kRead, &Routes::config},
             {"/api/v1/explain", kRead, &Routes::explained},
             {"/api/v1/unlisted", kRead, &Routes::unlisted},
             {"/api/v1/retry-hint", kRead, &Routes::retry_hint}};
}

SharedText Routes::serve(const RequestHead& head, const Request& request, Response& response) {
  const auto found = std::find_if(routes_.begin(), routes_.end(),
                                  [&](const Route& route) { return route.path == request.path; });
  if (found == routes_.end()) {
    problem(response, 404, "there is nothing at this path");
  } else if (!allows(found->allow, request.method)) {
    response.set_header("Allow", std::string(found->allow));
    problem(response, 405, "this path does not take that method");
  } else if (found->serve == nullptr) {
    return metrics(head, response);
  } else {
    (this->*found->serve)(request, response);
  }
  return nullptr;
}

SharedText Routes::metrics(const RequestHead& head, Response& response) {
  SharedText page = this->page(head);
  response.status = 200;
  response.headers.erase("Vary");
  response.set_header("Vary", "Accept, Accept-Encoding");
  if (head.gzip) response.set_header("Content-Encoding", "gzip");
  response.set_content_provider(
      page->size(), content_type(head.page),
      [bytes = page->data()](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
        return sink.write(bytes + offset, length);
      });
  return page;
}

void Routes::landing(const Request& request, Response& response) {
  const auto settings = parts_.live.get();
  const LandingPage page{*settings,
                         telemetry_path_,
                         parts_.ingest_address,
                         parts_.source_state,
                         parts_.unlisted.list().size(),
                         request.get_param_value("q"),
                         request.get_param_value("provider")};
  response.set_header("Content-Security-Policy", kLandingPolicy);
  response.set_header("Referrer-Policy", "no-referrer");
  send(response, 200, landing_page(page), kHtml);
}

void Routes::healthy(const Request&, Response& response) { send(response, 200, "Healthy\n", kPlain); }

void Routes::ready(const Request&, Response& response) {
  const bool is_ready = parts_.ready();
  send(response, is_ready ? 200 : 503, is_ready ? "Ready\n" : "Not ready\n", kPlain);
}

void Routes::config(const Request&, Response& response) {
  send(response, 200, to_yaml(*parts_.live.get()), kPlain);
}

void Routes::reload(const Request&, Response& response) {
  const std::unique_lock lock(reload_mutex_, std::try_to_lock);
  if (!lock) {  // to wait here would keep a thread from the scrapes
    response.set_header("Retry-After", "1");
    return problem(response, 503, "a reload is under way");
  }
  const std::string error = parts_.reload();
  if (error.empty()) return send(response, 200, "Reloaded\n", kPlain);
  problem(response, 500, error);
}

void Routes::explained(const Request& request, Response& response) {
  const std::string query = request.get_param_value(request.has_param("code") ? "code" : "q");
  const std::string provider = request.get_param_value("provider");
  if (query.empty()) return problem(response, 400, "the parameter `code` is missing");
  const auto settings = parts_.live.get();
  if (!provider.empty() && settings->catalog(provider) == nullptr) {
    return problem(response, 400, "no configured catalog is of this provider");
  }
  auto data = nlohmann::json::array();
  for (const auto& meaning : look_up(*settings, query, provider)) data.push_back(to_json(meaning));
  if (data.empty()) return problem(response, 404, "no catalog knows this code or text");
  success(response, std::move(data));
}

/// Asked before every attempt, so it takes one look at one hint.
void Routes::retry_hint(const Request& request, Response& response) {
  const auto settings = parts_.live.get();
  auto asked = find_hint_target(*settings, [&](const char* name) { return request.get_param_value(name); });
  if (const auto* refusal = std::get_if<Refusal>(&asked))
    return problem(response, refusal->status, refusal->detail);
  HintTarget& target = std::get<HintTarget>(asked);
  std::optional<std::string_view> account;
  if (!target.account.empty()) {
    target.account = parts_.ledger.counted_as(target.provider, target.account);
    account = target.account;
  }
  const WallTime now = std::chrono::system_clock::now();
  const HintAnswer answer(target, parts_.hints.hint(target.series, account, now), now, any_share());
  response.set_header("Cache-Control", "no-store");
  if (answer.retry_after > 0) response.set_header("Retry-After", std::to_string(answer.retry_after));
  success(response, answer.data);
}

void Routes::unlisted(const Request&, Response& response) {
  auto data = nlohmann::json::array();
  for (const auto& code : parts_.unlisted.list()) {
    data.push_back({{"provider", code.provider},
                    {"product", code.product},
                    {"code", code.code},
                    {"text", code.text},
                    {"family", code.family},
                    {"count", code.count},
                    {"first_seen", rfc3339(code.first_seen)},
                    {"last_seen", rfc3339(code.last_seen)}});
  }
  success(response, std::move(data));
}

}  // namespace telephony
