#include "expose/retry_hint.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <random>

#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

constexpr std::array kParameters = {"provider", "product", "account", "code", "reason"};

/// The entry that is meant by a code: the one of this reason, or else the default of its meanings.
const std::uint32_t* meant(const CodeSpace& space, std::span<const std::uint32_t> entries,
                           std::string_view reason) {
  const std::uint32_t* found = nullptr;
  for (const std::uint32_t& i : entries) {
    const Entry& entry = space.entries[i];
    if (!entry.counts || (!reason.empty() && entry.reason != reason)) continue;
    if (found == nullptr || entry.preferred) found = &i;
  }
  return found;
}

const std::uint32_t* meant(const CodeSpace& space, std::string_view code, std::string_view reason) {
  for (const std::string_view numbering : space.numberings()) {
    const std::uint32_t* found = meant(space, space.with_code(code, numbering), reason);
    if (found != nullptr) return found;
  }
  return nullptr;
}

double to_microseconds(double seconds) { return std::round(seconds * 1000) / 1000; }

/// RFC 3339, in UTC.
std::string utc(WallTime time) {
  const auto since = std::chrono::ceil<std::chrono::milliseconds>(time.time_since_epoch());
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(since).count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, sizeof "YYYYYYYYYYY-MM-DDTHH:MM:SS"> day{};
  const std::size_t length = std::strftime(day.data(), day.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  const std::string fraction = std::to_string(1000 + since.count() % 1000).substr(1);
  return std::string(day.data(), length) + '.' + fraction + 'Z';
}

struct Found {
  HintTarget target;
  bool provider_is_known = false;
  int products = 0;  ///< that know the code
};

Found look(const Settings& settings, const HintTarget& asked, std::string_view code,
           std::string_view reason) {
  Found found{asked, false, 0};
  for (const ActiveStream& active : settings.streams) {
    const Stream& stream = settings.table.streams()[active.id];
    if (stream.provider != asked.provider) continue;
    found.provider_is_known = true;
    if (!asked.product.empty() && stream.product != asked.product) continue;
    const std::uint32_t* entry = meant(*active.space, code, reason);
    if (entry == nullptr) continue;
    ++found.products;
    found.target.product = stream.product;
    found.target.entry = &active.space->entries[*entry];
    found.target.series = (*active.series)[*entry];
  }
  return found;
}

}  // namespace

std::variant<HintTarget, Refusal> find_hint_target(const Settings& settings,
                                                   const std::function<std::string(const char*)>& parameter) {
  for (const char* name : kParameters) {
    if (parameter(name).size() > limits::kParameterBytes)
      return Refusal{400, "a parameter is longer than 64 bytes"};
  }
  const std::string code = parameter("code");
  const HintTarget asked{parameter("provider"), parameter("product"), parameter("account")};
  if (asked.provider.empty()) return Refusal{400, "the parameter `provider` is missing; /config lists them"};
  if (code.empty()) return Refusal{400, "the parameter `code` is missing: the code that the attempt got"};
  const Found found = look(settings, asked, code, parameter("reason"));
  if (!found.provider_is_known) {
    return Refusal{404, "no source of the configuration is of this provider; /config lists them"};
  }
  if (found.products == 0) {
    return Refusal{
        404,
        "no source of this provider and product can send this code as an error, or the code has no "
        "such reason; /api/v1/explain?code= says what catalogs know of it"};
  }
  if (found.products > 1) {
    return Refusal{400,
                   "several products of this provider know this code; say which by the parameter `product`"};
  }
  return found.target;
}

double any_share() {
  thread_local std::mt19937 random{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(random);
}

HintAnswer::HintAnswer(const HintTarget& target, const Hint& hint, WallTime now, double share) {
  const Entry& entry = *target.entry;
  data = {{"provider", target.provider}, {"product", target.product}, {"code", entry.code},
          {"reason", entry.reason},      {"allowed", hint.allowed},   {"class", name(entry.retry.kind)},
          {"advice", entry.remedy}};
  data["account"] = target.account.empty() ? nlohmann::json() : nlohmann::json(target.account);
  for (const char* wait : {"after_seconds", "spread_seconds", "wait_seconds", "not_before"})
    data[wait] = nullptr;
  if (!hint.allowed) return;
  const Seconds wait = hint.wait(share);
  data["after_seconds"] = to_microseconds(hint.after.count());
  data["spread_seconds"] = to_microseconds(hint.spread.count());
  data["wait_seconds"] = to_microseconds(wait.count());
  data["not_before"] = utc(now + std::chrono::duration_cast<WallTime::duration>(wait));
  retry_after = static_cast<long>(std::ceil(wait.count()));
}

}  // namespace telephony
