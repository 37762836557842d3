"""Programs that do the same work as the exporter; what they count is verified before their speed is believed."""
