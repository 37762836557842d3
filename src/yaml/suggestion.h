// What a misspelt word was meant to be.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace telephony {

/// "; did you mean 'x'?" when one of the words is close enough to be meant, otherwise the list of them all.
std::string suggestion(const std::string& word, std::span<const std::string_view> words);

}  // namespace telephony
