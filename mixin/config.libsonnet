{
  _config+:: {
    // In front of the links to dashboards: the address of Grafana.
    grafanaUrl: '',
    // In front of the links to runbooks: where you serve this repository's files.
    runbookUrl: '',
    // Which part of the sessions may end with an error.
    errorBudget: '0.02',
    // Alerts that are left out, by name.
    without: [],
  },
}
