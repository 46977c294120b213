#!/usr/bin/env python3
"""Writes what bnc is made of, its software bill of materials, as CycloneDX 1.5: bnc.cdx.json.

    python3 .ci/sbom.py            writes the file
    python3 .ci/sbom.py --check    fails where the file says something else, or, where Python has
                                   cyclonedx-python-lib[json-validation], is none by CycloneDX's schema

The packages of Swift come from Package.resolved, with the commits that are built; the libraries of the
system from Package.swift, and from LIBRARIES, which says what it does not. Nothing in the file depends
on the machine or the day.
"""

import argparse
import json
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
FILE = TOP / "bnc.cdx.json"

# Licences (SPDX) of the packages, and whether they are part of the program or only of its making.
LICENCES = {
    "swift-argument-parser": ("Apache-2.0 WITH Swift-exception", True),
    "swift-docc-plugin": ("Apache-2.0 WITH Swift-exception", False),
    "swift-docc-symbolkit": ("Apache-2.0 WITH Swift-exception", False),
    "swift-mustache": ("Apache-2.0", True),
    "swift-protobuf": ("Apache-2.0 WITH Swift-exception", True),
}

# Debian's packages: the one to build with, the one that is loaded, its licence, what it is for.
LIBRARIES = [
    ("zlib1g-dev", "zlib1g", "Zlib", "gzip files"),
    ("libpng-dev", "libpng16-16", "libpng-2.0", "PNG files"),
    ("libjpeg-dev", "libjpeg62-turbo", "IJG AND BSD-3-Clause AND Zlib", "JPEG files"),
    (None, "libopenblas0", "BSD-3-Clause", "large products of matrices; loaded where there are some"),
    (None, "libc6", "LGPL-2.1-or-later", "the C library"),
    (None, "libstdc++6", "GPL-3.0-or-later WITH GCC-exception-3.1", "what Swift's runtime needs"),
]


def licences(expression):
    return [{"expression": expression}]


def package(pin):
    name, state = pin["identity"], pin["state"]
    if name not in LICENCES:
        sys.exit(f"error: .ci/sbom.py: no licence of '{name}'\nhelp: give it a line in LICENCES")
    licence, is_part = LICENCES[name]
    place = pin["location"].removesuffix(".git")
    path = place.removeprefix("https://")
    return {
        "type": "library",
        "bom-ref": name,
        "name": name,
        "version": state["version"],
        "scope": "required" if is_part else "excluded",
        "licenses": licences(licence),
        "purl": f"pkg:swift/{path}@{state['version']}",
        "externalReferences": [{"type": "vcs", "url": place}],
        "pedigree": {
            "commits": [{"uid": state["revision"], "url": f"{place}/commit/{state['revision']}"}]},
    }


def library(name, licence, purpose):
    return {
        "type": "library",
        "bom-ref": name,
        "name": name,
        "description": purpose,
        "scope": "optional" if name == "libopenblas0" else "required",
        "licenses": licences(licence),
        "purl": f"pkg:deb/debian/{name}?distro=debian-12",
    }


def runtime():
    found = re.search(r"swift-tools-version: *([0-9.]+)", (TOP / "Package.swift").read_text())
    return {
        "type": "platform",
        "bom-ref": "swift",
        "name": "swift",
        "description": f"the compiler and its runtime libraries, {found.group(1)} or later",
        "licenses": licences("Apache-2.0 WITH Swift-exception"),
        "externalReferences": [{"type": "distribution", "url": "https://www.swift.org/install/"}],
    }


def materials():
    text = (TOP / "Sources/Driver/Version.swift").read_text()
    version = re.search(r'bncVersion = "([^"]+)"', text).group(1)
    pins = json.loads((TOP / "Package.resolved").read_text())["pins"]
    wanted = re.findall(r'\.apt\(\["([^"]+)"\]\)', (TOP / "Package.swift").read_text())
    for name in wanted:
        if name not in [built for built, *_ in LIBRARIES]:
            sys.exit(f"error: .ci/sbom.py: no line for '{name}'\nhelp: give it one in LIBRARIES")
    parts = [package(pin) for pin in sorted(pins, key=lambda pin: pin["identity"])]
    parts += [library(*rest) for _, *rest in LIBRARIES] + [runtime()]
    used = [part["bom-ref"] for part in parts if part.get("scope") != "excluded"]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "bom-ref": "bnc", "name": "bnc", "version": version,
                "licenses": licences("Apache-2.0")}},
        "components": parts,
        "dependencies": [{"ref": "bnc", "dependsOn": used}]
        + [{"ref": part["bom-ref"]} for part in parts],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    options = parser.parse_args()
    text = json.dumps(materials(), indent=2) + "\n"
    if not options.check:
        FILE.write_text(text)
    elif not FILE.exists() or FILE.read_text() != text:
        sys.exit(f"error: {FILE.name} is out of date\nhelp: python3 .ci/sbom.py")
    else:
        validate(text)


def validate(text):
    try:
        from cyclonedx.schema import SchemaVersion
        from cyclonedx.validation.json import JsonStrictValidator
    except ImportError:
        return
    if wrong := JsonStrictValidator(SchemaVersion.V1_5).validate_str(text):
        sys.exit(f"error: {FILE.name} is no CycloneDX: {str(wrong).splitlines()[0]}")


if __name__ == "__main__":
    main()
