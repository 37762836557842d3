#include "telephony_exporter/catalog/field_steps.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <map>
#include <set>
#include <stdexcept>

#include "catalog/ascii_case.h"
#include "telephony_exporter/catalog/reading.h"

namespace telephony {
namespace {

/// Equal for keys that differ in case only.
std::uint64_t head_of(std::string_view key) {
  return lower_case(key.size() >= 8 ? load<std::uint64_t>(key.data()) : few_bytes(key.data(), key.size()));
}

/// Multiplied, so that all bytes of the head have their say in the upper half.
std::size_t place_of(std::uint64_t head) { return head * 0x9E3779B97F4A7C15 >> 32; }

/// Of keys that have the same head and size; `lower` is in lower case.
bool is_tail_equal(const char* lower, const char* key, std::size_t size) {
  const auto equal_at = [&](std::size_t at) {
    return load<std::uint64_t>(lower + at) == lower_case(load<std::uint64_t>(key + at));
  };
  for (std::size_t at = 8; at + 8 < size; at += 8) {
    if (!equal_at(at)) return false;
  }
  return size <= 8 || equal_at(size - 8);
}

bool is_index(std::string_view key) {
  return std::all_of(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string first_key(std::string_view pointer) {
  std::string key;
  for (std::size_t i = 1; i < pointer.size() && pointer[i] != '/'; ++i) {
    char c = pointer[i];
    if (c == '~') c = pointer[++i] == '0' ? '~' : '/';
    key += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return key;
}

}  // namespace

class FieldSteps::Builder {
 public:
  explicit Builder(std::vector<Step>& steps) : steps_(steps) {}

  void build(const FieldTree& tree, std::span<const std::string> records) {
    for (const std::string& pointer : records) lists_.insert(first_key(pointer));
    number_of_set({&tree});
    for (std::size_t i = 0; i < sets_.size(); ++i) expand(i);
  }

 private:
  using Set = std::vector<const FieldTree*>;

  std::uint16_t number_of_set(const Set& set) {
    if (set.empty()) return 0;
    const auto [known, is_new] = numbers_.try_emplace(set, static_cast<std::uint16_t>(sets_.size()));
    if (!is_new) return known->second;
    if (sets_.size() == kMaxSteps) {
      throw std::invalid_argument("the fields' locations overlap in too many ways; use fewer '*'");
    }
    sets_.push_back(set);
    Step& step = steps_.emplace_back();
    for (const FieldTree* place : set) {
      if (place->slot) step.slots.push_back(*place->slot);
      step.lists = step.lists || place == &list_;
    }
    return known->second;
  }

  void expand(std::size_t number) {
    const Set set = sets_[number];
    std::set<std::string> keys;
    for (const FieldTree* place : set) {
      for (const FieldTree& child : place->children) keys.insert(child.key);
    }
    if (number == 0) keys.insert(lists_.begin(), lists_.end());
    const std::uint16_t any = number_of_set(below(set, "*"));
    keys.erase("*");
    std::vector<Step::Named> named;
    for (const std::string& key : keys) {
      Set reached = below(set, key);
      if (number == 0 && lists_.contains(key)) reached.push_back(&list_);
      named.push_back({0, number_of_set(reached), key});
    }
    Step& step = steps_[number];
    step.any = any;
    step.leads = any != 0 || !named.empty();
    step.indexed = std::any_of(keys.begin(), keys.end(), is_index);
    fill(step, named);
  }

  static Set below(const Set& set, const std::string& key) {
    Set reached;
    for (const FieldTree* place : set) {
      for (const FieldTree& child : place->children) {
        if (child.key == key || child.key == "*") reached.push_back(&child);
      }
    }
    return reached;
  }

  static void fill(Step& step, const std::vector<Step::Named>& named) {
    step.named.assign(std::bit_ceil(4 * named.size() + 1), {});
    const std::size_t mask = step.named.size() - 1;
    for (const Step::Named& each : named) {
      const std::uint64_t head = head_of(each.key);
      std::size_t at = place_of(head) & mask;
      while (!step.named[at].key.empty()) at = (at + 1) & mask;
      step.named[at] = each;
      step.named[at].head = head;
    }
  }

  const FieldTree list_{};  ///< stands in the sets that a list of records may be below
  std::set<std::string> lists_;
  std::vector<Step>& steps_;
  std::vector<Set> sets_;
  std::map<Set, std::uint16_t> numbers_;
};

FieldSteps::FieldSteps(const FieldTree& tree, std::span<const std::string> records) {
  static std::atomic<std::uint64_t> built = 0;
  number_ = ++built;
  Builder(steps_).build(tree, records);
}

const FieldSteps::Step* FieldSteps::below(const Step& from, std::string_view key) const {
  const std::uint64_t head = head_of(key);
  const std::size_t mask = from.named.size() - 1;
  for (std::size_t at = place_of(head) & mask; !from.named[at].key.empty(); at = (at + 1) & mask) {
    const Step::Named& named = from.named[at];
    const bool may_be = named.head == head && named.key.size() == key.size();
    if (may_be && is_tail_equal(named.key.data(), key.data(), key.size())) {
      return step(named.step);
    }
  }
  return step(from.any);
}

const FieldSteps::Step* FieldSteps::below(const Step& from, std::size_t index) const {
  return from.indexed ? below(from, std::to_string(index)) : step(from.any);
}

}  // namespace telephony
