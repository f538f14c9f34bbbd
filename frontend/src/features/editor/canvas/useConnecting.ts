import type { Connection, Edge, FinalConnectionState } from '@xyflow/react'
import { useMemo } from 'react'
import { toast } from '@/components/toast'
import { useModules } from '../api/modules'
import { refusal, refusalBetween } from '../model/connections'
import { useEditor } from '../store/editor'

/** Drawing edges, and saying why one is refused; the same functions at each drawing of the canvas, which a drag has many of. */
export function useConnecting() {
  const modules = useModules()
  return useMemo(
    () => ({
      onConnect: ({ source, target, targetHandle }: Connection) =>
        useEditor.getState().connect(source, target, targetHandle),
      onConnectEnd: (_event: unknown, { fromHandle, toHandle, isValid }: FinalConnectionState) => {
        if (isValid || !fromHandle || !toHandle) return
        if (fromHandle.nodeId === toHandle.nodeId && fromHandle.id === toHandle.id) return
        const { nodes, edges } = useEditor.getState()
        const reason = refusalBetween(fromHandle, toHandle, nodes, edges, modules)
        if (reason) toast.info(reason, { id: reason })
      },
      isValidConnection: ({ source, target, targetHandle = null }: Connection | Edge) => {
        const { nodes, edges } = useEditor.getState()
        return refusal({ source, target, targetHandle }, nodes, edges, modules) === null
      },
    }),
    [modules],
  )
}
