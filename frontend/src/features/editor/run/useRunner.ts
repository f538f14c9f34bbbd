import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { executePipeline, type PipelineOut } from '@/api/generated'
import { listExecutionsQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { messageOf } from '@/api/problem'
import { toast } from '@/components/toast'
import { strings } from '@/strings'
import { isUnsaved } from '../api/useDraft'
import { useDesk } from '../store/desk'
import { useEditor } from '../store/editor'

/** What is run: all of the pipeline, or one node and those before it. */
export type Wanted = { params: Record<string, unknown>; untilNode: string | null }

type Options = { save: () => Promise<PipelineOut> }

/** Run what is drawn: it is saved first where it is not, and the run is shown in its place. */
export function useRunner({ save }: Options) {
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async ({ params, untilNode }: Wanted) => {
      // Of the store, not of the address, which follows a first save a moment later.
      const { pipelineId } = useEditor.getState()
      const saved = isUnsaved() || !pipelineId ? await save().catch(() => null) : undefined
      const id = saved?.id ?? pipelineId
      // Why it was not saved, the save has said.
      if (saved === null || !id) return null
      if (saved?.status === 'draft') {
        toast.error(strings.editor.run.notRunnable)
        useDesk.getState().toggle('problems', true)
        return null
      }
      return (await executePipeline({ path: { pipeline_id: id }, body: { params, until_node: untilNode } })).data
    },
    meta: { quiet: true },
    onSuccess: execution => {
      if (!execution) return
      queryClient.invalidateQueries({ queryKey: listExecutionsQueryKey() })
      const drawn = { pathname: `/pipelines/${execution.pipeline_id}`, search: `?run=${execution.id}` }
      navigate(drawn, { replace: true, state: { isDrawn: true } })
      useDesk.getState().showDock('run')
    },
    onError: error => toast.error(messageOf(error)),
  })
}
