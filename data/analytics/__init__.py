"""The log as columns: exported to Parquet by watermark, counted by DuckDB, asked by pages."""
