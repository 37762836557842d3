// What an event means by the catalog. Never fails.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "telephony_exporter/catalog/code_space.h"
#include "telephony_exporter/event/event.h"

namespace telephony {

struct Classification {
  std::uint32_t entry = 0;  ///< position in the space's entries
  bool unlisted = false;    ///< the code, or the text of a code with several meanings, is in no entry
};

/// What an event's code or text means, be it an error or not; nullopt when it has neither.
std::optional<Classification> look_up(const Event& event, const CodeSpace& space, std::string& scratch);

/// Nullopt when the event names no error: neither code nor text, a code that is none (SIP 200), or an unknown
/// text of a session that did not fail. `scratch` is used again from call to call.
std::optional<Classification> classify(const Event& event, const CodeSpace& space, std::string& scratch);

/// Says what classify() says, and remembers of short codes and texts what they meant: a log tells the same
/// few errors a million times, and only the first is looked up. What it remembers is bounded, and known by
/// the space's number, so that nothing of a space that a reload replaced is ever found.
class Classifier {
 public:
  Classifier() : known_(std::size_t{1} << kSetBits) {}

  std::optional<Classification> classify(const Event& event, const CodeSpace& space);

 private:
  static constexpr unsigned kSetBits = 8;

  static constexpr std::size_t kKeyBytes = 104;

  struct Known {
    std::uint64_t space = 0;  ///< 0: none
    std::optional<Classification> meaning;
    bool needs_failure = false;  ///< it counts only where a session failed
    std::uint8_t numbering = 0;  ///< bytes of the key; behind them are those of the code and of the text
    std::uint8_t code = 0;
    std::uint8_t text = 0;
    std::array<char, kKeyBytes> key{};

    bool is_of(const Event& event, const CodeSpace& asked) const;
    void keep(const Event& event, const CodeSpace& asked);
  };
  using Set = std::array<Known, 2>;  ///< the one that came last is first

  static std::size_t set_of(const Event& event);
  const Known& known(const Event& event, const CodeSpace& space);

  std::vector<Set> known_;
  std::string scratch_;
};

}  // namespace telephony
