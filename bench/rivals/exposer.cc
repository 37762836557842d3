// The rival of the scrape: prometheus-cpp's Exposer with as many counters as it is told.
//   prometheus_cpp_exposer port=N series=N
#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/registry.h>

#include <iostream>

#include "bench/load/arguments.h"

int main(int argc, char** argv) {
  const telephony::bench::Arguments arguments(argc, argv);
  const auto registry = std::make_shared<prometheus::Registry>();
  auto& family =
      prometheus::BuildCounter().Name("telephony_account_errors_total").Help("Errors.").Register(*registry);
  for (std::uint64_t i = 0; i < arguments.number("series"); ++i) {
    const std::string code = std::to_string(-2001 - static_cast<int>(i % 10));
    family
        .Add({{"provider", "8x8"},
              {"product", "number_masking"},
              {"account", "account_" + std::to_string(i / 10)},
              {"code", code},
              {"reason", "trunk_capacity_exceeded"},
              {"category", "capacity"},
              {"severity", "critical"}})
        .Increment(static_cast<double>(i));
  }
  prometheus::Exposer exposer("127.0.0.1:" + arguments.word("port"), 2);
  exposer.RegisterCollectable(registry);
  std::cout << "ready" << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) {
  }
}
