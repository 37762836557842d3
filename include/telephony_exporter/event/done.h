// Who is told what became of a body.
#pragma once

#include <concepts>
#include <memory>
#include <utility>

#include "telephony_exporter/event/event.h"

namespace telephony {

/// A function whose copies share what it holds: one connection's serves all its requests, and to keep a copy
/// of it with each of them takes no memory.
class Done {
 public:
  Done() = default;
  template <std::invocable<const Receipt&> Call>
  requires(!std::same_as<Call, Done>) Done(Call call)
      : call_(std::make_shared<Holder<Call>>(std::move(call))) {}

  void operator()(const Receipt& receipt) const { call_->call(receipt); }
  explicit operator bool() const { return call_ != nullptr; }

 private:
  struct Callable {
    virtual ~Callable() = default;
    virtual void call(const Receipt& receipt) = 0;
  };
  template <typename Call>
  struct Holder final : Callable {
    explicit Holder(Call held) : function(std::move(held)) {}
    void call(const Receipt& receipt) override { function(receipt); }
    Call function;
  };

  std::shared_ptr<Callable> call_;
};

}  // namespace telephony
