// One bad file for each mistake that an operator can make, and the exact message that he gets.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/source/ingest_server.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

struct BadFile {
  const char* file;
  const char* message;
};

// clang-format off
const BadFile kBadFiles[] = {
    {"catalog_a_list",
     "catalog_a_list.yml:1:1: expected a mapping, found a list"},
    {"catalog_backoff_bad_duration",
     "catalog_backoff_bad_duration.yml:11:121: '2 minutes' is no duration; write a number and s, m, h or d, as in 30s"},
    {"catalog_backoff_base_0",
     "catalog_backoff_base_0.yml:11:123: must be 1s or more"},
    {"catalog_backoff_max_below_base",
     "catalog_backoff_max_below_base.yml:11:130: must not be less than base"},
    {"catalog_backoff_without_times",
     "catalog_backoff_without_times.yml:11:100: 'backoff' needs times: {class: backoff, base: 30s, max: 10m}"},
    {"catalog_bad_code",
     "catalog_bad_code.yml:11:16: '1 or 2' is no code; use up to 64 printable characters without spaces"},
    {"catalog_bad_indent",
     "catalog_bad_indent.yml:2:8: is not YAML: illegal map value"},
    {"catalog_bad_pattern",
     "catalog_bad_pattern.yml:9:35: '1XX' is no pattern; write digits and x, as in 11xx, or 32-47"},
    {"catalog_bad_provider",
     "catalog_bad_provider.yml:1:11: 'Acme Inc' is no name; use a-z, 0-9 and _"},
    {"catalog_bad_reason",
     "catalog_bad_reason.yml:11:29: 'Full-Up' is no name; use a-z, 0-9 and _"},
    {"catalog_code_in_another_family",
     "catalog_code_in_another_family.yml:12:45: code '200' falls into family 'other' by its pattern '2xx', not into 'capacity'"},
    {"catalog_code_in_no_family_of_its_pattern",
     "catalog_code_in_no_family_of_its_pattern.yml:12:45: code '200' falls into family 'other' by its pattern '2xx', not into 'capacity'"},
    {"catalog_code_neither_line_nor_reason",
     "catalog_code_neither_line_nor_reason.yml:14:37: expected {line: FIELD}, {reason: FIELD} or {field: FIELD, ...}"},
    {"catalog_codes_is_a_mapping",
     "catalog_codes_is_a_mapping.yml:10:12: expected a list, found a mapping"},
    {"catalog_comment_only",
     "catalog_comment_only.yml:1:1: is empty"},
    {"catalog_counts_no_boolean",
     "catalog_counts_no_boolean.yml:9:34: 'no' is neither true nor false"},
    {"catalog_dedup_without_id",
     "catalog_dedup_without_id.yml:14:37: key 'id' is missing"},
    {"catalog_duplicate_code",
     "catalog_duplicate_code.yml:13:9: code '1' is here twice with message 'full (again)'; only different words can tell its meanings apart"},
    {"catalog_duplicate_code_and_reason",
     "catalog_duplicate_code_and_reason.yml:13:9: code '1' is here twice with reason 'full'; remove one of them, or give each meaning a reason of its own"},
    {"catalog_duplicate_code_as_alias",
     "catalog_duplicate_code_as_alias.yml:13:9: alias '1' is the code of another entry"},
    {"catalog_duplicate_key",
     "catalog_duplicate_key.yml:12:62: key 'reason' is here twice"},
    {"catalog_empty",
     "catalog_empty.yml:1:1: is empty"},
    {"catalog_family_twice",
     "catalog_family_twice.yml:10:16: family 'capacity' is here twice; an included one counts too"},
    {"catalog_header_without_name",
     "catalog_header_without_name.yml:14:25: 'header:' names no header"},
    {"catalog_include_itself",
     "catalog_include_itself.yml:8:15: includes lead too deep; does a file include itself?"},
    {"catalog_include_missing",
     "catalog_include_missing.yml:8:15: there is no file 'nowhere.yml'"},
    {"catalog_include_same_family",
     "catalog_include_same_family.yml:10:16: family 'capacity' is here twice; an included one counts too"},
    {"catalog_include_two_spaces",
     "catalog_include_two_spaces.yml:8:15: only a catalog with one code space can be included"},
    {"catalog_kind_twice",
     "catalog_kind_twice.yml:15:12: kind 'call' is here twice"},
    {"catalog_line_capture_first",
     "catalog_line_capture_first.yml:14:26: '{code} error' is no line pattern: a capture must follow a literal text"},
    {"catalog_line_captures_nothing",
     "catalog_line_captures_nothing.yml:14:26: 'error {}' is no line pattern: captures neither a code nor a text"},
    {"catalog_line_captures_side_by_side",
     "catalog_line_captures_side_by_side.yml:14:26: 'error {code}{text}' is no line pattern: a capture must follow a literal text"},
    {"catalog_line_not_closed",
     "catalog_line_not_closed.yml:14:26: 'error {code' is no line pattern: '{' is not closed"},
    {"catalog_line_unknown_capture",
     "catalog_line_unknown_capture.yml:14:26: 'error {number}' is no line pattern: unknown capture '{number}'; expected {code}, {word}, {text}, {reason}, {id}, {account} or {}"},
    {"catalog_missing_key",
     "catalog_missing_key.yml:11:9: key 'remedy' is missing"},
    {"catalog_missing_source",
     "catalog_missing_source.yml:10:9: key 'source' is missing, here and in the code space"},
    {"catalog_misspelt_key",
     "catalog_misspelt_key.yml:11:21: unknown key 'raeson'; did you mean 'reason'?"},
    {"catalog_never_with_times",
     "catalog_never_with_times.yml:11:100: only backoff and later have times; write 'retry: never'"},
    {"catalog_no_codes",
     "catalog_no_codes.yml:10:12: lists no code; a code space needs at least one"},
    {"catalog_no_spaces",
     "catalog_no_spaces.yml:3:14: lists no code space; a catalog needs at least one"},
    {"catalog_not_yaml",
     "catalog_not_yaml.yml:3:12: is not YAML: end of sequence flow not found"},
    {"catalog_overlapping_patterns",
     "catalog_overlapping_patterns.yml:10:32: pattern 'x1x' overlaps '1xx' of family 'capacity' and has as many digits; a code falls into one family"},
    {"catalog_pointer_bad_escape",
     "catalog_pointer_bad_escape.yml:14:25: '/a~2b' is no JSON pointer; after '~' must come 0 or 1"},
    {"catalog_pointer_empty_segment",
     "catalog_pointer_empty_segment.yml:14:25: '/a//b' is no JSON pointer; a segment is empty"},
    {"catalog_pointer_without_slash",
     "catalog_pointer_without_slash.yml:14:25: 'status' is no JSON pointer; it must start with '/'"},
    {"catalog_product_in_two_spaces",
     "catalog_product_in_two_spaces.yml:14:15: product 'voice' already uses code space 'voice'; a product uses one"},
    {"catalog_product_of_no_space",
     "catalog_product_of_no_space.yml:14:29: no code space has a product 'fax'"},
    {"catalog_records_with_star",
     "catalog_records_with_star.yml:13:11: '/calls/*' must name one array; '*' can stand in fields only"},
    {"catalog_reserved_code",
     "catalog_reserved_code.yml:11:16: 'unlisted' is what codes that are not listed count as"},
    {"catalog_reserved_family",
     "catalog_reserved_family.yml:9:16: 'unknown' is the family of codes that have none"},
    {"catalog_reserved_reason",
     "catalog_reserved_reason.yml:11:29: 'unlisted' is the reason of codes that are not listed"},
    {"catalog_several_entries_no_default",
     "catalog_several_entries_no_default.yml:13:9: code '1' has 2 entries, of which 0 say 'default: true'; exactly one must"},
    {"catalog_signature_bad_name",
     "catalog_signature_bad_name.yml:14:12: 'Acme V2' is no name; use a-z, 0-9 and _"},
    {"catalog_signature_twice",
     "catalog_signature_twice.yml:15:12: signature 'acme' is here twice"},
    {"catalog_signature_two_schemes",
     "catalog_signature_two_schemes.yml:14:5: a signature has a name and one of hmac, ed25519, jwt_hs256 and standard_webhooks"},
    {"catalog_signature_unknown_scheme",
     "catalog_signature_unknown_scheme.yml:14:18: unknown key 'hmacs'; did you mean 'hmac'?"},
    {"catalog_signature_with_secrets",
     "catalog_signature_with_secrets.yml:14:30: unknown key 'secrets'; expected one of: issuer, tolerance"},
    {"catalog_signature_without_scheme",
     "catalog_signature_without_scheme.yml:14:5: a signature has a name and one of hmac, ed25519, jwt_hs256 and standard_webhooks"},
    {"catalog_space_twice",
     "catalog_space_twice.yml:13:11: code space 'voice' is here twice"},
    {"catalog_status_twice",
     "catalog_status_twice.yml:13:35: status 'BUSY' is here twice"},
    {"catalog_title_is_a_list",
     "catalog_title_is_a_list.yml:2:8: expected a text, found a list"},
    {"catalog_title_is_empty",
     "catalog_title_is_empty.yml:2:8: expected a text, found an empty one"},
    {"catalog_title_is_nothing",
     "catalog_title_is_nothing.yml:3:1: expected a text, found nothing"},
    {"catalog_too_deep",
     "catalog_too_deep.yml:1:42: is nested deeper than 32 levels"},
    {"catalog_two_defaults",
     "catalog_two_defaults.yml:13:9: code '1' has 2 entries, of which 2 say 'default: true'; exactly one must"},
    {"catalog_two_documents",
     "catalog_two_documents.yml:3:1: a second document starts here; one file holds one"},
    {"catalog_unknown_category",
     "catalog_unknown_category.yml:11:63: 'network' is not allowed here; expected one of: capacity, connectivity, platform, authorization, caller_identity, policy, destination, user, request, media, expiry, provisioning, normal, unknown"},
    {"catalog_unknown_family",
     "catalog_unknown_family.yml:11:43: 'capacty' is not allowed here; did you mean 'capacity'?"},
    {"catalog_unknown_key",
     "catalog_unknown_key.yml:12:62: unknown key 'colour'; expected one of: code, reason, family, category, severity, retry, message, meaning, remedy, source, default, counts, aliases"},
    {"catalog_unknown_outcome",
     "catalog_unknown_outcome.yml:13:12: unknown key 'complete'; did you mean 'completed'?"},
    {"catalog_unknown_retry",
     "catalog_unknown_retry.yml:11:100: 'sometimes' is not allowed here; expected one of: never, after_fix, immediate, backoff, later"},
    {"catalog_unknown_severity",
     "catalog_unknown_severity.yml:11:83: 'critcal' is not allowed here; did you mean 'critical'?"},
    {"catalog_account_with_numbering",
     "catalog_account_with_numbering.yml:14:52: unknown key 'numbering'; expected one of: field, after, before"},
    {"catalog_code_counts_no_boolean",
     "catalog_code_counts_no_boolean.yml:12:18: '0' is neither true nor false"},
    {"catalog_field_and_line",
     "catalog_field_and_line.yml:14:49: unknown key 'line'; expected one of: field, after, before, numbering"},
    {"catalog_include_bad_numbering",
     "catalog_include_bad_numbering.yml:8:51: 'Q.850' is no name; use a-z, 0-9 and _"},
    {"catalog_include_offset_0",
     "catalog_include_offset_0.yml:8:48: '0' is no whole number of 1 or more"},
    {"catalog_include_offset_large",
     "catalog_include_offset_large.yml:8:48: '1000000001' is more than 1000000000"},
    {"catalog_include_offset_no_pattern",
     "catalog_include_offset_no_pattern.yml:8:22: pattern '4xx' plus 31500 is no pattern"},
    {"catalog_include_offset_of_words",
     "catalog_include_offset_of_words.yml:8:22: code 'FULL' is no number, so no offset can be added"},
    {"catalog_include_twice",
     "catalog_include_twice.yml:8:40: family 'capacity' is included twice; a space has each once"},
    {"catalog_include_unknown_family",
     "catalog_include_unknown_family.yml:8:48: no family 'nobody' is in this space"},
    {"catalog_include_without_file",
     "catalog_include_without_file.yml:8:15: key 'file' is missing"},
    {"catalog_layout_columns_of_logfmt",
     "catalog_layout_columns_of_logfmt.yml:15:33: only csv has columns"},
    {"catalog_layout_csv_long_separator",
     "catalog_layout_csv_long_separator.yml:15:32: cells are separated by one character"},
    {"catalog_layout_csv_without_columns",
     "catalog_layout_csv_without_columns.yml:15:11: csv needs 'columns'; a file with a header needs no layout"},
    {"catalog_layout_csv_without_fields",
     "catalog_layout_csv_without_fields.yml:15:30: names no field that an event is read from"},
    {"catalog_layout_equals_of_csv",
     "catalog_layout_equals_of_csv.yml:15:29: only pairs have 'equals'"},
    {"catalog_layout_json_without_after",
     "catalog_layout_json_without_after.yml:15:11: key 'after' is missing: a text that stands before the fields"},
    {"catalog_layout_pairs_without_after",
     "catalog_layout_pairs_without_after.yml:15:11: key 'after' is missing: a text that stands before the fields"},
    {"catalog_layout_separator_of_json",
     "catalog_layout_separator_of_json.yml:15:47: only pairs and csv have a separator"},
    {"catalog_layout_unknown",
     "catalog_layout_unknown.yml:15:16: 'xml' is not allowed here; expected one of: pairs, logfmt, json, csv"},
    {"catalog_like_and_more",
     "catalog_like_and_more.yml:9:65: unknown key 'retry'; expected one of: like"},
    {"catalog_like_not_listed",
     "catalog_like_not_listed.yml:9:60: code '400' is not listed, so nothing can be like it"},
    {"catalog_line_with_numbering",
     "catalog_line_with_numbering.yml:14:37: only {field: ...} has further keys"},
    {"catalog_numbering_unknown",
     "catalog_numbering_unknown.yml:15:57: no code space includes a numbering 'q850'"},
    {"catalog_percent_encoded_no_boolean",
     "catalog_percent_encoded_no_boolean.yml:14:47: 'url' is neither true nor false"},
    {"catalog_protocol_twice",
     "catalog_protocol_twice.yml:15:25: protocol 'sip' is here twice"},
    {"catalog_protocol_without_numbering",
     "catalog_protocol_without_numbering.yml:15:20: key 'numbering' is missing"},
    {"catalog_range_backwards",
     "catalog_range_backwards.yml:9:52: '47-32' is no pattern; write digits and x, as in 11xx, or 32-47"},
    {"catalog_range_overlaps",
     "catalog_range_overlaps.yml:10:49: pattern '31-40' overlaps '1-31' of family 'capacity' and has as many digits; a code falls into one family"},
    {"catalog_status_pattern_twice",
     "catalog_status_pattern_twice.yml:15:41: status '40x' is here twice"},
    {"catalog_two_numberings_one_counter",
     "catalog_two_numberings_one_counter.yml:12:7: code '1' with reason 'full' is in two numberings of this space, and could not be told apart"},
    {"catalog_when_equals_nothing",
     "catalog_when_equals_nothing.yml:14:44: names no value; list at least one"},
    {"catalog_when_empty",
     "catalog_when_empty.yml:14:24: names no field; list at least one"},
    {"config_allow_an_address",
     "config_allow_an_address.yml:3:95: '192.0.2.7' is an address without the length of its network; write 192.0.2.7/32 for this address alone"},
    {"config_allow_empty",
     "config_allow_empty.yml:3:94: names no network, so nobody could deliver; list at least one"},
    {"config_allow_host_bits",
     "config_allow_host_bits.yml:3:95: '192.0.2.7/24' has address bits behind the first 24; write 192.0.2.0/24 for the network, or 192.0.2.7/32 for the address alone"},
    {"config_allow_long_prefix",
     "config_allow_long_prefix.yml:3:95: '192.0.2.0/33' is no network; behind the slash stands a number from 0 to 32"},
    {"config_allow_no_network",
     "config_allow_no_network.yml:3:95: 'example.com' is no network; write ADDRESS/BITS, as in 192.0.2.0/24 or 2001:db8::/32"},
    {"config_allow_other",
     "config_allow_other.yml:2:26: 'other' stands for the accounts that have no series of their own"},
    {"config_allow_provider_twice",
     "config_allow_provider_twice.yml:2:31: provider 'acme' is here twice"},
    {"config_allow_unknown_provider",
     "config_allow_unknown_provider.yml:2:20: no file under 'providers' describes provider 'acne'"},
    {"config_auth_empty",
     "config_auth_empty.yml:3:81: a webhook has one scheme; several secrets can stand in it"},
    {"config_auth_two_schemes",
     "config_auth_two_schemes.yml:3:81: a webhook has one scheme; several secrets can stand in it"},
    {"config_bad_duration",
     "config_bad_duration.yml:2:30: '96' is no duration; write a number and s, m, h or d, as in 30s"},
    {"config_bad_number",
     "config_bad_number.yml:2:17: 'many' is no whole number of 1 or more"},
    {"config_bad_source_name",
     "config_bad_source_name.yml:3:12: 'Calls!' is no name; use a-z, 0-9, - and _"},
    {"config_basic_password_in_the_file",
     "config_basic_password_in_the_file.yml:3:109: a secret does not stand here itself; write {env: NAME} or {file: PATH}"},
    {"config_basic_user_with_colon",
     "config_basic_user_with_colon.yml:3:96: a user name of Basic has no colon (RFC 7617)"},
    {"config_basic_without_user",
     "config_basic_without_user.yml:3:89: key 'user' is missing"},
    {"config_bearer_misspelt_key",
     "config_bearer_misspelt_key.yml:3:91: unknown key 'secret'; did you mean 'secrets'?"},
    {"config_ed25519_bad_key",
     "config_ed25519_bad_key.yml:3:143: this is no public key of Ed25519; it has 32 bytes, written as base64 or in lower-case hex"},
    {"config_ed25519_without_timestamp",
     "config_ed25519_without_timestamp.yml:3:91: key 'timestamp_header' is missing"},
    {"config_file_unknown_start",
     "config_file_unknown_start.yml:3:94: 'now' is not allowed here; expected one of: beginning, end"},
    {"config_file_without_paths",
     "config_file_without_paths.yml:3:65: names no file; list at least one path"},
    {"config_hmac_bad_header",
     "config_hmac_bad_header.yml:3:130: 'X Sig' is no name of a header; use letters, digits and -"},
    {"config_hmac_field_empty",
     "config_hmac_field_empty.yml:3:155: names no field; list at least one"},
    {"config_hmac_field_no_pointer",
     "config_hmac_field_no_pointer.yml:3:156: 'call_id' is no JSON pointer; it must start with '/'"},
    {"config_hmac_field_with_star",
     "config_hmac_field_with_star.yml:3:156: '/calls/*/id' must name one field; a signature covers no '*'"},
    {"config_hmac_no_header",
     "config_hmac_no_header.yml:3:129: names no header; list at least one"},
    {"config_hmac_no_secrets",
     "config_hmac_no_secrets.yml:3:162: names no secret; list at least one {env: NAME} or {file: PATH}"},
    {"config_hmac_two_contents",
     "config_hmac_two_contents.yml:3:147: one thing is signed: write one of timestamp_and_body, url_form_and_nonce and field"},
    {"config_hmac_unknown_content",
     "config_hmac_unknown_content.yml:3:147: 'boddy' is not allowed here; did you mean 'body'?"},
    {"config_hmac_unknown_digest",
     "config_hmac_unknown_digest.yml:3:97: 'md5' is not allowed here; expected one of: sha1, sha256, sha512"},
    {"config_hmac_unknown_encoding",
     "config_hmac_unknown_encoding.yml:3:115: 'base32' is not allowed here; did you mean 'base64'?"},
    {"config_hmac_without_content",
     "config_hmac_without_content.yml:3:88: key 'content' is missing"},
    {"config_ingest_bad_proxy",
     "config_ingest_bad_proxy.yml:2:28: '10.0.0.1/8' has address bits behind the first 8; write 10.0.0.0/8 for the network, or 10.0.0.1/32 for the address alone"},
    {"config_ingest_bad_public_url",
     "config_ingest_bad_public_url.yml:2:22: 'example.com' is no public URL; write https://HOST, https://HOST:PORT or https://HOST/PREFIX, without a slash at the end"},
    {"config_ingest_unknown_key",
     "config_ingest_unknown_key.yml:2:10: unknown key 'trusted_proxy'; expected one of: trusted_proxies, public_url, tls_server_config"},
    {"config_long_duration",
     "config_long_duration.yml:2:30: '99999d' is longer than 100 years"},
    {"config_misspelt_key",
     "config_misspelt_key.yml:2:1: unknown key 'souces'; did you mean 'sources'?"},
    {"config_neither_webhook_nor_file",
     "config_neither_webhook_nor_file.yml:3:5: a source has one of 'webhook', 'file' and 'stdin'"},
    {"config_no_auth_outside_loopback",
     "config_no_auth_outside_loopback.yml:3:12: source 'calls' has no 'auth', and ingest address '0.0.0.0:10066' can be reached from other hosts; add 'auth', or 'auth: none' to accept anybody"},
    {"config_no_providers_key",
     "config_no_providers_key.yml:1:1: key 'providers' is missing"},
    {"config_no_secrets",
     "config_no_secrets.yml:3:100: names no secret; list at least one {env: NAME} or {file: PATH}"},
    {"config_no_sources",
     "config_no_sources.yml:2:10: lists no source; without one nothing can be counted"},
    {"config_number_0",
     "config_number_0.yml:2:29: '0' is no whole number of 1 or more"},
    {"config_path_twice",
     "config_path_twice.yml:4:67: path '/calls' is here twice"},
    {"config_path_with_query",
     "config_path_with_query.yml:3:67: '/calls?key=1' is no path; start with '/' and use letters, digits and / - _ . ~"},
    {"config_path_without_slash",
     "config_path_without_slash.yml:3:67: 'calls' is no path; start with '/' and use letters, digits and / - _ . ~"},
    {"config_preset_and_scheme",
     "config_preset_and_scheme.yml:3:99: unknown key 'bearer'; expected one of: preset, secrets"},
    {"config_preset_none",
     "config_preset_none.yml:3:90: provider 'acme' has no signature 'acme_v2'; its catalog names none"},
    {"config_preset_unknown",
     "config_preset_unknown.yml:3:90: provider 'acme' has no signature 'acme_v1'; it has: acme_v2"},
    {"config_provider_file_broken",
     "catalog_unknown_severity.yml:11:83: 'critcal' is not allowed here; did you mean 'critical'?"},
    {"config_provider_file_missing",
     "config_provider_file_missing.yml:1:13: there is no file 'support/nowhere.yml'"},
    {"config_provider_twice",
     "config_provider_twice.yml:1:31: provider 'acme' is described twice"},
    {"config_public_url_with_slash",
     "config_public_url_with_slash.yml:3:99: 'https://example.com/' is no public URL; write https://HOST, https://HOST:PORT or https://HOST/PREFIX, without a slash at the end"},
    {"config_secret_blank",
     "config_secret_blank.yml:3:108: secret file 'support/blank_secret' is empty"},
    {"config_secret_env_and_file",
     "config_secret_env_and_file.yml:3:101: expected {env: NAME} or {file: PATH}"},
    {"config_secret_env_not_set",
     "config_secret_env_not_set.yml:3:107: environment variable 'TELEPHONY_TEST_NOT_SET' is not set"},
    {"config_secret_file_empty",
     "config_secret_file_empty.yml:3:108: secret file 'support/empty_secret' is empty"},
    {"config_secret_file_missing",
     "config_secret_file_missing.yml:3:108: secret file 'support/nowhere' cannot be read"},
    {"config_secret_in_the_file",
     "config_secret_in_the_file.yml:3:101: a secret does not stand here itself; write {env: NAME} or {file: PATH}"},
    {"config_source_twice",
     "config_source_twice.yml:4:12: source 'calls' is here twice"},
    {"config_tolerance_0",
     "config_tolerance_0.yml:3:105: must be 1s or more"},
    {"config_tolerance_no_unit",
     "config_tolerance_no_unit.yml:3:105: '300' is no duration; write a number and s, m, h or d, as in 30s"},
    {"config_stdin_twice",
     "config_stdin_twice.yml:4:58: source 'pipe' reads standard input already"},
    {"config_stdin_unknown_format",
     "config_stdin_unknown_format.yml:3:66: 'xml' is not allowed here; expected one of: text, csv"},
    {"config_tls_cert_file_missing",
     "config_tls_cert_file_missing.yml:2:41: 'support/nowhere.pem' cannot be read"},
    {"config_tls_cert_file_without_certificate",
     "config_tls_cert_file_without_certificate.yml:2:41: 'support/no_key.pem' holds no certificate that can be used: no start line"},
    {"config_tls_client_ca_without_type",
     "config_tls_client_ca_without_type.yml:2:103: needs a client_auth_type that asks for certificates, as RequireAndVerifyClientCert"},
    {"config_tls_client_type_without_ca",
     "config_tls_client_type_without_ca.yml:2:105: 'RequireAndVerifyClientCert' needs a client_ca_file to verify by"},
    {"config_tls_key_file_missing",
     "config_tls_key_file_missing.yml:2:69: 'support/nowhere.pem' cannot be read"},
    {"config_tls_key_file_without_key",
     "config_tls_key_file_without_key.yml:2:69: 'support/no_key.pem' holds no key that can be used: unsupported"},
    {"config_tls_misspelt_key",
     "config_tls_misspelt_key.yml:2:87: unknown key 'client_ca'; expected one of: cert_file, key_file, client_ca_file, client_auth_type, min_version, max_version, cipher_suites"},
    {"config_tls_no_cipher",
     "config_tls_no_cipher.yml:2:102: names no cipher suite; list at least one"},
    {"config_tls_no_key_file",
     "config_tls_no_key_file.yml:2:29: key 'key_file' is missing"},
    {"config_tls_unknown_cipher",
     "config_tls_unknown_cipher.yml:2:103: 'TLS_RSA_WITH_RC4_128_SHA' is no cipher suite of TLS 1.2 with forward secrecy, as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
    {"config_tls_unknown_client_type",
     "config_tls_unknown_client_type.yml:2:105: 'VerifyClientCert' is not allowed here; expected one of: NoClientCert, RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven, RequireAndVerifyClientCert"},
    {"config_tls_unknown_version",
     "config_tls_unknown_version.yml:2:100: 'TLS11' is not allowed here; did you mean 'TLS12'?"},
    {"config_tls_versions_crossed",
     "config_tls_versions_crossed.yml:2:120: must not be less than min_version"},
    {"config_unknown_auth",
     "config_unknown_auth.yml:3:81: 'basic' is no scheme; write none, {header: ...} or another scheme in braces"},
    {"config_unknown_auth_scheme",
     "config_unknown_auth_scheme.yml:3:82: unknown key 'hedaer'; did you mean 'header'?"},
    {"config_unknown_product",
     "config_unknown_product.yml:3:44: provider 'acme' has no product 'fax'; it has: voice"},
    {"config_unknown_provider",
     "config_unknown_provider.yml:3:29: no file under 'providers' describes provider 'acne'"},
    {"config_unknown_sync",
     "config_unknown_sync.yml:2:17: 'fast' is not allowed here; expected one of: full, normal"},
    {"config_webhook_and_file",
     "config_webhook_and_file.yml:3:5: a source has one of 'webhook', 'file' and 'stdin'"},
    {"config_webhooks_key_empty",
     "config_webhooks_key_empty.yml:3:112: the secret is empty behind 'whsec_'"},
    {"config_webhooks_key_no_base64",
     "config_webhooks_key_no_base64.yml:3:112: the secret is no base64; store it as the sender shows it, with or without 'whsec_'"},
};
// clang-format on

const std::string kDirectory = SOURCE_DIRECTORY "/tests/testdata/invalid/";

/// What the file's loading throws, without the directory.
std::string message_of(const std::string& name) {
  const std::string file = kDirectory + name + ".yml";
  std::string message;
  try {
    if (name.starts_with("catalog_")) {
      CatalogFiles().load(file);
    } else {
      const auto settings = load_settings(file);
      require_auth(*settings, "0.0.0.0:10066");
      check_tls(*settings);
    }
    message = "no error";
  } catch (const ConfigError& e) {
    message = e.what();
  }
  for (auto at = message.find(kDirectory); at != message.npos; at = message.find(kDirectory)) {
    message.erase(at, kDirectory.size());
  }
  return message;
}

TEST(BadConfig, EachMistakeHasItsMessage) {
  unsetenv("TELEPHONY_TEST_NOT_SET");
  for (const BadFile& bad : kBadFiles) EXPECT_EQ(message_of(bad.file), bad.message);
}

TEST(BadConfig, EachFileIsInTheTable) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(kDirectory)) {
    if (entry.is_regular_file()) files.insert(entry.path().stem());
  }
  std::set<std::string> listed;
  for (const BadFile& bad : kBadFiles) listed.insert(bad.file);
  EXPECT_EQ(files, listed);
}

TEST(BadConfig, WhatIsBesideTheBadFilesIsGood) {
  EXPECT_NO_THROW(CatalogFiles().load(kDirectory + "support/acme.yml"));
  EXPECT_NO_THROW(CatalogFiles().load(kDirectory + "support/acme_again.yml"));
  EXPECT_NO_THROW(CatalogFiles().load(kDirectory + "support/signing.yml"));
  EXPECT_NO_THROW(CatalogFiles().load(kDirectory + "support/two_spaces.yml"));
  EXPECT_NO_THROW(CatalogFiles().load(kDirectory + "support/words.yml"));
  EXPECT_NO_THROW(CatalogFiles().load(kDirectory + "support/classes.yml"));
}

TEST(BadConfig, AMissingFileAndADirectoryAreNamed) {
  EXPECT_EQ(
      message_of("config_that_is_not_there"),
      "config_that_is_not_there.yml:1:1: cannot be read; does the file exist, and may this user read it?");
  try {
    load_settings(SOURCE_DIRECTORY "/tests");
    ADD_FAILURE() << "a directory was read";
  } catch (const ConfigError& e) {
    EXPECT_STREQ(e.what(), SOURCE_DIRECTORY "/tests:1:1: cannot be read; is it a file?");
  }
}

TEST(BadConfig, AWebhookNeedsAuthOutsideLoopbackOnly) {
  const auto settings = load_settings(kDirectory + "config_no_auth_outside_loopback.yml");
  for (const char* local : {"127.0.0.1:10066", "localhost:1", "[::1]:10066", "127.1.2.3:1"}) {
    EXPECT_NO_THROW(require_auth(*settings, local)) << local;
  }
  for (const char* open : {":10066", "0.0.0.0:10066", "[::]:10066", "192.0.2.7:10066"}) {
    EXPECT_THROW(require_auth(*settings, open), ConfigError) << open;
  }
}

}  // namespace
}  // namespace telephony
