# Writes every-type.parquet, a file of an implementation that is not ours: all flat types, a codec per column, dictionaries,
# nulls, pages of version 2, row groups of three rows. Run with: python3 make-fixture.py (pyarrow and numpy; here 25.0.1 and 2.4).
import datetime as dt
from decimal import Decimal as D

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

moment = dt.datetime(2020, 1, 31, 12, 34, 56, 789123)
early = dt.datetime(1969, 12, 31, 23, 59, 59, 999999)


def column(values, kind=None):
    values = list(values)
    values[2] = None
    return pa.array(values, kind)


columns = {
    "bool": column([True, False, True, False, True]),
    "i8": column([-128, 127, 0, 1, 2], pa.int8()),
    "u8": column([255, 0, 0, 1, 2], pa.uint8()),
    "u16": column([65535, 0, 0, 1, 2], pa.uint16()),
    "i32": column([-(2**31), 2**31 - 1, 0, 1, 2], pa.int32()),
    "u32": column([2**32 - 1, 0, 0, 1, 2], pa.uint32()),
    "i64": column([-(2**63), 2**63 - 1, 0, 1, 2], pa.int64()),
    "u64": column([2**64 - 1, 0, 0, 1, 2], pa.uint64()),
    "f16": column([np.float16(0.1), np.float16(1 / 3), np.float16(0), np.float16(6e-8), np.float16(-2.5)], pa.float16()),
    "f32": column([0.1, 3.4e38, 0, float("nan"), 1 / 3], pa.float32()),
    "f64": column([0.1, 1.7976931348623157e308, 0, float("nan"), 1 / 3], pa.float64()),
    "dec9": column([D("1234567.89"), D("-0.01"), D(0), D("12.30"), D("-9999999.99")], pa.decimal128(9, 2)),
    "dec38": column([D("123456789012345678901234567890.12345678"), D("-0.00000001"), D(0), D(1), D(-1)], pa.decimal128(38, 8)),
    "text": column(["a,b", "", "x", '"q"', "\u00e9\u4e2d\U0001f600"]),
    "colour": column(["red", "blue", "x", "red", "red"]).dictionary_encode(),
    "date": column([dt.date(2020, 1, 31), dt.date(1969, 12, 31), None, dt.date(1, 1, 1), dt.date(9999, 12, 31)]),
    "ms": column([moment, early, None, moment, moment], pa.timestamp("ms")),
    "us": column([moment, early, None, moment, moment], pa.timestamp("us")),
    "ns": column([moment, early, None, moment, moment], pa.timestamp("ns")),
    "utc": column([moment.replace(tzinfo=dt.timezone.utc)] * 5, pa.timestamp("us", tz="UTC")),
    "time32": column([dt.time(12, 34, 56, 789000)] * 5, pa.time32("ms")),
    "time64": column([dt.time(23, 59, 59, 999999)] * 5, pa.time64("us")),
    "nothing": pa.nulls(5),
    "same": pa.array([5] * 5, pa.int64()),
}
codecs = ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]
pq.write_table(
    pa.table(columns),
    "every-type.parquet",
    compression={name: codecs[i % len(codecs)] for i, name in enumerate(columns)},
    data_page_version="2.0",
    row_group_size=3,
)
