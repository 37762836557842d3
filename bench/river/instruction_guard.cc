// Runs each stage of the river once under `valgrind --tool=callgrind`, which writes a file for each: what it
// cost.
//   instruction_guard CATALOGS [TIMES]
// TIMES tells how often each stage runs for one account of its units; 2 is work that was doubled, which must
// be seen. No clock is read and no thread started, so the same program on the same libraries gives the same
// counts.
#include <valgrind/callgrind.h>

#include <iostream>
#include <string>

#include "bench/river/stages.h"

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: instruction_guard CATALOGS [TIMES]\n";
    return 2;
  }
  const int times = argc > 2 ? std::stoi(argv[2]) : 1;
  for (const telephony::bench::Stage& stage : telephony::bench::stages(argv[1])) {
    stage.run();                        // buffers grow, tables fill
    CALLGRIND_DUMP_STATS_AT("before");  // unlike ZERO_STATS it leaves no function its old costs
    for (int i = 0; i < times; ++i) stage.run();
    CALLGRIND_DUMP_STATS_AT(stage.name.c_str());
    std::cout << stage.name << ' ' << stage.unit << ' ' << stage.units << '\n';
  }
}
