import { useEffect, useState } from 'react'
import { useEditor } from '../store/editor'
import { isUnsaved } from './useDraft'

const AFTER = 200

/** Whether there is something to save; looked at once the hand rests, since it compares everything. */
export function useUnsaved(): boolean {
  const [unsaved, setUnsaved] = useState(isUnsaved)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      clearTimeout(timer)
      timer = setTimeout(() => setUnsaved(isUnsaved()), AFTER)
    }
    look()
    const stop = useEditor.subscribe((state, before) => {
      const { nodes, edges, settings, saved } = before
      if (state.nodes !== nodes || state.edges !== edges || state.settings !== settings || state.saved !== saved) look()
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [])
  return unsaved
}
