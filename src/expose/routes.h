// What is served where. Every path and method has an answer.
#pragma once

#include <httplib.h>

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "telephony_exporter/expose/web_server.h"

namespace telephony {

/// When the request was complete, as a count of the steady clock; set by the Responder, never by a client.
inline constexpr const char* kArrivedHeader = "X-Arrived";

/// Thread-safe.
class Routes {
 public:
  Routes(std::string telemetry_path, WebParts parts);

  void serve(const httplib::Request& request, httplib::Response& response);

 private:
  using Clock = std::chrono::steady_clock;
  using Serve = void (Routes::*)(const httplib::Request&, httplib::Response&);
  struct Route {
    std::string path;
    std::string_view allow;
    Serve serve;
  };

  void metrics(const httplib::Request& request, httplib::Response& response);
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

  std::mutex page_mutex_;
  std::string page_;
  Clock::time_point page_begun_;
  std::mutex reload_mutex_;
};

}  // namespace telephony
