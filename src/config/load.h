// The parts of a configuration file. All throw ConfigError.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {

/// The file that a node names, relative to the file that the node stands in.
inline std::string beside(const Node& node) {
  return (std::filesystem::path(node.file()).parent_path() / node.text()).string();
}

/// `accounts`; the catalogs are in the settings already.
void load_accounts(const Node& node, Settings& settings);

/// `trunks`; the accounts are in the settings already, and those that are named here join them.
void load_trunks(const Node& node, Settings& settings);

/// `ingest`.
void load_ingest(const Node& node, Settings& settings);

/// A list of networks, each ADDRESS/BITS.
std::vector<Cidr> load_networks(const Node& list);

/// https://host[:port][/prefix], as the path of a source is appended to it.
std::string load_public_url(const Node& node);

/// Who may send to a source: a list of networks that is not empty.
std::vector<Cidr> load_allow(const Node& list);

/// `syslog` of a source.
Syslog load_syslog(const Node& node, const Settings& settings);

/// One element of `sources`; its catalog is in the settings already.
Source load_source(const Node& node, const Settings& settings);

}  // namespace telephony
