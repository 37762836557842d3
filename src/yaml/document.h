// Files as whole YAML documents, checked before yaml-cpp builds nodes of them.
#pragma once

#include <yaml-cpp/mark.h>

#include <string>

namespace telephony {

/// "file:line:column", counted from 1.
std::string yaml_place(const std::string& file, const YAML::Mark& mark);

/// Throws ConfigError for what can't be read or is too large.
std::string read_document(const std::string& file);

/// Throws ConfigError unless the text is one document that is not nested too deep; YAML::Exception where it
/// is no YAML.
void check_document(const std::string& text, const std::string& file);

}  // namespace telephony
