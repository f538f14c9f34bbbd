import type { PipelineIn, PipelineOut } from '@/api/generated'
import { createPipeline } from '@/api/generated'
import { hasStatus } from '@/api/problem'
import { strings } from '@/strings'

const NAMES = 20

/** What a person edited of a pipeline, without what the service adds. */
export function portable(pipeline: PipelineOut): PipelineIn {
  const { name, description, type, schedule, is_scheduled, timezone, tags, default_params, config } = pipeline
  const { engine, materialize, retries, retry_delay_seconds, retry_exponential_backoff } = pipeline
  const { max_retry_delay_seconds, timeout_seconds, run_timeout_seconds, max_active_runs, catchup, start_date } =
    pipeline
  return {
    ...{ name, description, schedule, is_scheduled, timezone, tags, default_params, retries, retry_delay_seconds },
    ...{ retry_exponential_backoff, max_retry_delay_seconds, timeout_seconds, run_timeout_seconds, max_active_runs },
    ...{ catchup, start_date },
    type: type as NonNullable<PipelineIn['type']>,
    engine: engine as NonNullable<PipelineIn['engine']>,
    materialize: materialize as NonNullable<PipelineIn['materialize']>,
    config: config as NonNullable<PipelineIn['config']>,
  }
}

/** Save a copy under the first free name; a copy does not run by itself, or its data would be loaded twice. */
export async function saveCopy(pipeline: PipelineIn): Promise<PipelineOut> {
  for (let number = 1; ; number++) {
    const name = strings.pipelines.copyOf(pipeline.name, number)
    try {
      const { data } = await createPipeline({ body: { ...pipeline, name, is_scheduled: false } })
      return data
    } catch (error) {
      if (!hasStatus(error, 409) || number === NAMES) throw error
    }
  }
}

/** Save the pipeline that a file holds; under a copy's name when its own is taken. */
export async function importPipeline(file: File): Promise<PipelineOut> {
  const pipeline = await read(file)
  try {
    const { data } = await createPipeline({ body: pipeline })
    return data
  } catch (error) {
    if (hasStatus(error, 409)) return saveCopy(pipeline)
    throw error
  }
}

async function read(file: File): Promise<PipelineIn> {
  try {
    const held: unknown = JSON.parse(await file.text())
    if (typeof held === 'object' && held !== null && 'name' in held && typeof held.name === 'string')
      return held as PipelineIn
  } catch {
    // Not JSON: said below, like JSON of another kind.
  }
  throw new Error(strings.pipelines.importFailed)
}
