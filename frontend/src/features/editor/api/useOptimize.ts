import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { applyOptimizations, optimizeGraph } from '@/api/generated'
import { toBody } from '../model/drawing'
import { useEditor } from '../store/editor'

const ONCE = { staleTime: Number.POSITIVE_INFINITY, gcTime: 0, retry: false } as const

/** What could be better in the drawing; given up when nobody looks any more, asked again when it means something else. */
export function useProposals(meaning: number) {
  return useQuery({
    queryKey: ['optimize', meaning],
    queryFn: async ({ signal }) => {
      const graph = toBody(useEditor.getState())
      return { graph, found: (await optimizeGraph({ body: { graph }, signal })).data }
    },
    ...ONCE,
  })
}

/** The graph with those accepted, checked together. */
export function useImproved(meaning: number, accept: readonly string[]) {
  return useQuery({
    queryKey: ['optimize', meaning, 'apply', accept],
    queryFn: async ({ signal }) => {
      const graph = toBody(useEditor.getState())
      return (await applyOptimizations({ body: { graph, accept: [...accept] }, signal })).data
    },
    enabled: accept.length > 0,
    placeholderData: accept.length > 0 ? keepPreviousData : undefined,
    ...ONCE,
  })
}
