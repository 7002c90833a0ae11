"""Numbers people read out over a counter: JZ-2026-0152. One series each, no gaps that a rollback did not make."""

from django.db import connection, models


class Counter(models.Model):
    """The last number given out in a series."""

    series = models.CharField(max_length=40, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        app_label = "foundation"

    def __str__(self) -> str:
        return f"{self.series}: {self.last}"


def take(series: str, count: int = 1) -> range:
    """The next ``count`` numbers of the series, inside the open act. Two acts never get the same one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO foundation_counter (series, last) VALUES (%s, %s) "
            "ON CONFLICT (series) DO UPDATE SET last = foundation_counter.last + excluded.last RETURNING last",
            [series, count],
        )
        last: int = cursor.fetchone()[0]
    return range(last - count + 1, last + 1)


def take_labels(prefix: str, year: int, count: int = 1, *, digits: int = 4) -> list[str]:
    """Numbers as texts: take_labels("JZ", 2026) → ["JZ-2026-0001"]."""
    return [f"{prefix}-{year}-{number:0{digits}d}" for number in take(f"{prefix}-{year}", count)]
