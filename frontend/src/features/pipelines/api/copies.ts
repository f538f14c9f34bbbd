import type { PipelineIn, PipelineOut } from '@/api/generated'
import { createPipeline } from '@/api/generated'
import { hasStatus } from '@/api/problem'
import { strings } from '@/strings'

const NAMES = 20

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
