// The arguments of the load programs: `name=value`, numbers or words.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>

namespace telephony::bench {

/// Throws std::invalid_argument for what has no "=", and for what is asked for and was not given.
class Arguments {
 public:
  Arguments(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
      const std::string word = argv[i];
      const auto equals = word.find('=');
      if (equals == std::string::npos) throw std::invalid_argument("not name=value: " + word);
      values_[word.substr(0, equals)] = word.substr(equals + 1);
    }
  }

  const std::string& word(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) throw std::invalid_argument("missing: " + name + "=");
    return found->second;
  }
  std::uint64_t number(const std::string& name) const { return std::stoull(word(name)); }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace telephony::bench
