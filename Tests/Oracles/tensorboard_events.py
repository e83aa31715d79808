"""A file of scalars as TensorBoard's own writer makes it, in hexadecimal.

Run from this folder with the package tensorboard: python3 tensorboard_events.py > tensorboard_events.json
"""
import io
import json

from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter


class Kept(io.BytesIO):
    def close(self):
        pass


file = Kept()
writer = RecordWriter(file)
scalars = [["loss", 0.5, 1], ["validation", 1e-3, 300], ["loss", -2.25, 70000]]
writer.write(event_pb2.Event(file_version="brain.Event:2").SerializeToString())
for tag, value, step in scalars:
    summary = summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag=tag, simple_value=value)])
    writer.write(event_pb2.Event(wall_time=12.5, step=step, summary=summary).SerializeToString())
print(json.dumps({"scalars": scalars, "time": 12.5, "bytes": file.getvalue().hex()}, indent=1))
