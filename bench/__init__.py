"""What script/bench does: measure the exporter beside its rivals, and write docs/performance.md from the measurements."""
