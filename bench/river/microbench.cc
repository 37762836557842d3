// Times the stages of the river: microbench CATALOGS [--benchmark_...]
#include <benchmark/benchmark.h>

#include <iostream>

#include "bench/river/stages.h"

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: microbench CATALOGS [--benchmark_...]\n";
    return 2;
  }
  for (const telephony::bench::Stage& stage : telephony::bench::stages(argv[1])) {
    benchmark::RegisterBenchmark(stage.name.c_str(), [stage](benchmark::State& state) {
      for ([[maybe_unused]] auto _ : state) stage.run();
      state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(stage.units));
      state.SetLabel(stage.unit);
    });
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
