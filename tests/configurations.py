"""The shipped examples of Prometheus and Alertmanager, with the ports of a test and short intervals."""

import yaml


def prometheus_configuration(root, directory, targets, alertmanager):
    configuration = yaml.safe_load((root / "config/prometheus/prometheus.example.yml").read_text())
    configuration["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    configuration["rule_files"] = [f"{root}/config/prometheus/{name}" for name in configuration["rule_files"]]
    configuration["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{alertmanager}"]
    configuration["scrape_configs"][0]["job_name"] = "any name"
    configuration["scrape_configs"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{port}" for port in targets]
    path = directory / "prometheus.yml"
    path.write_text(yaml.safe_dump(configuration))
    return path


def alertmanager_configuration(root, directory, webhook, mail):
    configuration = yaml.safe_load((root / "config/alertmanager/alertmanager.example.yml").read_text())

    def hurry(route):
        route.update(group_wait="0s", group_interval="1s", repeat_interval="1h")
        for inner in route.get("routes", []):
            hurry(inner)

    hurry(configuration["route"])
    configuration["global"]["smtp_smarthost"] = f"127.0.0.1:{mail}"
    configuration["templates"] = [f"{root}/config/alertmanager/{name}" for name in configuration["templates"]]
    for receiver in configuration["receivers"]:
        receiver["webhook_configs"] = [{"url": f"http://127.0.0.1:{webhook}/{receiver['name']}", "send_resolved": True}]
    path = directory / "alertmanager.yml"
    path.write_text(yaml.safe_dump(configuration))
    return path
