// The rules of config/prometheus/ and the dashboards as a monitoring mixin. Those files are the source; this adds what is yours.
(import 'config.libsonnet') + {
  local config = self._config,

  local linked(rule) =
    if !std.objectHas(rule, 'alert') then rule
    else rule {
      annotations+: {
        dashboard: config.grafanaUrl + super.dashboard,
        runbook_url: config.runbookUrl + super.runbook_url,
      },
    },

  local budgeted(rule) = rule { expr: std.strReplace(super.expr, ' / 0.02', ' / ' + config.errorBudget) },

  local wanted(rule) = !std.objectHas(rule, 'alert') || !std.member(config.without, rule.alert),

  local groups(text) = {
    groups: [
      group { rules: [linked(budgeted(rule)) for rule in group.rules if wanted(rule)] }
      for group in std.parseYaml(text).groups
    ],
  },

  prometheusRules+:: groups(importstr '../config/prometheus/telephony.rules.yml'),
  prometheusAlerts+:: groups(importstr '../config/prometheus/telephony.alerts.yml'),

  grafanaDashboards+:: {
    'telephony-overview.json': import '../dashboards/telephony-overview.json',
    'telephony-provider.json': import '../dashboards/telephony-provider.json',
    'telephony-exporter.json': import '../dashboards/telephony-exporter.json',
  },
}
