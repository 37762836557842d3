#include "catalog/load.h"

namespace telephony {

Retry load_retry(const Node& node) {
  Retry retry;
  if (node.is_scalar()) {
    retry.kind = static_cast<RetryClass>(node.choice(kRetryClassNames));
    if (retry.kind == RetryClass::backoff || retry.kind == RetryClass::later) {
      node.fail("'" + node.text() + "' needs times: {class: " + node.text() + ", base: 30s, max: 10m}");
    }
    return retry;
  }
  node.expect_keys({"class", "base", "max"});
  retry.kind = static_cast<RetryClass>(node.at("class").choice(kRetryClassNames));
  if (retry.kind != RetryClass::backoff && retry.kind != RetryClass::later) {
    node.fail("only backoff and later have times; write 'retry: " + node.at("class").text() + "'");
  }
  retry.base = node.at("base").duration();
  retry.max = node.at("max").duration();
  if (retry.base.count() == 0) node.at("base").fail("must be 1s or more");
  if (retry.max < retry.base) node.at("max").fail("must not be less than base");
  return retry;
}

Family load_family(const Node& node, const CodeSpace& space) {
  node.expect_keys({"name", "title", "pattern", "numbering", "counts", "unlisted"});
  Family family;
  family.name = node.at("name").slug();
  if (family.name == kUnknownFamily) node.at("name").fail("'unknown' is the family of codes that have none");
  family.title = node.at("title").text();
  if (const auto numbering = node.find("numbering")) family.numbering = numbering->slug();
  for (const Family& other : space.families) {
    if (other.name == family.name)
      node.at("name").fail("family '" + family.name + "' is here twice; an included one counts too");
  }
  if (const auto pattern = node.find("pattern")) {
    family.pattern = CodePattern::parse(pattern->text());
    if (!family.pattern)
      pattern->fail("'" + pattern->text() + "' is no pattern; write digits and x, as in 11xx, or 32-47");
    for (const Family& other : space.families) {
      if (other.pattern && other.numbering == family.numbering &&
          other.pattern->literals() == family.pattern->literals() &&
          other.pattern->overlaps(*family.pattern)) {
        pattern->fail("pattern '" + pattern->text() + "' overlaps '" + other.pattern->text() +
                      "' of family '" + other.name +
                      "' and has as many digits; a code falls into one family");
      }
    }
  }
  Entry& entry = family.unlisted;
  entry.code = kUnlisted;
  entry.reason = kUnlisted;
  entry.family = family.name;
  if (const auto counts = node.find("counts")) entry.counts = counts->boolean();
  const Node defaults = node.at("unlisted");
  entry.message = "A code that the catalog does not list: " + family.title;
  entry.meaning = "The provider sent a code of this family that this catalog does not know.";
  entry.remedy = kUnlistedRemedy;
  if (defaults.find("like")) return family;  // resolved when the codes are known
  defaults.expect_keys({"category", "severity", "retry"});
  entry.category = static_cast<Category>(defaults.at("category").choice(kCategoryNames));
  entry.severity = static_cast<Severity>(defaults.at("severity").choice(kSeverityNames));
  entry.retry = load_retry(defaults.at("retry"));
  return family;
}

namespace {

const Entry* listed(const CodeSpace& space, const Family& family, std::string_view code) {
  const Entry* found = nullptr;
  for (const Entry& entry : space.entries) {
    const bool fits = entry.code == code && entry.numbering == family.numbering;
    if (fits && (found == nullptr || entry.preferred)) found = &entry;
  }
  return found;
}

}  // namespace

void resolve_likes(const Node& families, CodeSpace& space) {
  for (const Node& node : families.items()) {
    const auto like = node.at("unlisted").find("like");
    if (!like) continue;
    node.at("unlisted").expect_keys({"like"});
    for (Family& family : space.families) {
      if (family.name != node.at("name").text()) continue;
      const Entry* model = listed(space, family, like->text());
      if (model == nullptr)
        like->fail("code '" + like->text() + "' is not listed, so nothing can be like it");
      family.unlisted.category = model->category;
      family.unlisted.severity = model->severity;
      family.unlisted.retry = model->retry;
      family.unlisted.meaning += " It is taken for " + model->code + ": " + model->meaning;
    }
  }
}

}  // namespace telephony
