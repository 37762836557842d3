#include "expose/responder.h"

#include <charconv>

#include "expose/buffered_stream.h"
#include "expose/problem.h"
#include "telephony_exporter/event/limits.h"
#include "telephony_exporter/expose/exposition.h"

namespace telephony {
namespace {

// cpp-httplib 0.11.4 decodes percent signs in header values, trusts REMOTE_ADDR, copies as many ranges as it
// is asked for and compresses for seconds when asked for brotli: so it is shown no header of the client's.
std::string reduced_head(const RequestHead& head) {
  std::string text = head.method + " ";
  bool in_query = false;
  for (const char c : head.target) {
    if (c == '?' && in_query) {
      text += "%3F";  // legal in a query, but cpp-httplib refuses it there
    } else {
      text += c;
    }
    in_query = in_query || c == '?';
  }
  text += " HTTP/1.1\r\nContent-Length: 0\r\n";
  if (head.gzip) text += "Accept-Encoding: gzip\r\n";
  return text + "\r\n";
}

// "HTTP/1.1 200 OK"
int status_of(std::string_view reply) {
  static constexpr std::size_t kAt = 9;
  int status = 500;
  if (reply.size() >= kAt + 3) std::from_chars(reply.data() + kAt, reply.data() + kAt + 3, status);
  return status;
}

/// One request and its reply. It is a server of its own, which costs next to nothing, because only so the
/// handlers below can tell whose request it is, and keep what cpp-httplib has no place for: a shared body.
class Exchange : private httplib::Server {
 public:
  Exchange(Routes& routes, const RequestHead& head, Log& log)
      : routes_(routes), head_(head), log_(log), in_(reduced_head(head)), stream_(in_) {
    set_default_headers({{"X-Content-Type-Options", "nosniff"}, {"Vary", "Accept-Encoding"}});
    set_payload_max_length(limits::kWebBodyBytes);
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      if ((page_ = routes_.serve(head_, request, response))) stream_.leave_out(*page_);
      return HandlerResponse::Handled;
    });
    // Without one, the text of the exception would go out in a header.
    set_exception_handler(
        [this](const httplib::Request&, httplib::Response& response, const std::exception_ptr&) {
          log_.error("a web request failed");
          response.status = 500;
          response.set_content(problem_json(500, "the reply could not be made"), kProblemType);
        });
    set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (response.body.empty())
        response.set_content(problem_json(response.status, "the request is not valid"), kProblemType);
    });
    // These promise what the transport below decides, or what nobody offers.
    set_post_routing_handler([](const httplib::Request&, httplib::Response& response) {
      response.headers.erase("Keep-Alive");
      response.headers.erase("Accept-Ranges");
    });
  }

  /// Without bytes when cpp-httplib gave none.
  Reply reply(bool close) {
    bool closed = close;
    process_request(stream_, close, closed, {});
    Reply reply;
    reply.bytes = stream_.take_output();
    reply.status = status_of(reply.bytes);
    reply.close = closed;
    if (head_.method != "HEAD") reply.page = std::move(page_);
    return reply;
  }

 private:
  Routes& routes_;
  const RequestHead& head_;
  Log& log_;
  std::string in_;
  BufferedStream stream_;
  SharedText page_;
};

/// What cpp-httplib makes of the same request, which takes it as long as hundreds of samples.
Reply scrape_reply(SharedText page, const RequestHead& head, bool close) {
  Reply reply;
  reply.status = 200;
  reply.close = close;
  reply.bytes = "HTTP/1.1 200 OK\r\n";
  if (close) reply.bytes += "Connection: close\r\n";
  if (head.gzip) reply.bytes += "Content-Encoding: gzip\r\n";
  reply.bytes.append("Content-Length: ").append(std::to_string(page->size()));
  reply.bytes.append("\r\nContent-Type: ").append(content_type(head.page));
  reply.bytes += "\r\nVary: Accept, Accept-Encoding\r\nX-Content-Type-Options: nosniff\r\n\r\n";
  reply.page = std::move(page);
  return reply;
}

}  // namespace

Reply refuse(const Refusal& refusal) {
  const std::string body = problem_json(refusal.status, refusal.detail);
  Reply reply;
  reply.status = refusal.status;
  reply.bytes = "HTTP/1.1 " + std::to_string(refusal.status) + " " +
                std::string(reason_phrase(refusal.status)) + "\r\nContent-Type: " + kProblemType +
                "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
  return reply;
}

Reply Responder::reply(const RequestHead& head, bool close) {
  try {
    if (routes_.is_scrape(head)) return scrape_reply(routes_.page(head), head, close);
    Reply reply = Exchange(routes_, head, log_).reply(close);
    if (!reply.bytes.empty()) return reply;
  } catch (...) {
    log_.error("a web request failed");
  }
  return refuse({500, "the reply could not be made"});
}

}  // namespace telephony
