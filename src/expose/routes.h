// What is served where. Every path and method has an answer.
#pragma once

#include <httplib.h>

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "expose/request_head.h"
#include "expose/telemetry_page.h"
#include "telephony_exporter/expose/web_server.h"

namespace telephony {

/// Thread-safe.
class Routes {
 public:
  Routes(std::string telemetry_path, WebParts parts);

  /// Fills the response, but for the body of a telemetry page: that is returned, and the response only counts
  /// its bytes.
  SharedText serve(const RequestHead& head, const httplib::Request& request, httplib::Response& response);

  /// Whether it asks for the telemetry page as Prometheus does.
  bool is_scrape(const RequestHead& head) const {
    return head.target == telemetry_path_ && head.method == "GET";
  }
  SharedText page(const RequestHead& head) { return page_.get(head.page, head.gzip, head.arrived); }
  /// Whether the reply takes so little time that it may be made on the thread that does the I/O.
  bool is_quick(const RequestHead& head) const {
    return is_scrape(head) && !head.gzip && page_.is_quick(head.page);
  }

  /// Lets go of pages that nobody will ask for any more.
  bool forget_pages(std::chrono::steady_clock::time_point before) { return page_.forget(before); }

 private:
  using Serve = void (Routes::*)(const httplib::Request&, httplib::Response&);
  struct Route {
    std::string path;
    std::string_view allow;
    Serve serve;  ///< null for the telemetry page
  };

  SharedText metrics(const RequestHead& head, httplib::Response& response);
  void landing(const httplib::Request& request, httplib::Response& response);
  void healthy(const httplib::Request& request, httplib::Response& response);
  void ready(const httplib::Request& request, httplib::Response& response);
  void config(const httplib::Request& request, httplib::Response& response);
  void reload(const httplib::Request& request, httplib::Response& response);
  void explained(const httplib::Request& request, httplib::Response& response);
  void retry_hint(const httplib::Request& request, httplib::Response& response);
  void unlisted(const httplib::Request& request, httplib::Response& response);

  std::string telemetry_path_;
  WebParts parts_;
  std::vector<Route> routes_;

  TelemetryPage page_;
  std::mutex reload_mutex_;
};

}  // namespace telephony
