#include "telephony_exporter/catalog/reading.h"

#include "telephony_exporter/catalog/text.h"

namespace telephony {

const FieldTree* FieldTree::child(std::string_view record_key) const {
  const FieldTree* any = nullptr;
  for (const FieldTree& candidate : children) {
    if (equal_ignoring_case(candidate.key, record_key)) return &candidate;
    if (candidate.key == "*") any = &candidate;
  }
  return any;
}

}  // namespace telephony
