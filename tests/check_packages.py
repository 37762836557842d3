#!/usr/bin/env python3
"""Checks that what the scripts, the tests and CMake call is installed by script/bootstrap.

A tool or a library that this file does not know fails, so that whoever adds one says which package it is in.
"""

import pathlib
import re
import sys

# What a minimal Debian has, or what bash itself does.
ALWAYS_THERE = set(
    """
    [ [[ bash break case cat cd chmod command continue cp cut date declare dirname dpkg-query echo env eval exec exit export
    false find grep head id kill ln local ls mkdir mktemp mv nproc printf pwd read readonly return rm sed set setpriv shift
    shopt sleep sort source stat tail tar tee test timeout touch tr trap true uname uniq unset wait wc xargs
    """.split()
)
# sudo and apt-get are how bootstrap installs; it says so itself where they are missing.
BOOTSTRAP_ONLY = {"apt-get", "sudo"}

TOOLS = {
    "amtool": "prometheus-alertmanager",
    "callgrind_annotate": "valgrind",
    "ccache": "ccache",
    "clang++": "clang",
    "clang-format": "clang-format",
    "clang-tidy": "clang-tidy",
    "cmake": "cmake",
    "ctest": "cmake",
    "curl": "curl",
    "g++": "g++",
    "git": "git",
    "go": "golang-go",
    "grep": "grep",
    "jsonnet": "jsonnet",
    "jsonnetfmt": "jsonnet",
    "kamailio": "kamailio",
    "ninja": "ninja-build",
    "mawk": "mawk",
    "mtail": "mtail",
    "nginx": "nginx",
    "node": "npm",  # which depends on nodejs
    "npm": "npm",
    "perf": "linux-perf",
    "pkg-config": "pkg-config",
    "prometheus": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "promtool": "prometheus",
    "python3": "python3",
    "rsyslogd": "rsyslog",
    "shellcheck": "shellcheck",
    "sipp": "sip-tester",
    "valgrind": "valgrind",
    "wrk": "wrk",
    "yamllint": "yamllint",
}

# The others come with Kamailio itself.
KAMAILIO_MODULES = {"acc_json": "kamailio-extra-modules"}

# CMake packages, pkg-config modules, imported targets and Python modules.
LIBRARIES = {
    "Boost": "libboost1.81-dev",
    "CLI11": "libcli11-dev",
    "GTest": "libgtest-dev",
    "GTest::gmock": "libgmock-dev",
    "GTest::gmock_main": "libgmock-dev",
    "OpenSSL": "libssl-dev",
    "PkgConfig": "pkg-config",
    "Python3": "python3",
    "Threads": "g++",
    "ZLIB": "zlib1g-dev",
    "benchmark": "libbenchmark-dev",
    "cpp-httplib": "libcpp-httplib-dev",
    "libdeflate": "libdeflate-dev",
    "libsodium": "libsodium-dev",
    "nlohmann_json": "nlohmann-json3-dev",
    "prometheus-cpp": "prometheus-cpp-dev",
    "rapidcheck": "librapidcheck-dev",
    "simdjson": "libsimdjson-dev",
    "sqlite3": "libsqlite3-dev",
    "SQLite3": "libsqlite3-dev",
    "yaml-cpp": "libyaml-cpp-dev",
    "jsonschema": "python3-jsonschema",
    "prometheus_client": "python3-prometheus-client",
    "yaml": "python3-yaml",
}


def packages_of(bootstrap):
    """The packages of bootstrap's lists build=( ... ), demo=( ... ), test=( ... ) and bench=( ... )."""
    lists = re.findall(r"^(?:build|demo|test|bench)=\((.*?)^\)", bootstrap, re.MULTILINE | re.DOTALL)
    return {word for text in lists for word in text.split()}


def commands_of(script):
    """The first words of a bash script's commands; what is computed or a path is left out."""
    text = re.sub(r"<<-?\s*'?(\w+)'?(.*?)\n.*?^\t*\1$", r"\2", script, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"(^|\s)#.*", r"\1", text)
    text = text.replace("\\\n", " ")
    text = re.sub(r"^\w+=\((.*?)^\)", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"'[^']*'", "''", text)
    # What is substituted is a command of its own, inside quotes too.
    found, previous = [], None
    while previous != text:
        previous = text
        for inner in re.findall(r"\$\(([^()]*)\)", text):
            found += commands_of(inner)
        text = re.sub(r"\$\([^()]*\)", "X", text)
    text = re.sub(r'"[^"]*"', "''", text)
    functions = set(re.findall(r"^\s*(\w+)\(\)", text, re.MULTILINE))
    for piece in re.split(r"\|\||&&|[;|&\n{}()]", text):
        words = [word for word in piece.split() if not re.match(r"^\w+\+?=|^[<>!]|^\d?[<>]", word)]
        while words and words[0] in {"if", "then", "else", "elif", "while", "until", "do", "exec", "env", "time"}:
            words = words[1:]
        if words and words[0] == "xargs":
            found.append("xargs")
            words = [word for word in words[1:] if not word.startswith("-") and not re.match(r"^(\d+|''|X)$", word)]
        if not words or words[0] in {"for", "fi", "done", "esac", "case", "in"} | functions:
            continue
        if re.match(r"^[A-Za-z][\w.+-]*$|^\[\[?$", words[0]):
            found.append(words[0])
    return found


def tools_of_tests(source):
    """Programs that a test starts: the first of a list of words given to run() or Process, and all that have a path."""
    found = re.findall(r'"/usr/s?bin/([\w.+-]+)"', source) + re.findall(r'"/usr/bin/env", "([\w.+-]+)"', source)
    return found + [name.rsplit("/", 1)[-1] for name in re.findall(r'(?:\brun|\bProcess(?:\s+\w+)?|\w+_)\s*[({]+\s*"([^"]+)"', source)
            if name in TOOLS]


def libraries_of_cmake(text):
    text = re.sub(r"#.*", "", text)
    found = re.findall(r"find_package\(\s*([\w-]+)", text)
    for module in re.findall(r"pkg_check_modules\(\s*\w+([^)]*)\)", text):
        found += [re.split(r"[<>=]", word)[0] for word in module.split() if word not in {"REQUIRED", "IMPORTED_TARGET", "QUIET"}]
    return found + [target for target in re.findall(r"\bGTest::\w+", text) if target in LIBRARIES]


def tools_of_cmake(text):
    text = re.sub(r"#.*", "", text)
    found = re.findall(r"find_program\(\s*\w+\s+([\w+.-]+)", text)
    commands = re.findall(r"\bCOMMAND\s+([\w+.-]+)(?=[\s)])", text)
    return found + [name for name in commands if not name.endswith(("_tests", "_fuzz"))]


def tools_of_python(text):
    """The first words of the lists given to run(), running() or Popen(), and known tools that stand alone in quotes."""
    first = re.findall(r'\b(?:run|running|Popen)\(\s*\["([^"]+)"', text)
    return first + [name for name in re.findall(r'"([\w-]+)"', text) if name in TOOLS and name not in first]


def modules_of_python(text):
    names = re.findall(r"^(?:import|from) (\w+)", text, re.MULTILINE)
    return [name for name in names if name not in sys.stdlib_module_names]


def check(root):
    installed = packages_of((root / "script/bootstrap").read_text(encoding="utf-8"))
    problems = []

    def need(where, name, table):
        if name in ALWAYS_THERE or (where == "script/bootstrap" and name in BOOTSTRAP_ONLY):
            return
        if name not in table:
            problems.append(f"{where}: '{name}' is not in the tables of tests/check_packages.py; add its Debian package")
        elif table[name] not in installed:
            problems.append(f"{where}: '{name}' needs package {table[name]}, which script/bootstrap does not install")

    # The container test needs a machine of its own and installs its tools itself.
    scripts = [path for path in sorted((root / "script").iterdir()) if path.name != "container-test"] + [root / ".ci/run"]
    cmake = [root / "CMakeLists.txt", *sorted(root.glob("cmake/*.cmake")), *sorted(root.glob("tests/**/CMakeLists.txt")),
             root / "bench/CMakeLists.txt"]

    def read(path):
        return path.read_text(encoding="utf-8")

    for path in scripts:
        for name in commands_of(read(path)):
            need(str(path.relative_to(root)), name, TOOLS)
    for path in sorted(root.glob("tests/*.cc")):
        for name in tools_of_tests(read(path)):
            need(str(path.relative_to(root)), name, TOOLS)
    for name in re.findall(r'^loadmodule "(\w+)\.so"', read(root / "tests/testdata/sip/kamailio.cfg"), re.MULTILINE):
        need("tests/testdata/sip/kamailio.cfg", name, {name: KAMAILIO_MODULES.get(name, "kamailio")})
    for path in cmake:
        for name in libraries_of_cmake(read(path)):
            need(str(path.relative_to(root)), name, LIBRARIES)
        for name in tools_of_cmake(read(path)):
            need(str(path.relative_to(root)), name, TOOLS)
    for folder in ("tests", "demo", "dashboards/source", "bench"):
        files = sorted((root / folder).glob("**/*.py"))
        beside = {path.stem for path in files} | {"bench"}
        for path in files:
            for name in set(modules_of_python(read(path))) - beside:
                need(str(path.relative_to(root)), name, LIBRARIES)
            for name in tools_of_python(read(path)):
                need(str(path.relative_to(root)), name, TOOLS)
    for name in re.findall(r'"(?:CMAKE_CXX_COMPILER|generator)": "([^"]+)"', read(root / "CMakePresets.json")):
        need("CMakePresets.json", name.lower(), TOOLS)
    return problems


def check_itself():
    """The readers above must see what they are there to see."""
    script = """#!/usr/bin/env bash
# apt is a comment
set -euo pipefail
list=(
  not a command
)
helper() { jq . "$1"; }
A=1 cmake --preset "$(nproc)" && ninja -C b | xargs -P "$(wget x)" -n 1 clang-tidy -q || helper x
if ! flock -n 9; then echo "make 'this'; sudo that"; fi
cat <<'TEXT'
curl is text
TEXT
exec build/release/program "$@"
"""
    seen = sorted(set(commands_of(script)) - ALWAYS_THERE)
    assert seen == ["clang-tidy", "cmake", "flock", "jq", "ninja", "wget"], seen
    assert packages_of("build=(\n  a b-c\n)\ntest=(\n  d\n)\nother=(\n  e\n)\n") == {"a", "b-c", "d"}
    cmake = "find_package(Boost 1.81 REQUIRED) # find_package(No)\npkg_check_modules(s REQUIRED IMPORTED_TARGET libsodium>=1)\n"
    assert libraries_of_cmake(cmake + "target_link_libraries(t GTest::gmock)") == ["Boost", "libsodium", "GTest::gmock"]
    assert tools_of_cmake("find_program(C ccache)\nadd_test(NAME x COMMAND python3 y)") == ["ccache", "python3"]
    assert tools_of_tests('run({"/usr/bin/promtool", "check"}); Process p({"curl"}); process_({"/usr/bin/nc", "/usr/sbin/x"})') == [
        "promtool", "nc", "x", "curl"]
    assert tools_of_tests('words = {"/usr/bin/env", "node", file};') == ["env", "node"]
    assert tools_of_python('subprocess.run(["amtool", x]); running(\n ["nc"], d)') == ["amtool", "nc"]
    assert tools_of_python('run(["curl", "x"]); x = "npm ci"; call = ["npm", "ci"]') == ["curl", "npm"]
    assert modules_of_python("import sys\nimport yaml\nfrom jsonschema import x\n") == ["yaml", "jsonschema"]


def main():
    check_itself()
    problems = check(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    for problem in dict.fromkeys(problems):
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
