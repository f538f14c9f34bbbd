import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { createPipeline, type PipelineOut, updatePipeline } from '@/api/generated'
import { getPipelineQueryKey, listPipelinesQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { hasStatus, messageOf } from '@/api/problem'
import { toast } from '@/components/toast'
import { strings } from '@/strings'
import { toGraph } from '../model/drawing'
import { useEditor } from '../store/editor'
import { useModules } from './modules'
import { type Newer, newerThan } from './theirs'

const text = strings.editor

type Options = { onOutdated: (newer: Newer) => void }

/** Save the drawing as the next version, with a message if wanted; a newer one of somebody else is shown, never overwritten. */
export function useSave({ onOutdated }: Options) {
  const modules = useModules()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    // One after the other: the second save of a new pipeline is an update of what the first has made.
    scope: { id: 'save-pipeline' },
    mutationFn: async (message: string | undefined): Promise<PipelineOut> => {
      const { settings, nodes, edges, revision, pipelineId, wasSaved } = useEditor.getState()
      const graph = toGraph({ settings, nodes, edges })
      const body = { ...graph, name: graph.name.trim() || text.newName, ...(message && { message }) }
      const { data } = pipelineId
        ? await updatePipeline({ path: { pipeline_id: pipelineId }, body: { ...body, revision } })
        : await createPipeline({ body })
      wasSaved({ settings, nodes, edges }, data.revision, data.id)
      return data
    },
    meta: { quiet: true },
    onSuccess: saved => {
      toast.success(saved.status === 'draft' ? text.savedDraft(saved.revision) : text.saved(saved.revision))
      queryClient.setQueryData(getPipelineQueryKey({ path: { pipeline_id: saved.id } }), saved)
      queryClient.invalidateQueries({ queryKey: listPipelinesQueryKey() })
      if (saved.revision === 1) navigate(`/pipelines/${saved.id}`, { replace: true, state: { isDrawn: true } })
    },
    onError: async error => {
      const { revision, pipelineId } = useEditor.getState()
      const isOutdated = hasStatus(error, 409) && error.code === 'revision-outdated'
      if (!isOutdated || !pipelineId || revision === null) {
        toast.error(messageOf(error))
        return
      }
      await newerThan(pipelineId, revision, modules).then(onOutdated, failure => toast.error(messageOf(failure)))
    },
  })
}
