import type { PipelineIn, PipelineOut } from './generated'

/** What a person edited of a pipeline, without what the service adds. */
export function portable(pipeline: PipelineOut): PipelineIn {
  const { name, description, type, schedule, is_scheduled, timezone, tags, default_params, config } = pipeline
  const { engine, materialize, retries, retry_delay_seconds, retry_exponential_backoff } = pipeline
  const {
    max_retry_delay_seconds,
    timeout_seconds,
    run_timeout_seconds,
    max_active_runs,
    catchup,
    start_date,
    alerts,
  } = pipeline
  return {
    ...{ name, description, schedule, is_scheduled, timezone, tags, default_params, retries, retry_delay_seconds },
    ...{ retry_exponential_backoff, max_retry_delay_seconds, timeout_seconds, run_timeout_seconds, max_active_runs },
    ...{ catchup, start_date, alerts },
    type: type as NonNullable<PipelineIn['type']>,
    engine: engine as NonNullable<PipelineIn['engine']>,
    materialize: materialize as NonNullable<PipelineIn['materialize']>,
    config: config as NonNullable<PipelineIn['config']>,
  }
}
