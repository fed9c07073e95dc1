"""Known weaknesses of what is locked, as pip-audit finds them. Silence is never taken for health.

``python -m audit.weaknesses PIP_AUDIT``: status 1 only where there is a weakness. Where the service that
knows of them cannot be reached, or does not know a distribution, that is said.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from audit.pins import ROOT

SERVICES: Final = ("pypi", "osv")
LOCKED: Final = ("run", "dev")
PATIENCE: Final = "20"  # seconds


@dataclass(frozen=True, slots=True)
class Verdict:
    """``weak`` are sentences, ``unknown`` names of distributions; ``asked`` is False without any answer."""

    weak: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    asked: bool = True


def verdict_of(report: Any) -> Verdict:  # noqa: ANN401  # JSON
    """What pip-audit's report in JSON amounts to."""
    told = report.get("dependencies", [])
    weak = [
        f"{it['name']} {it['version']}: {weakness['id']}; mended in {_versions(weakness['fix_versions'])}"
        for it in told
        for weakness in it.get("vulns", ())
    ]
    unknown = [it["name"] for it in told if "skip_reason" in it]
    return Verdict(tuple(weak), tuple(unknown), asked=bool(told) and len(unknown) < len(told))


def _versions(mended: Sequence[str]) -> str:
    return ", ".join(mended) or "nothing yet"


def ask(program: str, service: str, requirements: str) -> Verdict:
    """The verdict of one service on ``requirements/{requirements}.txt``."""
    words = ["--service", service, "--format", "json", "--disable-pip", "--no-deps", "--timeout", PATIENCE]
    words += ["--progress-spinner", "off", "--requirement", f"requirements/{requirements}.txt"]
    done = subprocess.run([program, *words], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    try:
        return verdict_of(json.loads(done.stdout))
    except ValueError:  # it ended before it had anything to report
        return Verdict(asked=False)


def main(words: Sequence[str]) -> int:
    """Ask until one service answers, tell, and return the exit status."""
    (program,) = words
    right = True
    for requirements in LOCKED:
        verdict = Verdict(asked=False)
        for service in SERVICES:
            verdict = ask(program, service, requirements)
            if verdict.asked:
                break
        sys.stdout.write(told(requirements, verdict))
        right = right and not verdict.weak
    return 0 if right else 1


def told(requirements: str, verdict: Verdict) -> str:
    """A line for each weakness, and one for what could not be learnt."""
    where = f"requirements/{requirements}.txt"
    if not verdict.asked:
        return f"{where}: NOT CHECKED: no service that knows of weaknesses could be reached.\n"
    lines = [f"{where}: {weak}" for weak in verdict.weak] or [f"{where}: no known weakness."]
    if verdict.unknown:
        lines.append(f"{where}: not checked: {', '.join(verdict.unknown)}.")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
