// Comma-separated values (RFC 4180), one line a row.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace telephony {

/// Gives a row's cells one by one. Views point into the row or, where quotes were doubled, into `buffer`,
/// which must have room for the row.
class CsvRow {
 public:
  CsvRow(std::string_view row, char separator, std::string& buffer)
      : rest_(row), separator_(separator), buffer_(buffer) {}

  /// Nullopt behind the last cell.
  std::optional<std::string_view> next();

 private:
  std::string_view quoted();

  std::string_view rest_;
  char separator_;
  std::string& buffer_;
  bool done_ = false;
};

}  // namespace telephony
