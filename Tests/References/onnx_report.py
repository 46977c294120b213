"""What came of the ONNX tests, as a table by operator and as a list."""

import collections

WORDS = ("passed", "failed", "refused")


class Report:
    def __init__(self, tests, verdicts, expanded):
        self.rows = list(zip(tests, verdicts))
        self.expanded = expanded

    @property
    def failed(self):
        return sum(verdict.word == "failed" for _, verdict in self.rows)

    def _by_kind(self):
        found = collections.defaultdict(lambda: collections.Counter())
        for test, verdict in self.rows:
            found[test.kind][verdict.word] += 1
        return sorted(found.items())

    def _unsaid(self):
        """The operators that the language has no word for, of each how many tests."""
        found = collections.Counter()
        for _, verdict in self.rows:
            if verdict.word == "refused" and verdict.reason.startswith("no operator "):
                found[verdict.reason.removeprefix("no operator ")] += 1
        return sorted(found.items())

    def write(self):
        """The table, and the models of what failed."""
        print(f"{'operator':32}" + "".join(f"{word:>9}" for word in WORDS))
        for kind, counts in self._by_kind():
            if counts["passed"] or counts["failed"]:
                print(f"{kind[:31]:32}" + "".join(f"{counts[word]:9}" for word in WORDS))
        total = collections.Counter(verdict.word for _, verdict in self.rows)
        print(f"{'all':32}" + "".join(f"{total[word]:9}" for word in WORDS))
        for test, verdict in self.rows:
            if verdict.word == "failed":
                print(f"\n{test.name}: {verdict.reason}\n{verdict.text}")

    def text(self):
        total = collections.Counter(verdict.word for _, verdict in self.rows)
        partly = sum(verdict.word == "passed" and verdict.reason != "" for _, verdict in self.rows)
        lines = [
            f"{total['passed']} passed, {partly} of them but for outputs that the language does not"
            f" give; {total['failed']} failed; {total['refused']} refused.",
            f"{self.expanded} more, named _expanded, have the inputs and outputs of one of these.",
            ""]
        for test, verdict in sorted(self.rows, key=lambda row: row[0].name):
            lines.append(f"{verdict.word:8} {test.name}"
                         + (f": {verdict.reason}" if verdict.reason else ""))
        lines += ["", "Refused, for want of an operator, so many tests:", ""]
        return "\n".join(lines + [f"{count:4} {kind}" for kind, count in self._unsaid()]) + "\n"
