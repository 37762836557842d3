// The stages of the river over fixed inputs, for those who measure them in time or in instructions.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace telephony::bench {

struct Stage {
  std::string name;
  std::string unit;           ///< what is counted: an event, a line, a sample
  std::size_t units;          ///< in one run
  std::function<void()> run;  ///< may be called again and again; throws std::logic_error for a wrong result
};

/// `catalogs`: the directory of the shipped catalogs. The work is the same in every process.
std::vector<Stage> stages(const std::string& catalogs);

}  // namespace telephony::bench
