// The parts of a catalog file; see docs/adding-a-provider.md for the format.
#pragma once

#include "telephony_exporter/catalog/catalog.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {

class Locations;

/// How many files an `include` may lead through.
inline constexpr int kIncludeDepth = 4;

/// Where `include` takes files from.
struct Includes {
  CatalogFiles& files;
  int depth = 0;  ///< of the file that includes
};

/// `code_spaces`: families, codes, and what they include.
std::deque<CodeSpace> load_code_spaces(const Node& list, const Includes& includes);

/// One item of `include`: the families and entries of another file.
void include_codes(const Node& node, CodeSpace& space, const Includes& includes);
/// Once the space's own families are known.
void check_inclusion(const Node& node, const CodeSpace& space);

/// One item of `families`; what it is like, if it says so, is for resolve_likes.
Family load_family(const Node& node, const CodeSpace& space);

/// Copies to the families that are `like` a code what is known of that code.
void resolve_likes(const Node& families, CodeSpace& space);

Retry load_retry(const Node& node);

/// `outcomes`, `records`, `events`, `layouts`, `lines`, `reason_protocols` and `no_error`.
Reading load_reading(const Node& root, const std::deque<CodeSpace>& spaces);

/// `call`, `legs` and `occurred` of one item of `events`.
void load_call_reading(const Node& node, Locations& locations, EventRule& rule);

/// `outcomes`: which words and codes end a session, and how.
std::vector<Status> load_statuses(const Node& node);

/// How text lines are read: `layouts`, `lines` and `reason_protocols`, once the fields of `events` are known.
void load_text_reading(const Node& root, const std::deque<CodeSpace>& spaces, Reading& reading);

/// Gives each sign of the layouts and lines a needle, so few that together they are the cheapest to look for.
void choose_needles(Reading& reading);

/// The name of a numbering that some space includes.
std::string load_numbering(const Node& node, const std::deque<CodeSpace>& spaces);

/// The unescaped segments of a JSON pointer (RFC 6901), lower-cased.
std::vector<std::string> pointer_segments(const Node& node, const std::string& pointer);

/// `signatures`: what a configuration may call by name.
std::vector<SignaturePreset> load_signatures(const Node& list);

}  // namespace telephony
