// The metrics page while it is written, in one of two formats.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "telephony_exporter/record/exemplars.h"

namespace telephony {

enum class PageFormat {
  text,         ///< Prometheus text 0.0.4
  openmetrics,  ///< OpenMetrics 1.0
};

/// What a family is called, as in the text format, and what it tells.
struct FamilyHead {
  std::string_view name;
  prometheus::MetricType type = prometheus::MetricType::Gauge;
  std::string_view help;
};

/// A Unix time in microseconds, written as seconds.
enum class UnixMicros : std::int64_t {};
UnixMicros to_micros(WallTime time);

/// What a number takes on a page, at most.
inline constexpr std::size_t kNumberBytes = 24;

/// Writes the shortest digits that are read back as the same number, counts without an exponent; returns
/// their end. There has to be room for kNumberBytes.
char* write_number(char* at, std::uint64_t value);
char* write_number(char* at, UnixMicros value);
char* write_number(char* at, double value);

/// Lines are put together where the page will stand. What is written over an old one is written once; other
/// memory is grown into block by block, so that it is in the fastest cache when its lines come.
class Page {
 public:
  /// `bytes` is how long it will be at most, as far as that is known. It is written over `old`, if that has
  /// room for it: memory that is there already costs no page faults.
  explicit Page(PageFormat format, std::size_t bytes = 0, std::string old = {});

  bool openmetrics() const { return format_ == PageFormat::openmetrics; }

  /// HELP, TYPE and, in OpenMetrics, UNIT; the samples have to follow. A gauge called *_info is an info.
  void begin(const FamilyHead& head) { begin(head, ""); }
  /// The same for a type that prometheus-cpp does not know.
  void begin(const FamilyHead& head, std::string_view type);

  /// A sample of which all but the number is rendered: `name{a="1",` and `b="2"} `. What comes `behind` the
  /// number is an exemplar.
  template <typename Number>
  void sample(std::string_view name, std::string_view labels, Number value, std::string_view behind = {}) {
    const std::size_t bytes = name.size() + labels.size() + kNumberBytes + behind.size() + 1;
    // One look for room, so that a line is nothing but copies and digits.
    char* at = std::copy(name.begin(), name.end(), room(bytes));
    at = write_number(std::copy(labels.begin(), labels.end(), at), value);
    if (!behind.empty()) at = std::copy(behind.begin(), behind.end(), at);
    *at++ = '\n';
    used_ = static_cast<std::size_t>(at - text_.data());
  }

  void put(std::string_view text);
  template <typename Number>
  void number(Number value) {
    used_ = static_cast<std::size_t>(write_number(room(kNumberBytes), value) - text_.data());
  }

  std::string text() &&;

 private:
  /// Where so many bytes can be written; `used_` is the caller's to raise.
  char* room(std::size_t bytes) {
    if (used_ + bytes > text_.size()) grow(bytes);
    return text_.data() + used_;
  }
  void grow(std::size_t bytes);

  const PageFormat format_;
  std::string text_;  ///< what is used, and then some
  std::size_t used_ = 0;
};

/// A family that is written by a function. Only one source may have it.
struct RenderedFamily {
  std::string_view name;  ///< as in the text format
  std::size_t bytes = 0;  ///< how long it is at most, roughly
  std::function<void(Page&)> write;
};

/// A source of many series. It keeps their labels rendered, so that a page costs a copy of them and the
/// digits of their numbers. What it collects, and what it writes, is the same.
class Rendered : public prometheus::Collectable {
 public:
  /// All of one moment, as far as names go. To be written while the source lives.
  virtual std::vector<RenderedFamily> rendered(PageFormat format) const = 0;
};

/// Writes a family label by label; sorts its samples. Counters begin with the process here.
void write_family(Page& page, prometheus::MetricFamily& family);
/// Families that are written so, without those that have no samples.
std::vector<RenderedFamily> rendered_slowly(std::vector<prometheus::MetricFamily> families);

/// With \, newline and, where it stands in quotes, " escaped.
void append_escaped(std::string& out, std::string_view text, bool quoted);

/// `a="1",b="2"`
std::string rendered_labels(const std::vector<prometheus::ClientMetric::Label>& labels);

/// What stands behind the number of a counter; empty for what OpenMetrics does not allow.
std::string rendered_exemplar(const Exemplar& exemplar);

}  // namespace telephony
