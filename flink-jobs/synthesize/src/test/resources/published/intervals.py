"""Half-open intervals: written for these tests."""


def overlap(first, second):
    """Return the part that two intervals share, or None.

    Args:
        first: a pair.
        second: a pair.
    """
    start = max(first[0], second[0])
    end = min(first[1], second[1])
    if start >= end:
        return None
    return start, end


def merge(intervals, gap=0):
    """Join intervals that touch or lie at most `gap` apart."""
    if not intervals:
        return []
    ordered = sorted(intervals)
    merged = [ordered[0]]
    for start, end in ordered[1:]:
        last_start, last_end = merged[-1]
        if start - last_end <= gap:
            merged[-1] = (last_start, max(last_end, end))
        else:
            merged.append((start, end))
    return merged


class Clock:
    """Counts größe ticks."""

    def __init__(self, limit, step=1):
        self.limit = limit
        self.step = step
        self.now = 0

    def tick(self, times, wrap=True):
        """Advance; wrap around at the limit."""
        total = self.now + times * self.step
        if wrap and total > self.limit:
            total = total % self.limit
        elif total > self.limit or times < 0:
            raise ValueError("größe", total, self.limit)
        self.now = total
        label = "late" if total > times else "early"
        return replace(label, total, True), False

    async def run(self, ticks):
        """Tick for every number that comes."""
        count = 0
        async for number in ticks:
            number = number - count
            count = count + self.tick(number, wrap=False)
            count += 1
        return not count or number
