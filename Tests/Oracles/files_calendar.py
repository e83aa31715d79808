"""Writes files_calendar.json: dates with their seconds since 1970 and phase of the year, by Python's datetime."""
import json, random, pathlib
from datetime import datetime, timezone

random.seed(20)
rows = []
for _ in range(300):
    moment = datetime(random.randint(1, 9998), random.randint(1, 12), random.randint(1, 28), random.randint(0, 23),
                      random.randint(0, 59), random.randint(0, 59), tzinfo=timezone.utc)
    rows.append(moment)
for year in (4, 1600, 1700, 1900, 1904, 1970, 2000, 2024, 2100):
    rows += [datetime(year, 2, 28, tzinfo=timezone.utc), datetime(year, 3, 1, tzinfo=timezone.utc),
             datetime(year, 12, 31, 23, 59, 59, tzinfo=timezone.utc)]
epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)

def entry(m):
    start, end = datetime(m.year, 1, 1, tzinfo=timezone.utc), datetime(m.year + 1, 1, 1, tzinfo=timezone.utc)
    return {"text": m.strftime("%Y-%m-%dT%H:%M:%S").zfill(19), "seconds": (m - epoch).total_seconds(),
            "phase": (m - start).total_seconds() / (end - start).total_seconds()}

pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps([entry(m) for m in rows], indent=0) + "\n")
