#include "source/reply.h"

#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <nlohmann/json.hpp>

namespace telephony::ingest {
namespace {

namespace http = boost::beast::http;

using Json = nlohmann::ordered_json;

std::string_view title(int status) {
  const auto phrase = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status)));
  return {phrase.data(), phrase.size()};
}

std::string_view field_for(int status) {
  switch (status) {
    case 405:
      return "Allow: POST\r\n";
    case 503:
      return "Retry-After: 1\r\n";
    default:
      return "";
  }
}

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

struct Content {
  std::string_view type;
  std::string_view body;
  std::string_view challenge = {};
};

void append_reply(std::string& out, int status, const Content& content, ReplyForm form) {
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::uint64_t>(status));
  out.append(" ").append(title(status)).append("\r\nContent-Type: ").append(content.type);
  out += "\r\nContent-Length: ";
  append_number(out, content.body.size());
  out.append("\r\n").append(field_for(status));
  if (!content.challenge.empty()) out.append("WWW-Authenticate: ").append(content.challenge).append("\r\n");
  if (form.persistence == Persistence::close) out += "Connection: close\r\n";
  if (form.persistence == Persistence::keep_alive) out += "Connection: keep-alive\r\n";
  out += "\r\n";
  if (!form.without_body) out += content.body;
}

/// Details are our own words, but a bad byte in one must not cost the reply.
std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json problem_json(const Problem& problem) {
  Json json = {{"type", "about:blank"}, {"title", title(problem.status)}, {"status", problem.status}};
  json["detail"] = problem.detail;
  if (problem.cause) json["cause"] = name(*problem.cause);
  return json;
}

Json errors_json(const Receipt& receipt) {
  Json errors = Json::array();
  for (const Reject& reject : receipt.rejects) {
    errors.push_back({{"record", reject.record}, {"cause", name(reject.cause)}, {"detail", reject.detail}});
  }
  return errors;
}

void append_problem_json(std::string& out, const Problem& problem, const Json& json, ReplyForm form) {
  append_reply(out, problem.status, {"application/problem+json", dump(json), problem.challenge}, form);
}

std::string receipt_body(const Receipt& receipt) {
  std::string body;
  body.reserve(192);
  const auto put = [&](std::string_view key, std::uint64_t number) {
    body += key;
    append_number(body, number);
  };
  put(R"({"received":)", receipt.received);
  put(R"(,"counted":)", receipt.counted);
  put(R"(,"duplicate":)", receipt.duplicate);
  put(R"(,"ignored":)", receipt.ignored);
  put(R"(,"rejected":)", receipt.rejected);
  if (receipt.rejected > 0) body += ",\"errors\":" + dump(errors_json(receipt));
  body += '}';
  return body;
}

int append_nothing_believed(std::string& out, const Receipt& receipt, ReplyForm form) {
  Problem problem{400, "nothing in the body could be believed", RejectCause::malformed};
  if (!receipt.rejects.empty()) {
    problem.detail = receipt.rejects.front().detail;
    problem.cause = receipt.rejects.front().cause;
  }
  Json json = problem_json(problem);
  json["errors"] = errors_json(receipt);
  append_problem_json(out, problem, json, form);
  return problem.status;
}

/// The replies to nearly all requests, made once.
std::string reply_to_one(const Receipt& receipt) {
  std::string reply;
  append_reply(reply, 200, {"application/json", receipt_body(receipt)}, {Persistence::implied});
  return reply;
}

bool append_usual_receipt(std::string& out, const Receipt& receipt, ReplyForm form) {
  static const std::string kCounted = reply_to_one({.received = 1, .counted = 1, .rejects = {}});
  static const std::string kDuplicate = reply_to_one({.received = 1, .duplicate = 1, .rejects = {}});
  const bool usual = receipt.received == 1 && receipt.counted + receipt.duplicate == 1;
  if (!usual || form.persistence != Persistence::implied || form.without_body) return false;
  out += receipt.counted == 1 ? kCounted : kDuplicate;
  return true;
}

}  // namespace

void append_problem(std::string& out, const Problem& problem, ReplyForm form) {
  append_problem_json(out, problem, problem_json(problem), form);
}

int append_receipt(std::string& out, const Receipt& receipt, ReplyForm form) {
  if (append_usual_receipt(out, receipt, form)) return 200;
  if (receipt.unavailable) {
    const Problem problem{503, "nothing was counted; send it again later", RejectCause::unavailable};
    append_problem(out, problem, form);
    return problem.status;
  }
  if (receipt.rejected > 0 && receipt.received == receipt.rejected) {
    return append_nothing_believed(out, receipt, form);
  }
  append_reply(out, 200, {"application/json", receipt_body(receipt)}, form);
  return 200;
}

}  // namespace telephony::ingest
