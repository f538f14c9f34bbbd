import { getPipeline, getVersion, type ModuleOut } from '@/api/generated'
import { toDrawing } from '../model/drawing'
import type { Drawing } from '../model/types'

/** What both sides started from, and what somebody else has saved since. */
export type Newer = { base: Drawing; theirs: Drawing; revision: number }

export async function newerThan(
  pipelineId: string,
  revision: number,
  modules: ReadonlyMap<string, ModuleOut>,
): Promise<Newer> {
  const { data: pipeline } = await getPipeline({ path: { pipeline_id: pipelineId } })
  const drawn = async (version: number) =>
    toDrawing((await getVersion({ path: { pipeline_id: pipelineId, version } })).data.graph, modules)
  const [base, theirs] = await Promise.all([drawn(revision), drawn(pipeline.revision)])
  return { base, theirs, revision: pipeline.revision }
}
