/** DuckDB, which is optional: npm leaves it out where there is none for the platform. */
import { UsageError } from '../errors.ts';

export type DuckDB = typeof import('@duckdb/node-api');

/** Throws UsageError when it is not there or does not load. */
export async function loadDuckDB(load: () => Promise<DuckDB> = () => import('@duckdb/node-api')): Promise<DuckDB> {
  try {
    return await load();
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message.split('\n')[0] : String(thrown);
    throw new UsageError(
      `queries need DuckDB, which cannot be loaded here (${process.platform} ${process.arch}): ${reason}`,
      'install cma-stress with its optional dependencies, or take the tables elsewhere: cma-stress report RUN --format parquet -o tables/',
    );
  }
}
