"""What was found in a history, on the terminal."""

from collections import Counter
from collections.abc import Sequence

from forecasting import Finding
from scenarios.text import current_language
from scheduler.commands.console import print_table, say
from scheduler.exchange.words import say_reason

_OF_A_KIND_MOST = 5


def show_findings(findings: Sequence[Finding]) -> None:
    """Print what was found and done, a few of each kind and type; nothing where nothing was found."""
    if not findings:
        return
    language = current_language()
    number = Counter((finding.contact_type, finding.kind) for finding in findings)
    shown: Counter[tuple[str, str]] = Counter()
    lines: list[tuple[str, str]] = []
    for finding in findings:
        group = finding.contact_type, finding.kind
        shown[group] += 1
        if shown[group] <= _OF_A_KIND_MOST:
            lines.append((say_reason(finding.sentence, language), say_reason(finding.consequence, language)))
        elif shown[group] == number[group]:
            lines.append((say("findings.more", count=number[group] - _OF_A_KIND_MOST), ""))
    print_table(say("findings.title"), [say("findings.found"), say("findings.done")], lines)
