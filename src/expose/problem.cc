#include "expose/problem.h"

#include <boost/beast/http/status.hpp>
#include <nlohmann/json.hpp>

namespace telephony {

namespace http = boost::beast::http;

std::string_view reason_phrase(int status) {
  const auto phrase = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status)));
  return {phrase.data(), phrase.size()};
}

std::string problem_json(int status, std::string_view detail) {
  const nlohmann::json problem = {
      {"type", "about:blank"}, {"title", reason_phrase(status)}, {"status", status}, {"detail", detail}};
  return problem.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace telephony
