#include "record/page_form.h"

#include <algorithm>
#include <charconv>

#include "record/family.h"

namespace telephony {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

/// The mark of the first number; no time is as large, and a double holds it and the next ones exactly.
constexpr std::uint64_t kFirstMark = std::uint64_t{1} << 52U;
constexpr std::string_view kEnd = "# EOF\n";

template <typename Change>
void change_numbers(MetricType type, ClientMetric& metric, const Change& change) {
  switch (type) {
    case MetricType::Counter:
      metric.counter.value = change(metric.counter.value);
      break;
    case MetricType::Summary:
      metric.summary.sample_count =
          static_cast<std::uint64_t>(change(static_cast<double>(metric.summary.sample_count)));
      metric.summary.sample_sum = change(metric.summary.sample_sum);
      break;
    default:
      metric.gauge.value = change(metric.gauge.value);
  }
}

std::size_t place_of(std::uint64_t mark) { return mark - kFirstMark; }

struct Blank {
  std::size_t at;     ///< in the text
  std::size_t place;  ///< of its number
};

/// A family without its numbers.
struct Written {
  std::string name;
  std::string text;
  std::vector<Blank> blanks;

  Written(MetricFamily marked, PageFormat format) : name(marked.name) {
    Page page(format);
    write_family(page, marked);
    const std::string lines = std::move(page).text();
    std::string_view rest = lines;
    if (format == PageFormat::openmetrics) rest.remove_suffix(kEnd.size());
    for (std::size_t end = 0; !rest.empty(); rest.remove_prefix(end)) {
      end = rest.find('\n') + 1;
      add_line(rest.substr(0, end));
    }
  }

  void write(Page& page, const PageForm::Numbers& numbers) const {
    std::size_t from = 0;
    for (const Blank& blank : blanks) {
      page.put(std::string_view(text).substr(from, blank.at - from));
      page.number(numbers[blank.place]);
      from = blank.at;
    }
    page.put(std::string_view(text).substr(from));
  }

 private:
  void add_line(std::string_view line) {
    const std::size_t number = line.rfind(' ') + 1;
    std::uint64_t mark = 0;
    if (!line.starts_with('#')) std::from_chars(line.data() + number, line.data() + line.size(), mark);
    if (mark < kFirstMark) {
      text += line;
      return;
    }
    text += line.substr(0, number);
    blanks.push_back({text.size(), place_of(mark)});
    text += '\n';
  }
};

}  // namespace

struct PageForm::Text {
  std::vector<Written> families;
};

PageForm::PageForm(std::initializer_list<FamilyHead> singles) {
  for (const FamilyHead& head : singles) add(head);
}

void PageForm::add(const FamilyHead& head, Labels labels) {
  auto family = std::find_if(marked_.begin(), marked_.end(),
                             [&](const MetricFamily& known) { return known.name == head.name; });
  if (family == marked_.end()) family = marked_.insert(family, family_of(head));
  ClientMetric& metric = family->metric.emplace_back();
  metric.label = std::move(labels);
  change_numbers(head.type, metric, [this](double) { return static_cast<double>(kFirstMark + numbers_++); });
}

std::vector<MetricFamily> PageForm::collected(const Numbers& numbers) const {
  std::vector<MetricFamily> families = marked_;
  for (MetricFamily& family : families) {
    for (ClientMetric& metric : family.metric) {
      change_numbers(family.type, metric,
                     [&](double mark) { return numbers[place_of(static_cast<std::uint64_t>(mark))]; });
    }
  }
  return families;
}

std::shared_ptr<const PageForm::Text> PageForm::text(PageFormat format) const {
  const std::lock_guard lock(mutex_);
  auto& text = texts_.at(static_cast<std::size_t>(format));
  if (text) return text;
  auto made = std::make_shared<Text>();
  for (const MetricFamily& family : marked_) made->families.emplace_back(family, format);
  return text = std::move(made);
}

std::vector<RenderedFamily> PageForm::rendered(PageFormat format, Numbers numbers) const {
  struct Filled {
    std::shared_ptr<const Text> text;
    Numbers numbers;
  };
  const auto filled = std::make_shared<const Filled>(Filled{text(format), std::move(numbers)});
  std::vector<RenderedFamily> families;
  families.reserve(filled->text->families.size());
  for (const Written& family : filled->text->families) {
    families.push_back({family.name, family.text.size() + family.blanks.size() * kNumberBytes,
                        [&family, filled](Page& page) { family.write(page, filled->numbers); }});
  }
  return families;
}

}  // namespace telephony
