import { useEffect } from 'react'
import { create } from 'zustand'
import type { LiveExecution } from '@/live/useLiveExecution'
import { type Views, viewsOf } from './views'

const NONE: Views = {}

/** The shown run by node, apart from the drawing, so that each node is drawn again for its own news only. */
export const useRunViews = create<{ views: Views }>()(() => ({ views: NONE }))

/** Keep the nodes on the canvas as the run has them. */
export function useShownRun({ execution, progress }: LiveExecution): void {
  useEffect(() => {
    const { views } = useRunViews.getState()
    useRunViews.setState({ views: execution ? viewsOf(execution, progress, views) : NONE })
  }, [execution, progress])
  useEffect(() => () => useRunViews.setState({ views: NONE }), [])
}
