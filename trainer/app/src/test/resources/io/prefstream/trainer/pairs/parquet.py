"""Writes the Parquet fixtures with pyarrow, which is not ours: python3 parquet.py FOLDER"""

import sys

import pyarrow as pa
import pyarrow.parquet as pq

message = pa.struct([("role", pa.string()), ("content", pa.string())])
ask = {"role": "user", "content": "What is 2 + 2?"}
conversations = pa.table(
    {
        "chosen": pa.array(
            [[ask, {"role": "assistant", "content": "4"}]], pa.list_(message)
        ),
        "rejected": pa.array(
            [[ask, {"role": "assistant", "content": "5"}]], pa.list_(message)
        ),
        "id": pa.array([7], pa.int64()),
    }
)
pq.write_table(conversations, sys.argv[1] + "/conversations.parquet", compression="snappy")

texts = pa.table(
    {
        "prompt": ["Größe von n?", None],
        "chosen": ["n = 1", "The sum is 3."],
        "rejected": ["n = 2", "The sum is 4."],
        "split": ["train", "test"],
    }
)
pq.write_table(texts, sys.argv[1] + "/texts.parquet", compression="zstd", use_dictionary=False)
pq.write_table(texts, sys.argv[1] + "/older.parquet", compression="gzip", version="1.0")
