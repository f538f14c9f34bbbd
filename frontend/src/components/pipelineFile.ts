import { exportPipeline, importPipeline, type PipelineOut } from '@/api/generated'
import { saveAs } from './saveAs'

/** Save the newest version as the YAML that `import` and Git take. */
export async function download(pipelineId: string, name: string): Promise<void> {
  const { data } = await exportPipeline({ path: { pipeline_id: pipelineId }, parseAs: 'text' })
  saveAs(
    new Blob([data as unknown as string], { type: 'application/yaml' }),
    `${name.replace(/[^\p{L}\p{N}._-]+/gu, '-')}.yaml`,
  )
}

/** Make a pipeline of a file; with `apply` it becomes the next version of the one that has its name. */
export async function upload(file: File, mode: 'create' | 'apply'): Promise<PipelineOut> {
  const { data } = await importPipeline({
    // As it is: the service reads YAML and JSON, and tells the line of what is wrong.
    body: file as unknown as Record<string, unknown>,
    bodySerializer: null,
    headers: { 'Content-Type': 'application/yaml' },
    query: { mode },
  })
  return data
}
