#!/usr/bin/env python3
"""How long a crate with many cached functions takes to build: ctu beside `cached`, in one run.

    benches/compile_time.py [--functions 200] [--rounds 5] [--write]

For each library the same crate is generated in target/compile-time/, with its dependencies built beforehand; and once more
with `quick_cache`, the store that ctu's is made of, asked by hand, and with nothing at all. Each round
measures, in turn, for one library and then for the other (the order changes from round to round):

- cold: the crate alone is cleaned (`cargo clean -p`) and built, in debug;
- incremental: the body of one function is changed, and the crate built again.

Printed are medians of the wall clock and of the user time of all processes, and the median of the rounds' ratios, which is
what to look at on a machine that does other work too. `--write` puts the table into benches/COMPILE_TIME.md.
"""

import argparse
import datetime
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "compile-time"
DEPENDENCIES = {
    "ctu": f'ctu = {{ path = "{ROOT}" }}',
    "cached": 'cached = "4.1"',
    "quick_cache": 'quick_cache = { version = "0.7", default-features = false }',
}
# What each library is like where it says the same: a bounded store of the function's own, typed keys.
ATTRIBUTES = {
    "ctu": ("#[ctu::cached(capacity = 1_000)]", '#[ctu::cached(capacity = 1_000, ttl = "10m")]'),
    "cached": ("#[cached::macros::cached(max_size = 1000)]", "#[cached::macros::cached(max_size = 1000, ttl_secs = 600)]"),
}
BARE = "none"


# The five kinds of functions: parameters, what is returned and what is stored of it, the body, and whether there is a ttl.
KINDS = [
    ([("n", "u64")], "u64", "u64", "n * {number}", False),
    ([("s", "String"), ("n", "usize")], "String", "String", "s.repeat(n + {number})", False),
    ([("a", "u32"), ("b", "u32"), ("c", "bool")], "Vec<u32>", "Vec<u32>", "vec![a, b, u32::from(c), {number}]", True),
    ([("s", "String")], "Result<u64, std::num::ParseIntError>", "u64", "Ok(s.parse::<u64>()? + {number})", False),
    ([("n", "u64")], "Option<u64>", "Option<u64>", "n.checked_sub({number})", True),
]


def function(library, number):
    """One of five kinds of functions, in turn."""
    params, output, value, body, has_ttl = KINDS[number % len(KINDS)]
    signature = f"f{number}({', '.join(f'{name}: {type_}' for name, type_ in params)}) -> {output}"
    body = body.format(number=number)
    if library == "quick_cache":
        return by_hand(signature, params, (output, value), body)
    attribute = ATTRIBUTES.get(library, ("", ""))[has_ttl]
    return f"{attribute}\npub fn {signature} {{\n    {body}\n}}\n"


def by_hand(signature, params, returned, body):
    """The least that a bounded store can be asked: no ttl, and each caller computes."""
    (output, value), key = returned, f"({''.join(f'{name}.clone(), ' for name, _ in params)})"
    hit, stored = ("Ok(value)", "if let Ok(value) = &computed") if output != value else ("value", "let value = &computed;")
    insert = "STORE.insert(key, value.clone());"
    stored = f"{stored} {{ {insert} }}" if output != value else f"{stored} {insert}"
    return f"""pub fn {signature} {{
    type Store = quick_cache::sync::Cache<({''.join(f'{type_}, ' for _, type_ in params)}), {value}>;
    static STORE: std::sync::LazyLock<Store> = std::sync::LazyLock::new(|| Store::new(1_000));
    let key = {key};
    if let Some(value) = STORE.get(&key) {{
        return {hit};
    }}
    let computed = (move || -> {output} {{ {body} }})();
    {stored}
    computed
}}
"""


def generate(library, functions):
    crate = WORK / library
    (crate / "src").mkdir(parents=True, exist_ok=True)
    dependency = DEPENDENCIES.get(library, "")
    (crate / "Cargo.toml").write_text(
        f'[package]\nname = "many-{library}"\nversion = "0.1.0"\nedition = "2024"\n\n'
        f"[dependencies]\n{dependency}\n\n[workspace]\n"
    )
    write_source(library, functions, 0)


def write_source(library, functions, change):
    """The crate's source; `change` is in the body of one function."""
    source = "\n".join(function(library, number) for number in range(functions))
    (WORK / library / "src" / "lib.rs").write_text(
        source + f"\n{ATTRIBUTES.get(library, ('',))[0]}\npub fn changed(n: u64) -> u64 {{\n    n + {change}\n}}\n"
    )


def cargo(library, *arguments):
    environment = os.environ | {"CARGO_TARGET_DIR": str(WORK / library / "target"), "CARGO_INCREMENTAL": "1"}
    command = ["cargo", *arguments, "--offline", "--quiet"]
    subprocess.run(command, cwd=WORK / library, env=environment, check=True)


def measure(library, *arguments):
    """Seconds on the wall, and of user time."""
    wall, user = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    cargo(library, *arguments)
    return time.monotonic() - wall, resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - user


def one_round(library, functions, number):
    cargo(library, "clean", "-p", f"many-{library}")
    cold = measure(library, "build")
    write_source(library, functions, number + 1)
    return {"cold": cold, "incremental": measure(library, "build")}


def version(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def locked(library, package):
    """The version of a package that was built."""
    lines = (WORK / library / "Cargo.lock").read_text().splitlines()
    return lines[lines.index(f'name = "{package}"') + 1].split('"')[1]


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.processor()


def report(rounds, libraries, arguments):
    lines = [
        f"{arguments.functions} cached functions in one crate, debug, medians of {arguments.rounds} alternated rounds; a"
        " ratio is the median of the rounds' ratios.",
        "",
        "| | build | wall, s | user, s | wall, to `cached` | user, to `cached` |",
        "|---|---|---|---|---|---|",
    ]
    for library in libraries:
        for build in ("cold", "incremental"):
            samples = [round_[library][build] for round_ in rounds]
            peers = [round_["cached"][build] for round_ in rounds]
            cells = [f"{statistics.median(sample[which] for sample in samples):.2f}" for which in (0, 1)]
            cells += [
                f"{statistics.median(sample[which] / peer[which] for sample, peer in zip(samples, peers)):.2f}"
                for which in (0, 1)
            ]
            lines.append(f"| {library} | {build} | {' | '.join(cells)} |")
    lines += [
        "",
        f"{processor()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {datetime.date.today()};"
        f" {version('rustc', '--version')}; ctu {locked('ctu', 'ctu')}"
        f" ({version('git', '-C', str(ROOT), 'rev-parse', '--short', 'HEAD')}), cached {locked('cached', 'cached')}.",
    ]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--functions", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="into benches/COMPILE_TIME.md")
    arguments = parser.parse_args()
    libraries = ["ctu", "cached", "quick_cache", BARE]
    for library in libraries:
        generate(library, arguments.functions)
        cargo(library, "build")
    rounds = []
    for number in range(arguments.rounds):
        order = libraries if number % 2 == 0 else libraries[::-1]
        rounds.append({library: one_round(library, arguments.functions, number) for library in order})
        print(f"round {number + 1} of {arguments.rounds}", flush=True)
    table = report(rounds, libraries, arguments)
    print(table)
    if arguments.write:
        text = ROOT / "benches" / "COMPILE_TIME.md"
        head = text.read_text().split("<!-- measured -->")[0]
        text.write_text(f"{head}<!-- measured -->\n\n{table}")


if __name__ == "__main__":
    main()
